import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asId, type InvoiceId, newId } from '#app/books/ids.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { money } from '#app/money/money.ts'
import {
  type DueRun,
  decideRun,
  type PresentInvoice,
  type RunDecision,
} from '#app/payments/autopay/decide-run.ts'
import type { DiscountTerm } from '#app/payments/cart/discount.ts'
import { creditIn } from '#app/payments/cart/plan-cart.ts'
import { addDays, type BusinessDate, businessDateIn, parseBusinessDate } from '#app/platform/time.ts'

const USD = parseCurrency('USD')

const DAY = parseBusinessDate('2026-03-10')
const ORDER = { daysBefore: 0, limitMinor: 50_000n }
const idOf = (count: number): InvoiceId =>
  asId<'inv'>(`00000000-0000-7000-8000-${String(count).padStart(12, '0')}`)

const run = (amounts: readonly bigint[], overrides: Partial<DueRun> = {}): DueRun => ({
  debitOn: DAY,
  attemptNo: 1,
  madeOn: addDays(DAY, -10),
  items: amounts.map((amountMinor, index) => ({
    ...{ invoiceId: idOf(index), amountMinor, creditMinor: 0n, discountMinor: 0n },
  })),
  ...overrides,
})

const invoice = (
  count: number,
  payableMinor: bigint,
  overrides: Partial<PresentInvoice> = {},
): PresentInvoice => ({
  invoiceId: idOf(count),
  number: String(count),
  issuedOn: addDays(DAY, -10),
  dueOn: DAY,
  totalMinor: 10_000n,
  taxMinor: 0n,
  openMinor: payableMinor,
  payableMinor,
  term: null,
  isHeldByPayment: false,
  ...overrides,
})

/** Decides a debit by card over these invoices, with so much credit that is used first. */
function decide(
  due: DueRun,
  invoices: readonly PresentInvoice[],
  today: BusinessDate,
  { creditMinor = 0n, order = ORDER }: { creditMinor?: bigint; order?: typeof ORDER } = {},
): RunDecision {
  const credit = { source: { paymentId: newId<'pay'>() }, number: 'P-1', on: DAY }
  const credits = creditMinor === 0n ? [] : [{ ...credit, remaining: money(creditMinor, USD) }]
  const oldestFirst = invoices.toSorted((a, b) => (a.dueOn < b.dueOn ? -1 : a.dueOn > b.dueOn ? 1 : 0))
  return decideRun(
    order,
    due,
    { currency: USD, credits, invoices: oldestFirst },
    { begins: today, arrives: today },
  )
}

const held = { openMinor: 10_000n, isHeldByPayment: true }

test.each<[string, readonly PresentInvoice[], object]>([
  ['all of it is payable', [invoice(0, 10_000n)], { does: 'charge', items: [{ amountMinor: 10_000n }] }],
  [
    'less is payable than was announced',
    [invoice(0, 4_000n)],
    { does: 'charge', items: [{ amountMinor: 4_000n }] },
  ],
  [
    'more is payable than was announced',
    [invoice(0, 90_000n)],
    { does: 'charge', items: [{ amountMinor: 10_000n }] },
  ],
  [
    'another payment holds it',
    [invoice(0, 0n, held)],
    { does: 'wait', reason: 'held_elsewhere', until: '2026-03-11' },
  ],
  ['a dispute holds it', [invoice(0, 0n, { openMinor: 10_000n })], { does: 'skip', reason: 'on_hold' }],
  ['it was settled', [invoice(0, 0n)], { does: 'skip', reason: 'settled_elsewhere' }],
  [
    'its due date moved away',
    [invoice(0, 10_000n, { dueOn: addDays(DAY, 5) })],
    { does: 'skip', reason: 'date_changed' },
  ],
  ['it is gone, or in another currency now', [], { does: 'skip', reason: 'settled_elsewhere' }],
])('on its day, when %s', (_when, invoices, expected) => {
  expect(decide(run([10_000n]), invoices, DAY)).toMatchObject(expected)
})

test('what is free is charged, and what another payment holds is left for another debit', () => {
  const decision = decide(run([10_000n, 5_000n]), [invoice(0, 0n, held), invoice(1, 5_000n)], DAY)
  expect(decision).toEqual({
    does: 'charge',
    items: [{ invoiceId: idOf(1), amountMinor: 5_000n, restMinor: 0n, seen: '5000.0.0' }],
  })
})

test.each([
  ['the day before', -1, 1, 'nothing'],
  ['the third day after', 3, 1, 'charge'],
  ['the fourth day after', 4, 1, 'skip'],
  ['a week after, as a further try', 7, 2, 'charge'],
  ['long after, as a further try', 16, 2, 'skip'],
])('%s a debit does what is in time', (_when, days, attemptNo, does) => {
  const madeOn = attemptNo === 1 ? addDays(DAY, -10) : addDays(DAY, 1)
  const decision = decide(run([10_000n], { attemptNo, madeOn }), [invoice(0, 10_000n)], addDays(DAY, days))
  expect(decision.does).toBe(does)
})

test.each([
  // Midnight in New York is 05:00 UTC in winter and 04:00 UTC in summer; clocks go forward on 8 March 2026.
  ['a minute before midnight, the night before', '2026-03-10T03:59:00Z', 'nothing'],
  ['at midnight', '2026-03-10T04:00:00Z', 'charge'],
  ['when it is already that day in UTC only', '2026-03-10T01:00:00Z', 'nothing'],
])('the day is that of the supplier: %s', (_when, instant, does) => {
  const today = businessDateIn('America/New_York', new Date(instant))
  expect(decide(run([10_000n]), [invoice(0, 10_000n)], today).does).toBe(does)
})

