import { addDays, type BusinessDate, findBusinessDate } from '#app/platform/time.ts'

/** The period of a statement as an address names it, with what was typed and what could not be read. */
export type Period = {
  readonly from: BusinessDate
  readonly to: BusinessDate
  readonly typedFrom: string
  readonly typedTo: string
  readonly problems: readonly { readonly fieldId: string; readonly message: string }[]
}

const USUAL_DAYS = 90

/** Reads `from` and `to`. Without them: the 90 days that end today. What cannot be read is named and left out. */
export function parsePeriod(params: URLSearchParams, today: BusinessDate): Period {
  const typedFrom = params.get('from')?.trim() ?? ''
  const typedTo = params.get('to')?.trim() ?? ''
  const readTo = findBusinessDate(typedTo)
  const readFrom = findBusinessDate(typedFrom)
  const to = readTo ?? today
  const from = readFrom ?? addDays(to, -USUAL_DAYS)
  const isBackwards = from > to
  const problems = [
    ...(typedFrom !== '' && readFrom === null ? [{ fieldId: 'from', message: unreadable('first') }] : []),
    ...(typedTo !== '' && readTo === null ? [{ fieldId: 'to', message: unreadable('last') }] : []),
    ...(isBackwards ? [{ fieldId: 'from', message: 'The first day must not be after the last day.' }] : []),
  ]
  return {
    from: isBackwards ? to : from,
    to,
    typedFrom: typedFrom || from,
    typedTo: typedTo || to,
    problems,
  }
}

const unreadable = (which: string): string => `Write the ${which} day as 2026-12-31.`

/** The day of an open-item statement as an address names it: today or any day before. */
export type AsOf = {
  readonly asOf: BusinessDate
  readonly typed: string
  readonly problems: readonly { readonly fieldId: string; readonly message: string }[]
}

/** Reads `as-of`. Without it, or when it cannot be read or lies ahead: today. */
export function parseAsOf(params: URLSearchParams, today: BusinessDate): AsOf {
  const typed = params.get('as-of')?.trim() ?? ''
  if (typed === '') return { asOf: today, typed: today, problems: [] }
  const read = findBusinessDate(typed)
  if (read === null)
    return { asOf: today, typed, problems: [{ fieldId: 'as-of', message: 'Write the day as 2026-12-31.' }] }
  if (read > today)
    return { asOf: today, typed, problems: [{ fieldId: 'as-of', message: 'Choose today or a day before.' }] }
  return { asOf: read, typed, problems: [] }
}
