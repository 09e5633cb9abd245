import { expect, test } from 'vitest'
import { nextEntries } from '#app/ledger/next-entries.ts'
import { createNumberFloor } from '#app/ledger/number-floor.ts'

test('a number is passed only when it was the highest a minute ago and nothing is left to do', () => {
  const floor = createNumberFloor()
  floor.foundNothing(10n, 0)
  floor.foundNothing(25n, 59_999)
  expect(floor.value).toBe(0n)
  floor.foundNothing(30n, 60_000)
  expect(floor.value).toBe(10n)
  floor.foundNothing(40n, 119_999)
  expect(floor.value).toBe(10n)
  floor.foundNothing(40n, 120_000)
  expect(floor.value).toBe(30n)
})

const entry = (subjectId: string, sequence: number) => ({
  eventId: `${subjectId}${sequence}`,
  subjectId,
  sequence,
})

test.each([
  ['new subjects begin at 1', [entry('a', 1), entry('b', 1), entry('a', 2)], new Map(), ['a1', 'b1', 'a2']],
  ['known subjects go on', [entry('a', 4), entry('a', 5)], new Map([['a', 3]]), ['a4', 'a5']],
  [
    'a gap holds back what follows it, and nothing else',
    [entry('a', 2), entry('b', 1), entry('a', 3)],
    new Map(),
    ['b1'],
  ],
  ['an event already queued is not taken again', [entry('a', 3), entry('a', 4)], new Map([['a', 3]]), ['a4']],
])('in a batch, %s', (_, waiting, queuedUpTo: Map<string, number>, expected) => {
  expect(nextEntries(waiting, queuedUpTo).map((each) => each.eventId)).toEqual(expected)
})
