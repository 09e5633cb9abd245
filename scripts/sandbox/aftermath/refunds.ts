import type Stripe from 'stripe'
import { moveBalance } from '#scripts/sandbox/balance/balance.ts'
import { newProviderId } from '#scripts/sandbox/ids.ts'
import { idOf } from '#scripts/sandbox/kinds.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'
import { emit } from '#scripts/sandbox/webhooks/emit.ts'

type Refund = Stripe.Refund
export type RefundDraft = {
  id: string
  amount: number
  /** The movement of the balance; null while the payment itself has not arrived. */
  movement: string | null
  pendingReason: Refund['pending_reason'] | null
  reason: Refund['reason']
  metadata: Record<string, string>
}

/** A new refund's id: refunds of bank debits have ids of their own kind. */
export function newRefundId(charge: Stripe.Charge): string {
  return newProviderId(charge.id.startsWith('py_') ? 'pyr' : 're')
}

/** Stores a refund, counts it on its charge, and tells the endpoints. */
export function storeRefund(sandbox: Sandbox, charge: Stripe.Charge, draft: RefundDraft): Refund {
  const type = charge.payment_method_details?.type ?? 'card'
  const card = {
    reference_status: 'pending',
    reference_type: 'acquirer_reference_number',
    type: 'refund',
  } as const
  const refund: Refund = {
    id: draft.id,
    object: 'refund',
    amount: draft.amount,
    balance_transaction: draft.movement,
    charge: charge.id,
    created: sandbox.clock.now(),
    currency: charge.currency,
    customer: idOf(charge.customer),
    customer_account: null,
    destination_details: type === 'card' ? { type, card } : { type },
    metadata: draft.metadata,
    payment_intent: idOf(charge.payment_intent),
    payment_method: charge.payment_method,
    ...(draft.pendingReason ? { pending_reason: draft.pendingReason } : {}),
    reason: draft.reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: draft.pendingReason ? 'pending' : 'succeeded',
    transfer_reversal: null,
  }
  sandbox.store.insert<'refund'>(refund)
  emit(sandbox, 'refund.created', refund)
  countRefunded(sandbox, charge.id, draft.amount)
  return refund
}

/** Takes a refund's amount from the balance. */
export function bookRefund(
  sandbox: Sandbox,
  charge: Stripe.Charge,
  id: string,
  amount: number,
): Stripe.BalanceTransaction {
  const isDebit = id.startsWith('pyr_')
  return moveBalance(sandbox, {
    type: isDebit ? 'payment_refund' : 'refund',
    reportingCategory: 'refund',
    amount: -amount,
    fee: 0,
    currency: charge.currency,
    source: id,
    description: `REFUND FOR ${isDebit ? 'PAYMENT' : 'CHARGE'}${charge.description ? ` (${charge.description})` : ''}`,
    availableOn: sandbox.clock.now(),
  })
}

/** A pending refund arrived. */
export function succeedRefund(sandbox: Sandbox, id: string): void {
  const { pending_reason: _done, ...refund } = sandbox.store.get('refund', id)
  if (refund.status !== 'pending' || refund.balance_transaction === null) return
  const succeeded: Refund = { ...refund, status: 'succeeded' }
  sandbox.store.update(succeeded)
  emit(sandbox, 'refund.updated', succeeded, { status: 'pending' })
  emit(sandbox, 'charge.refund.updated', succeeded, { status: 'pending' })
}

/** A refund came back: the money returns to the balance and the charge counts as not refunded to that extent. */
export function failRefund(sandbox: Sandbox, id: string): void {
  const { pending_reason: _done, ...refund } = sandbox.store.get('refund', id)
  if (refund.status === 'failed') return
  const isDebit = id.startsWith('pyr_')
  const movement = refund.balance_transaction === null ? null : bookFailure(sandbox, refund)
  const failed: Refund = {
    ...refund,
    ...(movement ? { failure_balance_transaction: movement.id } : {}),
    failure_reason: movement === null ? 'unknown' : isDebit ? 'declined' : 'expired_or_canceled_card',
    status: 'failed',
  }
  sandbox.store.update(failed)
  const charge = sandbox.store.get('charge', idOf(refund.charge))
  sandbox.store.update({
    ...charge,
    amount_refunded: charge.amount_refunded - refund.amount,
    refunded: false,
  })
  emit(sandbox, 'refund.failed', failed, { status: refund.status })
  emit(sandbox, 'charge.refund.updated', failed, { status: refund.status })
}

function bookFailure(sandbox: Sandbox, refund: Refund): Stripe.BalanceTransaction {
  return moveBalance(sandbox, {
    type: 'refund_failure',
    reportingCategory: 'refund_failure',
    amount: refund.amount,
    fee: 0,
    currency: refund.currency,
    source: refund.id,
    description: 'REFUND FAILURE',
    availableOn: sandbox.clock.now(),
  })
}

function countRefunded(sandbox: Sandbox, chargeId: string, amount: number): void {
  const charge = sandbox.store.get('charge', chargeId)
  const total = charge.amount_refunded + amount
  const changed = { ...charge, amount_refunded: total, refunded: total === charge.amount }
  sandbox.store.update(changed)
  emit(sandbox, 'charge.refunded', changed, {
    amount_refunded: charge.amount_refunded,
    refunded: charge.refunded,
  })
}
