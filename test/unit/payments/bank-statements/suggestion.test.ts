/** What a movement on the bank account is taken for, and why. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type InvoiceId, newId } from '#app/books/ids.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { money, sum } from '#app/money/money.ts'
import { businessDaysApart } from '#app/payments/bank-statements/business-days.ts'
import { findSubset } from '#app/payments/bank-statements/subset-sum.ts'
import {
  type CustomerCandidate,
  type MovementFacts,
  suggestMatches,
} from '#app/payments/bank-statements/suggestion.ts'
import { namedIn, nameLikeness, numbersIn } from '#app/payments/bank-statements/texts.ts'
import { parseBusinessDate } from '#app/platform/time.ts'

const USD = parseCurrency('USD')
const invoice = (number: string, minor: bigint) => ({
  id: newId<'inv'>() as InvoiceId,
  number,
  payable: money(minor, USD),
})
const customer = (overrides: Partial<CustomerCandidate> = {}): CustomerCandidate => ({
  ...{ id: newId<'cst'>(), name: 'Quillhaven Press LLC', confirmedCount: 0, invoices: [] },
  ...overrides,
})
const movement = (minor: bigint, overrides: Partial<MovementFacts> = {}): MovementFacts => ({
  ...{ amount: money(minor, USD), bookedOn: parseBusinessDate('2026-11-17'), counterparty: null, text: '' },
  ...overrides,
})
const payout = (minor: bigint, arrivalOn: string, hasFailed = false) => ({
  ...{ id: 'po_1', amount: money(minor, USD), arrivalOn: parseBusinessDate(arrivalOn), hasFailed },
})

describe('a payment', () => {
  test('whose text names its invoices, exactly, comes first and says so', () => {
    const named = customer({
      invoices: [invoice('INV-7731', 500n), invoice('INV-7740', 700n), invoice('INV-9', 900n)],
    })
    const [best] = suggestMatches(
      movement(1_200n, { text: 'pays inv7731, INV 7740', counterparty: 'QUILLHAVEN PRESS' }),
      [named],
      [],
    )
    expect(best).toMatchObject({
      kind: 'payment',
      score: 90,
      unapplied: { minor: 0n },
      reasons: [
        'The text names invoices INV-7731, INV-7740, and the amount is exactly what is payable.',
        'The payer has the customer’s name.',
      ],
    })
    expect(best?.kind === 'payment' && best.items.map((item) => item.amount.minor)).toEqual([500n, 700n])
  })

  test('that brings less or more than the named invoices pays the oldest of them, or leaves credit', () => {
    const named = customer({ invoices: [invoice('INV-7731', 500n), invoice('INV-7740', 700n)] })
    const text = 'INV-7731 INV-7740'
    const [less] = suggestMatches(movement(600n, { text }), [named], [])
    expect(less).toMatchObject({
      score: 40,
      items: [{ amount: { minor: 500n } }, { amount: { minor: 100n } }],
    })
    const [more] = suggestMatches(movement(1_500n, { text }), [named], [])
    expect(more).toMatchObject({ score: 45, unapplied: { minor: 300n } })
    expect(more?.reasons[0]).toContain('$3.00 more came')
  })

  test('is found by the exact amount of one invoice, or of several together', () => {
    const one = customer({ invoices: [invoice('A-1001', 333n), invoice('A-1002', 1_200n)] })
    const two = customer({
      invoices: [invoice('B-1001', 500n), invoice('B-1002', 90n), invoice('B-1003', 700n)],
    })
    const found = suggestMatches(movement(1_200n), [two, one], [])
    expect(found.map((each) => each.reasons)).toEqual([
      ['The amount is exactly that of invoice A-1002.'],
      ['Invoices B-1001, B-1003 add up to exactly the amount.'],
    ])
  })

  test('of a known payer goes to its customer, oldest due first, when no invoice fits', () => {
    const known = customer({ confirmedCount: 3, invoices: [invoice('A-1', 400n), invoice('A-2', 900n)] })
    const [found] = suggestMatches(movement(1_000n, { counterparty: 'QP HOLDINGS' }), [known], [])
    expect(found).toMatchObject({
      score: 40,
      items: [{ amount: { minor: 400n } }, { amount: { minor: 600n } }],
    })
    expect(found?.reasons).toContain('“QP HOLDINGS” was confirmed as Quillhaven Press LLC 3 times before.')
  })

  test('never pays what is held, and a stranger whose amount fits nothing is not suggested', () => {
    const held = customer({ invoices: [invoice('INV-7731', 0n)] })
    expect(suggestMatches(movement(500n, { text: 'INV-7731' }), [held], [])).toEqual([])
  })

  test('always adds up: what the invoices get and the credit are the movement', () => {
    const amounts = fc.array(fc.bigInt({ min: 0n, max: 900n }), { maxLength: 12 })
    fc.assert(
      fc.property(amounts, fc.bigInt({ min: 1n, max: 3_000n }), fc.nat(12), (payables, minor, namedCount) => {
        const invoices = payables.map((each, index) => invoice(`INV-${1000 + index}`, each))
        const text = invoices
          .slice(0, namedCount)
          .map(({ number }) => number)
          .join(' ')
        const candidate = customer({ invoices, confirmedCount: 1 })
        for (const found of suggestMatches(movement(minor, { text }), [candidate], [])) {
          if (found.kind !== 'payment') throw new Error('no payout was offered')
          const paid = sum(
            found.items.map((item) => item.amount),
            USD,
          )
          expect(paid.minor + found.unapplied.minor).toBe(minor)
          expect(found.unapplied.minor >= 0n).toBe(true)
          for (const item of found.items)
            expect(
              item.amount.minor <= (invoices.find(({ id }) => id === item.invoiceId)?.payable.minor ?? 0n),
            ).toBe(true)
        }
      }),
    )
  })
})

describe('a payout', () => {
  test('is found by its amount within three business days, a weekend not counted', () => {
    // The 17th of November 2026 is a Tuesday.
    const days = [
      '2026-11-17',
      '2026-11-16',
      '2026-11-13',
      '2026-11-12',
      '2026-11-11',
      '2026-11-20',
      '2026-11-23',
    ]
    const scores = days.map((day) => suggestMatches(movement(5_000n), [], [payout(5_000n, day)])[0]?.score)
    expect(scores).toEqual([90, 80, 70, 60, undefined, 60, undefined])
    expect(suggestMatches(movement(5_001n), [], [payout(5_000n, '2026-11-17')])).toEqual([])
  })

  test('that failed goes back as a debit of its amount', () => {
    const back = movement(-5_000n, { bookedOn: parseBusinessDate('2026-11-19') })
    expect(suggestMatches(back, [], [payout(5_000n, '2026-11-17', true)])).toMatchObject([
      { kind: 'payout_failure', payoutId: 'po_1' },
    ])
    expect(suggestMatches(back, [], [payout(5_000n, '2026-11-17')])).toEqual([])
    expect(
      suggestMatches(back, [customer({ confirmedCount: 5, invoices: [invoice('A-1001', 5_000n)] })], []),
    ).toEqual([])
  })
})

test('a subset is a real one, and found whenever brute force finds a small one', () => {
  const amounts = fc.array(fc.bigInt({ min: 1n, max: 40n }), { minLength: 2, maxLength: 8 })
  fc.assert(
    fc.property(amounts, fc.bigInt({ min: 2n, max: 120n }), (list, target) => {
      const found = findSubset(list, target)
      const sums = Array.from({ length: 2 ** list.length }, (_each, mask) =>
        list.filter((_amount, index) => (mask >> index) & 1),
      ).filter((chosen) => chosen.length > 1)
      const exists = sums.some((chosen) => chosen.reduce((total, each) => total + each, 0n) === target)
      expect(found !== null).toBe(exists)
      if (found !== null) expect(found.reduce((total, index) => total + (list[index] ?? 0n), 0n)).toBe(target)
    }),
  )
})

test('a search that would take forever ends', () => {
  const even = Array.from({ length: 25 }, (_each, index) => BigInt(1_000_000 + 2 * index))
  expect(findSubset(even, 7_000_001n)).toBeNull()
})

test.each([
  ['INV-7731', 'paid inv7731 thanks', true],
  ['INV-7731', 'INV 7731', true],
  ['INV-7731', 'INV-77310', false],
  ['INV-7731', 'XINV-7731', false],
  ['77', 'pays 77', false],
  ['2026/0042', 'RE:2026/0042/2026/0043', true],
  ['A.*B1', 'AXXB1', false],
])('number %s in “%s”: %s', (number, text, expected) => {
  expect(namedIn(text, number)).toBe(expected)
})

test('words that can be numbers are taken from a text, whatever surrounds them', () => {
  expect(numbersIn('Pays (INV-7731), 2026/0042; thank you')).toEqual([
    'INV-7731',
    '2026/0042',
    '2026',
    '0042',
  ])
})

test.each([
  ['QUILLHAVEN PRESS', 'Quillhaven Press LLC', 'same'],
  ['Müller & Co. GmbH', 'MULLER', 'same'],
  ['BRIGHTWATER', 'Brightwater Supply Co', 'partly'],
  ['LLC', 'Quillhaven Press LLC', 'none'],
  ['A', 'A Better Way Inc', 'none'],
] as const)('%s is like %s: %s', (one, other, likeness) => {
  expect(nameLikeness(one, other)).toBe(likeness)
})

test('business days do not count weekends, and count alike both ways', () => {
  const [friday, monday] = [parseBusinessDate('2026-11-13'), parseBusinessDate('2026-11-16')]
  expect([businessDaysApart(friday, monday), businessDaysApart(monday, friday)]).toEqual([1, 1])
  expect(businessDaysApart(friday, parseBusinessDate('2026-12-04'))).toBe(15)
})
