/** How long ago an instant was, as people say it: 20 seconds, 5 minutes, 3 hours, 2 days. */
export function agoWords(then: Date, now: Date): string {
  return secondsWords(Math.max(0, Math.round((now.getTime() - then.getTime()) / 1000)))
}

/** A length of time in its largest unit. */
export function secondsWords(seconds: number): string {
  const units = [
    [86_400, 'day'],
    [3_600, 'hour'],
    [60, 'minute'],
  ] as const
  const [size, name] = units.find(([each]) => seconds >= each) ?? ([1, 'second'] as const)
  const count = Math.floor(seconds / size)
  return `${count} ${name}${count === 1 ? '' : 's'}`
}
