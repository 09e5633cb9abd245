import { expect, test } from 'vitest'
import { nextEntries } from '#app/ledger/next-entries.ts'
import { createNumberFloor } from '#app/ledger/number-floor.ts'

test('a number is passed only when every transaction that ran when it was the highest has ended', () => {
  const floor = createNumberFloor()
  expect(floor.needsNewest).toBe(true)
  floor.foundNothing({ highest: 10n, oldestRunning: 90n, newest: 100n })
  expect(floor.needsNewest).toBe(false)
  floor.foundNothing({ highest: 25n, oldestRunning: 99n, newest: null })
  expect(floor.value).toBe(0n)
  floor.foundNothing({ highest: 30n, oldestRunning: 100n, newest: null })
  expect(floor.value).toBe(10n)
  floor.foundNothing({ highest: 30n, oldestRunning: 150n, newest: 160n })
  expect(floor.value).toBe(10n)
  floor.foundNothing({ highest: 40n, oldestRunning: 170n, newest: null })
  expect(floor.value).toBe(30n)
})

test('nothing above the floor needs no sample', () => {
  const floor = createNumberFloor()
  floor.foundNothing({ highest: 0n, oldestRunning: 5n, newest: 6n })
  expect(floor.needsNewest).toBe(true)
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
