import type Stripe from 'stripe'
import { loseDispute } from '#scripts/sandbox/aftermath/close-dispute.ts'
import { openDispute } from '#scripts/sandbox/aftermath/disputes.ts'
import { blockMethod } from '#scripts/sandbox/banking/block-method.ts'
import type { BankReturn } from '#scripts/sandbox/banking/return-codes.ts'
import { endMandates } from '#scripts/sandbox/methods/mandates.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

/**
 * A debit comes back after it had succeeded. The payment stays succeeded; a dispute takes the money, and it is lost
 * from the start. Nothing more may be debited under the mandate; after a second one the account is blocked.
 */
export function returnLate(sandbox: Sandbox, chargeId: string, bankReturn: BankReturn): Stripe.Dispute {
  const opened = openDispute(sandbox, chargeId, {
    reason: bankReturn.disputeReason,
    share: 'whole',
    isInquiry: false,
  })
  const lost = loseDispute(sandbox, opened.id)
  const method = sandbox.store.get('payment_method', sandbox.store.get('charge', chargeId).payment_method)
  endMandates(sandbox, method.id)
  if (countDisputes(sandbox, method.id) >= 2) {
    const fallback = { network_code: 'R29', reason: 'debit_not_authorized' } as const
    blockMethod(sandbox, method.id, bankReturn.blocked ?? fallback)
  }
  return lost
}

function countDisputes(sandbox: Sandbox, methodId: string): number {
  const charges = sandbox.store.allWhere('charge', 'payment_method', methodId)
  return charges.filter((charge) => charge.disputed).length
}
