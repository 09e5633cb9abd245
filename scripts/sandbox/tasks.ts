import { expireSession } from '#scripts/sandbox/checkout/expire-session.ts'
import { disconnectItem, verifyAccounts } from '#scripts/sandbox/plaid/item-events.ts'
import { settleCharge } from '#scripts/sandbox/resources/charges.ts'
import { openDispute, warnOfFraud } from '#scripts/sandbox/resources/disputes.ts'
import { failRefund, succeedRefund } from '#scripts/sandbox/resources/refunds.ts'
import type { TaskHandlers } from '#scripts/sandbox/timers.ts'

/** What each planned task does. */
export const TASK_HANDLERS: TaskHandlers = {
  'session.expire': (sandbox, id) => void expireSession(sandbox, id),
  'charge.settle': (sandbox, id) => settleCharge(sandbox, id),
  'charge.dispute': (sandbox, id, detail) => void openDispute(sandbox, id, JSON.parse(detail ?? '{}')),
  'charge.fraud_warning': (sandbox, id) => warnOfFraud(sandbox, id),
  'refund.succeed': (sandbox, id) => succeedRefund(sandbox, id),
  'refund.fail': (sandbox, id) => failRefund(sandbox, id),
  'plaid.verify': (sandbox, id) => verifyAccounts(sandbox, id),
  'plaid.disconnect': (sandbox, id) => disconnectItem(sandbox, id),
}
