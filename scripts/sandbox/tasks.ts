import { escalateInquiry, loseDispute, winDispute } from '#scripts/sandbox/aftermath/close-dispute.ts'
import { openDispute, warnOfFraud } from '#scripts/sandbox/aftermath/disputes.ts'
import { failRefund, succeedRefund } from '#scripts/sandbox/aftermath/refunds.ts'
import { arrivePayout, runPayouts } from '#scripts/sandbox/balance/payouts.ts'
import { returnLate } from '#scripts/sandbox/banking/late-return.ts'
import { settleDebit } from '#scripts/sandbox/banking/settle-debit.ts'
import { failDeposits } from '#scripts/sandbox/banking/verify-microdeposits.ts'
import { expireSession } from '#scripts/sandbox/checkout/expire-session.ts'
import { disconnectItem, verifyAccounts } from '#scripts/sandbox/plaid/item-events.ts'
import { settleCharge } from '#scripts/sandbox/resources/charges.ts'
import type { TaskHandlers } from '#scripts/sandbox/timers.ts'

/** What each planned task does. */
export const TASK_HANDLERS: TaskHandlers = {
  'session.expire': (sandbox, id) => void expireSession(sandbox, id),
  'charge.settle': (sandbox, id) => settleCharge(sandbox, id),
  'charge.dispute': (sandbox, id, detail) => void openDispute(sandbox, id, JSON.parse(detail ?? '{}')),
  'charge.fraud_warning': (sandbox, id) => warnOfFraud(sandbox, id),
  'charge.late_return': (sandbox, id, detail) => void returnLate(sandbox, id, JSON.parse(detail ?? '{}')),
  'debit.settle': (sandbox, id) => settleDebit(sandbox, id),
  'microdeposits.expire': (sandbox, id) =>
    failDeposits(sandbox, id, 'payment_method_microdeposit_verification_timeout'),
  'microdeposits.fail': (sandbox, id) => failDeposits(sandbox, id, 'payment_method_microdeposit_failed'),
  'refund.succeed': (sandbox, id) => succeedRefund(sandbox, id),
  'refund.fail': (sandbox, id) => failRefund(sandbox, id),
  'dispute.win': (sandbox, id) => void winDispute(sandbox, id),
  'dispute.lose': (sandbox, id) => void loseDispute(sandbox, id),
  'dispute.escalate': (sandbox, id) => void escalateInquiry(sandbox, id),
  'payout.run': (sandbox) => void runPayouts(sandbox),
  'payout.arrive': (sandbox, id) => arrivePayout(sandbox, id),
  'plaid.verify': (sandbox, id) => verifyAccounts(sandbox, id),
  'plaid.disconnect': (sandbox, id) => disconnectItem(sandbox, id),
}
