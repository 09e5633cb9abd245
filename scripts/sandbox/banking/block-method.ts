import type Stripe from 'stripe'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'
import { emit } from '#scripts/sandbox/webhooks/emit.ts'

type Blocked = Stripe.PaymentMethod.UsBankAccount.StatusDetails.Blocked

/** Marks a bank account as one that cannot be debited again, and tells the endpoints. */
export function blockMethod(sandbox: Sandbox, methodId: string, blocked: Blocked): void {
  const method = sandbox.store.get('payment_method', methodId)
  const account = method.us_bank_account
  if (!account || account.status_details?.blocked) return
  const changed = { ...method, us_bank_account: { ...account, status_details: { blocked } } }
  sandbox.store.update(changed)
  emit(sandbox, 'payment_method.automatically_updated', changed, {
    us_bank_account: { status_details: account.status_details },
  })
}
