/**
 * Business days of the ACH network, counted on the calendar of New York: no weekends, no holidays of the Federal
 * Reserve. What is handed in after 21:00 there counts as the next business day's. Banks act at 15:00 UTC.
 */
const BANK_HOUR_UTC = 15
const CUT_OFF_HOUR = 21
const NEW_YORK = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'America/New_York',
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
})

/** The business date (YYYY-MM-DD) on which something handed in at `second` (Unix) goes to the bank. */
export function submissionDate(second: number): string {
  const { date, hour } = inNewYork(second)
  const first = hour >= CUT_OFF_HOUR ? addDays(date, 1) : date
  return isBusinessDate(first) ? first : nextBusinessDate(first)
}

/** When the bank has acted on something handed in at `second`, after `days` business days. Never decreases with `second`. */
export function afterBusinessDays(second: number, days: number): number {
  return bankMoment(addBusinessDays(submissionDate(second), days))
}

/** The business date `days` business days after another. */
export function addBusinessDays(date: string, days: number): string {
  let reached = date
  for (let left = days; left > 0; left -= 1) reached = nextBusinessDate(reached)
  return reached
}

/** The moment of a date at which banks act, in Unix seconds. */
export function bankMoment(date: string): number {
  return Date.parse(`${date}T${BANK_HOUR_UTC}:00:00Z`) / 1000
}

/** Whether banks work on a date (YYYY-MM-DD). */
export function isBusinessDate(date: string): boolean {
  const weekday = weekdayOf(date)
  return weekday !== 0 && weekday !== 6 && !isHoliday(date)
}

function nextBusinessDate(date: string): string {
  const next = addDays(date, 1)
  return isBusinessDate(next) ? next : nextBusinessDate(next)
}

function isHoliday(date: string): boolean {
  const day = Number(date.slice(8))
  // A holiday on a Sunday is kept on the Monday after it; one on a Saturday is not moved.
  const fixed = ['01-01', '06-19', '07-04', '11-11', '12-25']
  const observed = [date, ...(weekdayOf(date) === 1 ? [addDays(date, -1)] : [])]
  if (observed.some((one) => fixed.includes(one.slice(5)))) return true
  const nth = Math.ceil(day / 7)
  const isLast = day > 24
  if (weekdayOf(date) === 4) return date.slice(5, 7) === '11' && nth === 4
  if (weekdayOf(date) !== 1) return false
  const month = date.slice(5, 7)
  if (month === '05') return isLast
  return { '01': 3, '02': 3, '09': 1, '10': 2 }[month] === nth
}

function inNewYork(second: number): { date: string; hour: number } {
  const parts = Object.fromEntries(
    NEW_YORK.formatToParts(second * 1000).map((part) => [part.type, part.value]),
  )
  return { date: `${parts.year}-${parts.month}-${parts.day}`, hour: Number(parts.hour) }
}

function weekdayOf(date: string): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay()
}

function addDays(date: string, days: number): string {
  const moved = new Date(`${date}T00:00:00Z`)
  moved.setUTCDate(moved.getUTCDate() + days)
  return moved.toISOString().slice(0, 10)
}

/** Whether something handed in at `createdAt` has not gone to the bank yet at `now`. */
export function isBeforeCutOff(createdAt: number, now: number): boolean {
  const { date, hour } = inNewYork(now)
  const submitted = submissionDate(createdAt)
  return date < submitted || (date === submitted && hour < CUT_OFF_HOUR)
}
