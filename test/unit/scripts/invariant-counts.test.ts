import { expect, test } from 'vitest'
import { shortcomings, sumOf } from '#scripts/contracts/invariant-counts.ts'

/** A record as the tests write it: the name as the 32 bytes of Solidity. */
const record = (name: string, calls: number, effects: number): string =>
  `[0x${Buffer.from(name.padEnd(32, '\0'), 'latin1').toString('hex')} ${calls} ${effects}]`

test('records of all runs are summed by function, however the runs wrote over each other', () => {
  const lines = `${record('pull', 3, 2)}${record('agree', 1, 1)}\n${record('pull', 4, 0)}\n\n${record('cancel', 0, 0)}`
  expect(sumOf(lines)).toEqual([
    { name: 'agree', calls: 1, effects: 1 },
    { name: 'cancel', calls: 0, effects: 0 },
    { name: 'pull', calls: 7, effects: 2 },
  ])
  expect(sumOf('')).toEqual([])
})

test('a campaign with enough of everything has no shortcoming', () => {
  const counts = [
    { name: 'pull', calls: 99_000, effects: 60_000 },
    { name: 'callWrongly', calls: 1_000, effects: 0 },
  ]
  expect(shortcomings('Plan', counts)).toEqual([])
})

test('too few calls, too few that take effect, and a function that is hardly called are each told', () => {
  expect(shortcomings('Plan', [])).toEqual(['Plan: 0 calls are fewer than 100000.'])
  expect(shortcomings('Plan', [{ name: 'pull', calls: 99_999, effects: 99_999 }])).toEqual([
    'Plan: 99999 calls are fewer than 100000.',
  ])
  expect(shortcomings('Plan', [{ name: 'pull', calls: 100_000, effects: 59_999 }])).toEqual([
    'Plan: 59999 of 100000 calls took effect, less than 60 %.',
  ])
  expect(
    shortcomings('Plan', [
      { name: 'pull', calls: 100_000, effects: 100_000 },
      { name: 'agree', calls: 999, effects: 999 },
    ]),
  ).toEqual(['Plan.agree: 999 calls are fewer than 1000.'])
})
