import type Stripe from 'stripe'
import { noSuch } from '#scripts/sandbox/api/api-error.ts'
import { type Operation, operation } from '#scripts/sandbox/api/operation.ts'
import type { Acceptance } from '#scripts/sandbox/checkout/attempt.ts'
import { newProviderId } from '#scripts/sandbox/ids.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'
import { emit } from '#scripts/sandbox/webhooks/emit.ts'

type Mandate = Stripe.Mandate

/** Endpoints of mandates: retrieve. */
export const MANDATE_OPERATIONS: readonly Operation[] = [
  operation('GET', '/v1/mandates/{id}', (sandbox, _params, id) => {
    const mandate = sandbox.store.find('mandate', id)
    if (!mandate) throw noSuch('mandate', id)
    return mandate
  }),
]

/** The permission to debit: for one payment (`single`), or for every later one; pending until the account is verified. */
export function createMandate(
  sandbox: Sandbox,
  method: Stripe.PaymentMethod,
  acceptance: Acceptance,
  { single, isVerified }: { single: { amount: number; currency: string } | null; isVerified: boolean },
): Mandate {
  return sandbox.store.insert<'mandate'>({
    id: newProviderId('mandate'),
    object: 'mandate',
    customer_acceptance: acceptance,
    livemode: false,
    ...(single ? { single_use: single } : { multi_use: {} }),
    payment_method: method.id,
    payment_method_details:
      method.type === 'us_bank_account'
        ? { type: 'us_bank_account', us_bank_account: {} }
        : { type: 'card', card: {} },
    status: isVerified ? 'active' : 'pending',
    type: single ? 'single_use' : 'multi_use',
  })
}

/** The active mandate under which a method may be debited again, or null. */
export function findMandate(sandbox: Sandbox, methodId: string): Mandate | null {
  const mandates = sandbox.store.allWhere('mandate', 'payment_method', methodId)
  return mandates.findLast((one) => one.type === 'multi_use' && one.status === 'active') ?? null
}

/** Changes the status of a mandate and tells the endpoints; one that has it already stays as it is. */
export function moveMandate(sandbox: Sandbox, id: string | null, status: Mandate['status']): void {
  const mandate = sandbox.store.find('mandate', id)
  if (!mandate || mandate.status === status) return
  const moved = { ...mandate, status }
  sandbox.store.update(moved)
  emit(sandbox, 'mandate.updated', moved, { status: mandate.status })
}

/** Nothing may be debited from a method any more. */
export function endMandates(sandbox: Sandbox, methodId: string): void {
  for (const mandate of sandbox.store.allWhere('mandate', 'payment_method', methodId)) {
    moveMandate(sandbox, mandate.id, 'inactive')
  }
}

/** The consent that a request reports. */
export function readAcceptance(
  data: Stripe.PaymentIntentConfirmParams.MandateData | '' | null | undefined,
  now: number,
): Acceptance | null {
  const acceptance = data ? data.customer_acceptance : undefined
  if (!acceptance) return null
  const { accepted_at, online, type } = acceptance
  return {
    accepted_at: accepted_at ?? now,
    ...(type === 'online'
      ? { online: { ip_address: online?.ip_address ?? null, user_agent: online?.user_agent ?? null } }
      : { offline: {} }),
    type,
  }
}
