import { expect, test } from 'vitest'
import { isAskDue, isKeyFresh, isPatienceOver, readAgainAfterMs } from '#app/payments/patience.ts'
import { hasEnded, PAYMENT_STATES } from '#app/payments/payment.ts'

const SENT = new Date('2026-11-20T12:00:00Z')
const after = (minutes: number): Date => new Date(SENT.getTime() + minutes * 60_000)

test('an unknown write is asked about at 1, 5 and 30 minutes, 3 and 24 hours, once each', () => {
  const asked: number[] = []
  let last = SENT
  for (let minute = 0; minute <= 26 * 60; minute += 0.5) {
    if (!isAskDue(SENT, last, after(minute))) continue
    asked.push(minute)
    last = after(minute)
  }
  expect(asked).toEqual([1, 5, 30, 180, 1_440])
})

test('a round that was missed is made up for', () => {
  expect(isAskDue(SENT, SENT, after(200))).toBe(true)
  expect(isAskDue(SENT, after(200), after(201))).toBe(false)
})

test('the key is sent again for less than 23 hours, and a person decides after 24', () => {
  expect(isKeyFresh(SENT, after(23 * 60 - 1))).toBe(true)
  expect(isKeyFresh(SENT, after(23 * 60))).toBe(false)
  expect(isPatienceOver(SENT, after(24 * 60 - 1))).toBe(false)
  expect(isPatienceOver(SENT, after(24 * 60))).toBe(true)
})

test('what a clock noted that ran ahead: its key is not sent again, and it is asked about at once', () => {
  expect(isKeyFresh(after(6), SENT)).toBe(false)
  expect(isAskDue(after(6), after(6), SENT)).toBe(true)
  // Two hosts may differ by less.
  expect(isKeyFresh(after(4), SENT)).toBe(true)
  expect(isAskDue(after(4), after(4), SENT)).toBe(false)
})

test('every payment that has not ended is read again within the hour', () => {
  for (const state of PAYMENT_STATES) {
    const wait = readAgainAfterMs(state)
    expect(wait === null).toBe(hasEnded(state))
    if (wait !== null) expect(wait).toBeLessThan(3_600_000)
  }
})
