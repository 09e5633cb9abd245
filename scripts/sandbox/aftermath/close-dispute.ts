import type Stripe from 'stripe'
import { bookWithdrawal } from '#scripts/sandbox/aftermath/disputes.ts'
import { moveBalance } from '#scripts/sandbox/balance/balance.ts'
import { idOf } from '#scripts/sandbox/kinds.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'
import { emit } from '#scripts/sandbox/webhooks/emit.ts'

type Dispute = Stripe.Dispute

const OPEN: readonly Dispute['status'][] = [
  'warning_needs_response',
  'warning_under_review',
  'needs_response',
  'under_review',
]

/** Whether a dispute has not come to its end. */
export function isOpenDispute(dispute: Dispute): boolean {
  return OPEN.includes(dispute.status)
}

/** Whether a dispute only asks: no money was taken. */
export function isInquiry(dispute: Dispute): boolean {
  return dispute.status.startsWith('warning_')
}

/** Decided for the supplier: the amount and the fee come back, or the inquiry is closed. */
export function winDispute(sandbox: Sandbox, id: string): Dispute {
  const dispute = sandbox.store.get('dispute', id)
  if (!isOpenDispute(dispute)) return dispute
  if (isInquiry(dispute)) return close(sandbox, dispute, 'warning_closed')
  const { amount, fee, currency } = withdrawalOf(dispute)
  const movement = moveBalance(sandbox, {
    type: 'adjustment',
    reportingCategory: 'dispute_reversal',
    amount: -amount,
    fee: -fee,
    currency,
    source: dispute.id,
    description: `Chargeback reversal for ${idOf(dispute.charge)}`,
    availableOn: sandbox.clock.now(),
  })
  const restored = { ...dispute, balance_transactions: [...dispute.balance_transactions, movement] }
  const closed = close(sandbox, restored, 'won')
  emit(sandbox, 'charge.dispute.funds_reinstated', closed)
  const charge = sandbox.store.get('charge', idOf(dispute.charge))
  const others = sandbox.store.allWhere('dispute', 'charge', charge.id)
  if (others.every((one) => one.status === 'won')) sandbox.store.update({ ...charge, disputed: false })
  return closed
}

/** Decided against the supplier, or accepted: what was taken stays away. An inquiry is only closed. */
export function loseDispute(sandbox: Sandbox, id: string): Dispute {
  const dispute = sandbox.store.get('dispute', id)
  if (!isOpenDispute(dispute)) return dispute
  return close(sandbox, dispute, isInquiry(dispute) ? 'warning_closed' : 'lost')
}

/** An inquiry becomes a dispute: now the money is taken. */
export function escalateInquiry(sandbox: Sandbox, id: string): Dispute {
  const inquiry = sandbox.store.get('dispute', id)
  if (!isInquiry(inquiry) || !isOpenDispute(inquiry)) return inquiry
  const { payment_method_details: details, ...rest } = inquiry
  const escalated = bookWithdrawal(sandbox, {
    ...rest,
    is_charge_refundable: false,
    ...(details?.card
      ? {
          payment_method_details: { ...details, card: { ...details.card, case_type: 'chargeback' as const } },
        }
      : {}),
    status: 'needs_response',
  })
  emit(sandbox, 'charge.dispute.updated', escalated, { status: inquiry.status })
  emit(sandbox, 'charge.dispute.funds_withdrawn', escalated)
  return escalated
}

function close(sandbox: Sandbox, dispute: Dispute, status: Dispute['status']): Dispute {
  const closed: Dispute = { ...dispute, is_charge_refundable: status !== 'lost', status }
  sandbox.store.update(closed)
  emit(sandbox, 'charge.dispute.closed', closed, { status: dispute.status })
  return closed
}

function withdrawalOf(dispute: Dispute): Stripe.BalanceTransaction {
  const movement = dispute.balance_transactions.findLast((one) => one.reporting_category === 'dispute')
  if (!movement) throw new Error(`No money was taken for ${dispute.id}`)
  return movement
}
