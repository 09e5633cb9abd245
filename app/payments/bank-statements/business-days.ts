import { addDays, type BusinessDate, daysBetween, toDatabaseDate } from '#app/platform/time.ts'

/** How many days that are no weekend lie between two days, whichever comes first; of holidays nothing is known here. */
export function businessDaysApart(one: BusinessDate, other: BusinessDate): number {
  const [from, to] = one < other ? [one, other] : [other, one]
  const span = daysBetween(from, to)
  const weeks = Math.floor(span / 7)
  let days = weeks * 5
  for (let passed = weeks * 7 + 1; passed <= span; passed += 1)
    if (!isWeekend(addDays(from, passed))) days += 1
  return days
}

function isWeekend(day: BusinessDate): boolean {
  return [0, 6].includes(toDatabaseDate(day).getUTCDay())
}
