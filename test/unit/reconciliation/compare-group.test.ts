import { expect, test } from 'vitest'
import { parseBusinessDate } from '#app/platform/time.ts'
import { compareGroup, netAhead } from '#app/reconciliation/comparison/compare-group.ts'
import type { BookEntry, Group, Movement, PaymentFacts } from '#app/reconciliation/comparison/group.ts'

const NOW = new Date('2026-11-20T17:00:00Z')
const HOUR_MS = 3_600_000
const judging = { now: NOW, timeZone: 'America/New_York' }
const ago = (hours: number): Date => new Date(NOW.getTime() - hours * HOUR_MS)

function moved(overrides: Partial<Movement> = {}): Movement {
  const amountMinor = overrides.amountMinor ?? 10_000n
  const feeMinor = overrides.feeMinor ?? 320n
  return {
    id: 'txn_1',
    kind: 'payment',
    type: 'charge',
    reportingCategory: 'charge',
    currency: 'USD',
    createdAt: ago(5),
    processorCustomerId: 'cus_1',
    ...overrides,
    amountMinor,
    feeMinor,
    netMinor: amountMinor - feeMinor,
  }
}

function booked(overrides: Partial<BookEntry> = {}): BookEntry {
  return {
    journalId: 'j1',
    kind: 'payment.settled',
    postingKey: 'payment.settled:p1',
    amountMinor: 10_000n,
    currency: 'USD',
    effectiveOn: parseBusinessDate('2026-11-20'),
    recordedAt: ago(5),
    ...overrides,
  }
}

const fee = (amountMinor = -320n, id = 'txn_1'): BookEntry =>
  booked({ journalId: 'j2', kind: 'provider.fee', postingKey: `provider.fee:${id}`, amountMinor })

function payer(overrides: Partial<PaymentFacts> = {}): PaymentFacts {
  return {
    id: 'p1',
    number: 'P-000001',
    state: 'settled',
    customerId: 'c1',
    chargeId: 'ch_1',
    processorCustomerIds: ['cus_1'],
    expectedOn: null,
    ...overrides,
  }
}

function group(overrides: Partial<Group> = {}): Group {
  return { key: 'ch_1', movements: [moved()], entries: [booked(), fee()], payments: [payer()], ...overrides }
}

const kindsOf = (one: Group): string[] => compareGroup(one, judging).map(({ kind }) => kind)

test('two sides that say the same do not differ, and neither is ahead', () => {
  expect(kindsOf(group())).toEqual([])
  expect(netAhead(group())).toBe(0n)
})

test('nothing on either side is no difference', () => {
  expect(kindsOf(group({ movements: [], entries: [] }))).toEqual([])
})

test.each([
  ['the books alone, an hour old', { movements: [], entries: [booked({ recordedAt: ago(1) })] }, []],
  [
    'the books alone, three hours old',
    { movements: [], entries: [booked({ recordedAt: ago(3) })] },
    ['extra-in-books'],
  ],
  ['the card service alone, an hour old', { movements: [moved({ createdAt: ago(1) })], entries: [] }, []],
  [
    'the card service alone, three hours old',
    { movements: [moved({ createdAt: ago(3) })], entries: [] },
    ['missing-in-books'],
  ],
  ['a movement of a clock that runs ahead', { movements: [moved({ createdAt: ago(-9) })], entries: [] }, []],
] as const)('%s', (_name, sides, kinds) => {
  expect(kindsOf(group({ ...sides, payments: [] }))).toEqual(kinds)
})

test('a bank debit is waited for until three days after the day on which it is expected, and no longer', () => {
  const waiting = (expectedOn: string) =>
    group({
      movements: [],
      entries: [booked({ recordedAt: ago(200) })],
      payments: [payer({ expectedOn: parseBusinessDate(expectedOn) })],
    })
  expect(kindsOf(waiting('2026-11-17'))).toEqual([])
  expect(kindsOf(waiting('2026-11-16'))).toEqual(['extra-in-books'])
})

test('a debit that came and went leaves nothing to book but its fee', () => {
  const back = moved({
    id: 'txn_2',
    kind: 'refund',
    type: 'payment_failure_refund',
    reportingCategory: 'charge_failure',
    amountMinor: -10_000n,
    feeMinor: 0n,
  })
  const cost = moved({
    id: 'txn_3',
    kind: 'fee',
    type: 'stripe_fee',
    reportingCategory: 'fee',
    amountMinor: -400n,
    feeMinor: 0n,
  })
  const came = moved({ type: 'payment', feeMinor: 0n })
  const failed = { movements: [came, back, cost], payments: [payer({ state: 'failed', chargeId: null })] }
  expect(kindsOf(group({ ...failed, entries: [fee(-400n, 'txn_3')] }))).toEqual([])
  expect(kindsOf(group({ ...failed, entries: [] }))).toEqual([])
  const [old] = [failed.movements.map((each) => ({ ...each, createdAt: ago(200) }))]
  expect(kindsOf(group({ ...failed, movements: old, entries: [] }))).toEqual(['fee-differs'])
})