test('on the short and on the long day of the year a debit is made on that day and no other', () => {
  for (const day of ['2026-03-08', '2026-11-01']) {
    const debitOn = parseBusinessDate(day)
    const hours = Array.from(
      { length: 96 },
      (_, hour) => new Date(Date.parse(`${day}T00:00:00Z`) + (hour - 24) * 3_600_000),
    )
    for (const instant of hours) {
      const today = businessDateIn('America/New_York', instant)
      const decision = decide(run([10_000n], { debitOn }), [invoice(0, 10_000n, { dueOn: debitOn })], today)
      expect(decision.does === 'nothing').toBe(today < debitOn)
    }
  }
})

/** 2 % within ten days of issue: until the day of the debit. */
const TERM: DiscountTerm = {
  ...{ customerId: null, rateBps: 200, days: 10, basis: 'initiated', excludesTax: false, onPartials: false },
  ...{ validFrom: addDays(DAY, -90), validTo: null },
}
const discounted = (count: number): PresentInvoice => invoice(count, 10_000n, { term: TERM })

test.each<[string, bigint, bigint, BusinessDate, object]>([
  [
    'a discount is earned: what it leaves is debited',
    ...([9_800n, 0n, DAY, { items: [{ amountMinor: 9_800n, seen: '10000.0.200' }] }] as const),
  ],
  [
    'the last day of the discount is over: what was announced is debited, and not more',
    ...([
      9_800n,
      0n,
      addDays(DAY, 1),
      { items: [{ amountMinor: 9_800n, restMinor: 200n, seen: '10000.0.0' }] },
    ] as const),
  ],
  [
    'credit came after the notice: less is debited',
    ...([9_800n, 4_000n, DAY, { items: [{ amountMinor: 5_880n, seen: '10000.4000.120' }] }] as const),
  ],
  [
    'credit covers all of it: nothing is debited, and the credit is used',
    ...([
      9_800n,
      10_000n,
      DAY,
      { does: 'charge', items: [{ amountMinor: 0n, seen: '10000.10000.0' }] },
    ] as const),
  ],
  [
    'credit was to cover it and is gone: it is announced anew',
    ...([0n, 0n, DAY, { does: 'skip', reason: 'credit_gone' }] as const),
  ],
  [
    'a part of that credit is left: it is used, and nothing is debited without a notice',
    ...([
      0n,
      4_000n,
      DAY,
      { items: [{ amountMinor: 0n, restMinor: 5_880n, seen: '10000.4000.120' }] },
    ] as const),
  ],
])('when %s', (_when, announced, creditMinor, today, expected) => {
  expect(decide(run([announced]), [discounted(0)], today, { creditMinor })).toMatchObject(expected)
})

test('credit is not used on what the limit leaves out', () => {
  const due = run([10_000n, 8_000n])
  const invoices = [invoice(0, 10_000n, { dueOn: addDays(DAY, -1) }), invoice(1, 8_000n)]
  const order = { ...ORDER, limitMinor: 7_500n }
  expect(decide(due, invoices, DAY, { order, creditMinor: 2_000n })).toEqual({
    does: 'skip',
    reason: 'not_payable',
  })
  expect(decide(run([10_000n, 7_000n]), invoices, DAY, { order, creditMinor: 2_000n })).toEqual({
    does: 'charge',
    items: [{ invoiceId: idOf(1), amountMinor: 6_000n, restMinor: 0n, seen: '8000.2000.0' }],
  })
})

test('never above the limit, the notice or what is payable, and no invoice twice', () => {
  const anyInvoice = fc.record({
    announced: fc.bigInt({ min: 1n, max: 60_000n }),
    open: fc.bigInt({ min: 0n, max: 60_000n }),
    heldPart: fc.bigInt({ min: 0n, max: 60_000n }),
    isHeldByPayment: fc.boolean(),
    dueIn: fc.integer({ min: -5, max: 5 }),
  })
  fc.assert(
    fc.property(
      fc.array(anyInvoice, { minLength: 1, maxLength: 8 }),
      fc.bigInt({ min: 1n, max: 100_000n }),
      fc.integer({ min: -2, max: 5 }),
      fc.bigInt({ min: 0n, max: 100_000n }),
      (raw, limitMinor, days, creditMinor) => {
        const invoices = raw.map(({ open, heldPart, isHeldByPayment, dueIn }, index) =>
          invoice(index, open > heldPart ? open - heldPart : 0n, {
            openMinor: open,
            isHeldByPayment,
            dueOn: addDays(DAY, dueIn),
          }),
        )
        const today = addDays(DAY, days)
        const decision = decide(run(raw.map(({ announced }) => announced)), invoices, today, {
          ...{ creditMinor, order: { ...ORDER, limitMinor } },
        })
        if (days < 0) expect(decision.does).toBe('nothing')
        if (decision.does !== 'charge') return
        const total = decision.items.reduce((sum, each) => sum + each.amountMinor, 0n)
        expect(total <= limitMinor).toBe(true)
        const credit = decision.items.reduce((sum, { seen }) => sum + creditIn(seen), 0n)
        expect(credit <= creditMinor && total + credit > 0n).toBe(true)
        expect(new Set(decision.items.map((each) => each.invoiceId)).size).toBe(decision.items.length)
        for (const { invoiceId, amountMinor } of decision.items) {
          const index = invoices.findIndex((each) => each.invoiceId === invoiceId)
          expect(amountMinor <= (invoices[index]?.payableMinor ?? 0n)).toBe(true)
          expect(amountMinor <= (raw[index]?.announced ?? 0n)).toBe(true)
          expect((invoices[index]?.dueOn ?? today) <= (today > DAY ? today : DAY)).toBe(true)
        }
      },
    ),
  )
})
