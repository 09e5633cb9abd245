/**
 * When a bank debit is expected to arrive. Banking days are those of the Federal Reserve: no weekends, no federal holidays; one that
 * falls on a Sunday is kept on the Monday after. A debit that begins after the cut-off counts from the next banking day.
 * Four banking days, cut-off 21:00 in New York: https://docs.stripe.com/payments/ach-direct-debit
 */
import { addDays, type BusinessDate, businessDateIn, minuteOfDayIn } from '#app/platform/time.ts'

const ZONE = 'America/New_York'
const CUT_OFF_MINUTES = 21 * 60
const CLEARING_DAYS = 4

/** The day on which a bank debit that was begun at this instant is expected to count as paid. */
export function expectedClearing(begunAt: Date): BusinessDate {
  const day = businessDateIn(ZONE, begunAt)
  const isLate = minuteOfDayIn(ZONE, begunAt) >= CUT_OFF_MINUTES
  return clearingOf(isLate ? addDays(day, 1) : day)
}

/** The day on which a bank debit that is begun on this day, before the cut-off, is expected to count as paid. */
export function clearingOf(day: BusinessDate): BusinessDate {
  return addBankingDays(nextBankingDay(day), CLEARING_DAYS)
}

/** The day itself when banks work on it, else the next one on which they do. */
export function nextBankingDay(day: BusinessDate): BusinessDate {
  return isBankingDay(day) ? day : nextBankingDay(addDays(day, 1))
}

/** So many banking days after `day`. */
export function addBankingDays(day: BusinessDate, count: number): BusinessDate {
  return count === 0 ? day : addBankingDays(nextBankingDay(addDays(day, 1)), count - 1)
}

/** Whether the Federal Reserve's banks work on this day. */
export function isBankingDay(day: BusinessDate): boolean {
  const weekday = weekdayOf(day)
  if (weekday === 0 || weekday === 6) return false
  const eve = addDays(day, -1)
  return !isHoliday(day) && !(weekday === 1 && isHoliday(eve))
}

/** New Year, Juneteenth, Independence Day, Veterans Day, Christmas. */
const FIXED = new Set(['01-01', '06-19', '07-04', '11-11', '12-25'])
/** Month, weekday (0 Sunday) and which one; -1 is the last: King, Presidents, Memorial, Labor, Columbus, Thanksgiving. */
const FLOATING = [
  [1, 1, 3],
  [2, 1, 3],
  [5, 1, -1],
  [9, 1, 1],
  [10, 1, 2],
  [11, 4, 4],
] as const

function isHoliday(day: BusinessDate): boolean {
  if (FIXED.has(day.slice(5))) return true
  const [month, date] = [Number(day.slice(5, 7)), Number(day.slice(8))]
  return FLOATING.some(([inMonth, weekday, which]) => {
    if (month !== inMonth || weekdayOf(day) !== weekday) return false
    if (which === -1) return addDays(day, 7).slice(5, 7) !== day.slice(5, 7)
    return Math.ceil(date / 7) === which
  })
}

/** 0 is Sunday. */
function weekdayOf(day: BusinessDate): number {
  return new Date(`${day}T12:00:00Z`).getUTCDay()
}