test('a dispute that was won and still counts as lost is a state that differs, not an amount', () => {
  const taken = moved({
    kind: 'dispute',
    type: 'adjustment',
    reportingCategory: 'dispute',
    amountMinor: -10_000n,
    feeMinor: 0n,
  })
  const given = moved({
    id: 'txn_2',
    kind: 'dispute',
    type: 'adjustment',
    reportingCategory: 'dispute_reversal',
    feeMinor: 0n,
  })
  const entries = [
    booked({ kind: 'payment.reversed', postingKey: 'payment.reversed:r1', amountMinor: -10_000n }),
  ]
  expect(kindsOf(group({ key: 'du_1', movements: [taken, given], entries, payments: [] }))).toEqual([
    'status-differs',
  ])
})

test('a second charge that was given back is no duplicate', () => {
  const second = { key: 'ch_2', entries: [] }
  const back = moved({
    id: 'txn_2',
    reportingCategory: 'charge_failure',
    kind: 'refund',
    type: 'refund',
    amountMinor: -10_000n,
  })
  expect(kindsOf(group({ ...second, movements: [moved({ feeMinor: 0n })] }))).toEqual(['duplicate'])
  expect(
    kindsOf(group({ ...second, movements: [moved({ feeMinor: 0n }), { ...back, feeMinor: 0n }] })),
  ).toEqual([])
})

test('a bank debit may count days after it was sent to the bank, and not weeks', () => {
  const debit = (effectiveOn: string) =>
    kindsOf(
      group({
        movements: [moved({ type: 'payment', feeMinor: 0n, createdAt: new Date('2026-11-06T22:00:00Z') })],
        entries: [
          booked({
            effectiveOn: parseBusinessDate(effectiveOn),
            recordedAt: new Date('2026-11-30T12:00:00Z'),
          }),
        ],
      }),
    )
  expect([debit('2026-11-16'), debit('2026-11-17')]).toEqual([[], ['date-differs']])
})

test('fee, customer and day are causes of their own, and each is told', () => {
  const wrong = group({
    movements: [moved({ feeMinor: 321n, processorCustomerId: 'cus_2' })],
    entries: [booked({ effectiveOn: parseBusinessDate('2026-11-10') }), fee()],
  })
  expect(kindsOf(wrong)).toEqual(['fee-differs', 'wrong-customer', 'date-differs'])
})

test('a fee that the card service does not know of is another fee', () => {
  expect(kindsOf(group({ entries: [booked(), fee(), fee(-99n, 'txn_9')] }))).toEqual(['fee-differs'])
})

test('a payment booked late counts as of the day on which it happened, and at most as of the day of booking', () => {
  const ahead = group({ movements: [moved({ createdAt: ago(-96) })] })
  expect(kindsOf(ahead)).toEqual([])
  const evening = group({ entries: [booked({ effectiveOn: parseBusinessDate('2026-11-19') }), fee()] })
  expect(kindsOf(evening)).toEqual([])
})

test('facts never change by waiting, so that a case that a person closed stays closed', () => {
  const alone = group({ entries: [], payments: [] })
  const later = { ...judging, now: new Date(NOW.getTime() + 50 * HOUR_MS) }
  expect(compareGroup(alone, later)).toEqual(compareGroup(alone, judging))
})

const held = (overrides: Partial<Movement> = {}): Movement =>
  moved({
    id: 'txn_9',
    kind: 'reserve',
    type: 'reserve_hold',
    amountMinor: -3_000n,
    feeMinor: 0n,
    ...overrides,
  })

test('money that is held back is no difference, alone or beside the charge that it is of, and no side is ahead by it', () => {
  const alone = group({ key: 'txn_9', movements: [held()], entries: [], payments: [] })
  const beside = group({ movements: [moved(), held()] })
  for (const each of [alone, beside]) {
    expect(kindsOf(each)).toEqual([])
    expect(netAhead(each)).toBe(0n)
  }
})

test('what a charge and its reserve moved is compared without the reserve', () => {
  const facts = compareGroup(group({ movements: [moved({ amountMinor: 9_000n }), held()] }), judging)[0]
    ?.facts
  expect(facts).toMatchObject({ booksMinor: '10000', providerMinor: '9000' })
})

test.each([
  ['payment', 'charge', 'took a payment'],
  ['refund', 'refund', 'gave money back'],
  ['dispute', 'adjustment', 'disputed money'],
  ['adjustment', 'adjustment', 'adjusted its balance'],
  ['other', 'topup', 'does not do'],
] as const)('a %s that is missing in the books says what it is', (kind, type, cause) => {
  const alone = group({ movements: [moved({ kind, type, feeMinor: 0n })], entries: [], payments: [] })
  expect(compareGroup(alone, judging)).toMatchObject([
    { kind: 'missing-in-books', cause: expect.stringContaining(cause), facts: { types: type } },
  ])
})
