/**
 * Business dates: days without a time, read in the supplier's zone. An instant is a `Date`.
 * A database date arrives as a `Date` at midnight UTC; `fromDatabaseDate` and `toDatabaseDate` convert.
 */
declare const businessDateBrand: unique symbol

/** `YYYY-MM-DD`. Made only by the functions of this file. */
export type BusinessDate = string & { readonly [businessDateBrand]: true }

const DAY_MS = 86_400_000

/** The date that a text names, or null when it is not a day of the calendar written YYYY-MM-DD. */
export function findBusinessDate(text: string): BusinessDate | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null
  const instant = new Date(`${text}T00:00:00Z`)
  if (Number.isNaN(instant.getTime()) || instant.toISOString().slice(0, 10) !== text) return null
  return text as BusinessDate
}

/** The date that a text names. Throws when it names none. */
export function parseBusinessDate(text: string): BusinessDate {
  const date = findBusinessDate(text)
  if (date === null) throw new Error(`Not a date: ${JSON.stringify(text)}`)
  return date
}

/** The day that it is in the zone at the instant. */
export function businessDateIn(timeZone: string, instant: Date): BusinessDate {
  return dayFormatter(timeZone).format(instant) as BusinessDate
}

/** Minutes since midnight that the clocks of the zone show at the instant. */
export function minuteOfDayIn(timeZone: string, instant: Date): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hour: 'numeric',
    minute: 'numeric',
    hourCycle: 'h23',
  }).formatToParts(instant)
  const part = (type: string): number => Number(parts.find((each) => each.type === type)?.value)
  return part('hour') * 60 + part('minute')
}

/** The date of a database date column. */
export function fromDatabaseDate(value: Date): BusinessDate {
  return value.toISOString().slice(0, 10) as BusinessDate
}

/** The date as a database date column takes it. */
export function toDatabaseDate(date: BusinessDate): Date {
  return new Date(`${date}T00:00:00Z`)
}

/** The date `days` later (earlier when negative). */
export function addDays(date: BusinessDate, days: number): BusinessDate {
  return fromDatabaseDate(new Date(toDatabaseDate(date).getTime() + days * DAY_MS))
}

/** The date `months` later; a day that the month lacks becomes its last day (31 Jan + 1 month = 28 or 29 Feb). */
export function addMonths(date: BusinessDate, months: number): BusinessDate {
  const [year, month, day] = date.split('-').map(Number) as [number, number, number]
  const first = new Date(Date.UTC(year, month - 1 + months, 1))
  const lastDay = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate()
  return fromDatabaseDate(
    new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth(), Math.min(day, lastDay))),
  )
}

/** How many days `to` is after `from`; negative when it is before. */
export function daysBetween(from: BusinessDate, to: BusinessDate): number {
  return Math.round((toDatabaseDate(to).getTime() - toDatabaseDate(from).getTime()) / DAY_MS)
}

/** The date as screens and letters write it: 3 Dec 2026. */
export function formatBusinessDate(date: BusinessDate, locale = 'en-US'): string {
  const parts = dateFormatter(locale).formatToParts(toDatabaseDate(date))
  const part = (type: string): string => parts.find((each) => each.type === type)?.value ?? ''
  return `${part('day')} ${part('month')} ${part('year')}`
}

/** An instant as screens write it, in the zone and naming it: 3 Dec 2026, 14:05 EST. */
export function formatInstant(instant: Date, timeZone: string, locale = 'en-US'): string {
  const clock = new Intl.DateTimeFormat(locale, {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone,
    timeZoneName: 'short',
  }).format(instant)
  return `${formatBusinessDate(businessDateIn(timeZone, instant), locale)}, ${clock}`
}

const dayFormatters = new Map<string, Intl.DateTimeFormat>()

function dayFormatter(timeZone: string): Intl.DateTimeFormat {
  const known = dayFormatters.get(timeZone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  })
  dayFormatters.set(timeZone, made)
  return made
}

const dateFormatters = new Map<string, Intl.DateTimeFormat>()

/** Kept, because making one costs more than formatting a page of dates with it. */
function dateFormatter(locale: string): Intl.DateTimeFormat {
  const known = dateFormatters.get(locale)
  if (known) return known
  const made = new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  })
  dateFormatters.set(locale, made)
  return made
}
