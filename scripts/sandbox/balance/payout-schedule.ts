import { bankMoment, isBusinessDate } from '#scripts/sandbox/banking/business-days.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'
import { schedule } from '#scripts/sandbox/timers.ts'

/** Automatic payouts are made an hour after banks have acted, on every business day. */
const AFTER_BANKS_SECONDS = 60 * 60
const DAY_SECONDS = 24 * 60 * 60

/** Plans the next automatic payout for money that is available at `second`, unless one that is early enough is planned. */
export function planPayout(sandbox: Sandbox, second: number): void {
  const dueAt = nextPayoutMoment(second)
  const sql = "SELECT 1 FROM timer WHERE task = 'payout.run' AND due_at = ?"
  if (!sandbox.store.row(sql, dueAt)) schedule(sandbox, dueAt, 'payout.run', '')
}

/** The first moment at or after `second` at which payouts are made. */
export function nextPayoutMoment(second: number): number {
  for (let day = second; ; day += DAY_SECONDS) {
    const date = new Date(day * 1000).toISOString().slice(0, 10)
    const moment = bankMoment(date) + AFTER_BANKS_SECONDS
    if (moment >= second && isBusinessDate(date)) return moment
  }
}
