import { describe, expect, test } from 'vitest'
import {
  isBalanceEnough,
  judgeHolder,
  type LinkFacts,
  nextStanding,
  type Standing,
  stepOf,
} from '#app/payments/linked-banks/links/bank-link.ts'

const link = (overrides: Partial<LinkFacts> = {}): LinkFacts => ({
  state: 'linked',
  isAtBank: false,
  accountId: 'account',
  accountVerification: 'ready',
  holderCheck: 'passed',
  hasMandate: false,
  hasMethod: false,
  ...overrides,
})

describe('the next step of a link', () => {
  test.each<[Partial<LinkFacts>, string]>([
    [{ state: 'started' }, 'at_bank'],
    [{ state: 'exited' }, 'left'],
    [{ accountId: null }, 'choose'],
    [{ holderCheck: null }, 'checking'],
    [{ holderCheck: 'refused' }, 'checking'],
    [{ state: 'review', holderCheck: 'review' }, 'review'],
    [{ accountVerification: 'pending' }, 'waits_for_deposits'],
    [{}, 'agree'],
    [{ holderCheck: 'approved' }, 'agree'],
    [{ hasMandate: true }, 'keeping'],
    [{ hasMandate: true, hasMethod: true }, 'ready'],
    [{ state: 'needs_reauth', hasMethod: true }, 'repair'],
    [{ state: 'disconnecting', hasMethod: true }, 'repair'],
    [{ state: 'disconnecting' }, 'agree'],
    [{ state: 'gone', hasMethod: true }, 'gone'],
  ])('%o is %s', (facts, step) => {
    expect(stepOf(link(facts))).toBe(step)
  })

  test('nobody agrees to anything before the account is proved and its holder known', () => {
    for (const accountVerification of ['ready', 'pending', 'failed', null])
      for (const holderCheck of ['passed', 'approved', 'review', 'refused', null])
        for (const state of ['started', 'exited', 'review', 'linked', 'needs_reauth', 'gone'] as const) {
          const step = stepOf(link({ state, accountVerification, holderCheck }))
          const isProved =
            accountVerification === 'ready' && ['passed', 'approved'].includes(String(holderCheck))
          expect(step === 'agree').toBe(state === 'linked' && isProved)
        }
  })
})

test.each([
  [100, 'passed'],
  [70, 'passed'],
  [69, 'review'],
  [50, 'review'],
  [49, 'refused'],
  [0, 'refused'],
  [null, 'review'],
])('a name score of %s is %s', (score, verdict) => {
  expect(judgeHolder(score)).toBe(verdict)
})

describe('the standing of a login', () => {
  const now = new Date('2026-05-10T12:00:00Z')
  const day = (count: number): Date => new Date(now.getTime() + count * 86_400_000)
  const stand = (overrides: Partial<Parameters<typeof nextStanding>[0]> = {}) => ({
    state: 'linked' as Standing['state'],
    disconnectAt: null,
    repairedAt: null,
    ...overrides,
  })

  test.each<[string, Parameters<typeof nextStanding>, Standing]>([
    ['good stays linked', [stand(), 'good', null, now], { state: 'linked', disconnectAt: null }],
    [
      'a broken login needs its customer',
      [stand(), 'needs_reauth', null, now],
      { state: 'needs_reauth', disconnectAt: null },
    ],
    [
      'a login that works again is linked',
      [stand({ state: 'needs_reauth' }), 'good', null, now],
      { state: 'linked', disconnectAt: null },
    ],
    ['gone is gone', [stand(), 'gone', day(3), now], { state: 'gone', disconnectAt: null }],
    [
      'an announced end is kept',
      [stand(), 'good', day(7), now],
      { state: 'disconnecting', disconnectAt: day(7) },
    ],
    [
      'and stays until its day',
      [stand({ state: 'disconnecting', disconnectAt: day(2) }), 'good', null, now],
      { state: 'disconnecting', disconnectAt: day(2) },
    ],
    [
      'an end whose day passed with a login that works is forgotten',
      [stand({ state: 'disconnecting', disconnectAt: day(-1) }), 'good', null, now],
      { state: 'linked', disconnectAt: null },
    ],
    [
      'an announcement from before a repair is too late',
      [stand({ repairedAt: day(-1) }), 'good', day(5), now],
      { state: 'linked', disconnectAt: null },
    ],
    [
      'one from after it is not',
      [stand({ repairedAt: day(-1) }), 'good', day(7), now],
      { state: 'disconnecting', disconnectAt: day(7) },
    ],
    [
      'what waits for staff goes on waiting',
      [stand({ state: 'review' }), 'needs_reauth', day(7), now],
      { state: 'review', disconnectAt: null },
    ],
  ])('%s', (_what, given, expected) => {
    expect(nextStanding(...given)).toEqual(expected)
  })
})

test.each([
  [10_000n, null, 10_000n, true],
  [10_000n, null, 10_001n, false],
  [null, 5_000n, 5_000n, true],
  [null, 5_000n, 5_001n, false],
  [0n, 5_000n, 1n, false],
  [-500n, null, 1n, false],
  [null, null, 1n, true],
])('available %s, current %s, debit %s: %s', (availableMinor, currentMinor, amount, isEnough) => {
  const balance = { state: 'known', currency: 'USD', availableMinor, currentMinor } as const
  expect(isBalanceEnough(balance, amount)).toBe(isEnough)
})

test('a bank that does not tell, or tells in another currency, holds nothing up', () => {
  expect(isBalanceEnough({ state: 'unavailable' }, 1n)).toBe(true)
  const foreign = { state: 'known', currency: 'CAD', availableMinor: 0n, currentMinor: 0n } as const
  expect(isBalanceEnough(foreign, 1n)).toBe(true)
})
