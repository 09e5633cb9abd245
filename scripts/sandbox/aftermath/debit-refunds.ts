import type Stripe from 'stripe'
import { bookRefund, failRefund } from '#scripts/sandbox/aftermath/refunds.ts'
import { afterBusinessDays } from '#scripts/sandbox/banking/business-days.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'
import { schedule } from '#scripts/sandbox/timers.ts'
import { emit } from '#scripts/sandbox/webhooks/emit.ts'

/** The refund of a bank debit is a credit of its own, which takes this many business days. */
const REFUND_BUSINESS_DAYS = 3

/** Plans the arrival of a refund whose money has left the balance. */
export function sendDebitRefund(sandbox: Sandbox, id: string): void {
  const now = sandbox.clock.now()
  const dueAt = sandbox.config.isAchInstant ? now : afterBusinessDays(now, REFUND_BUSINESS_DAYS)
  schedule(sandbox, dueAt, 'refund.succeed', id)
}

/** The payment has arrived: refunds that waited for it are sent now. */
export function startWaitingRefunds(sandbox: Sandbox, chargeId: string): void {
  for (const refund of waitingRefunds(sandbox, chargeId)) {
    const charge = sandbox.store.get('charge', chargeId)
    const movement = bookRefund(sandbox, charge, refund.id, refund.amount)
    const sent: Stripe.Refund = {
      ...refund,
      balance_transaction: movement.id,
      pending_reason: 'processing',
    }
    sandbox.store.update(sent)
    emit(sandbox, 'refund.updated', sent, { pending_reason: 'charge_pending' })
    sendDebitRefund(sandbox, refund.id)
  }
}

/** The payment never arrived: there is nothing to refund. */
export function cancelWaitingRefunds(sandbox: Sandbox, chargeId: string): void {
  for (const refund of waitingRefunds(sandbox, chargeId)) failRefund(sandbox, refund.id)
}

function waitingRefunds(sandbox: Sandbox, chargeId: string): Stripe.Refund[] {
  const refunds = sandbox.store.allWhere('refund', 'charge', chargeId)
  return refunds.filter((one) => one.status === 'pending' && one.pending_reason === 'charge_pending')
}
