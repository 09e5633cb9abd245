import { businessDateIn, formatBusinessDate } from '#app/platform/time.ts'

/** An instant to the second, in the zone and naming it, for pages where the order of close moments matters. */
export function momentWords(
  instant: Date,
  { locale, timeZone }: { readonly locale: string; readonly timeZone: string },
): string {
  const clock = new Intl.DateTimeFormat(locale, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZone,
    timeZoneName: 'short',
  }).format(instant)
  return `${formatBusinessDate(businessDateIn(timeZone, instant), locale)}, ${clock}`
}
