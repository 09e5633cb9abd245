import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asId, type InvoiceId } from '#app/books/ids.ts'
import { type AutopayOrder, isCovered } from '#app/payments/autopay/orders/order.ts'
import {
  type Candidate,
  type DebitItem,
  type DebitMeans,
  type KnownDebit,
  planDebits,
} from '#app/payments/autopay/plan-debits.ts'
import type { DiscountTerm } from '#app/payments/cart/discount.ts'
import { addDays, parseBusinessDate } from '#app/platform/time.ts'

const TODAY = parseBusinessDate('2026-03-02')
const ORDER: AutopayOrder = {
  scope: { kind: 'all' },
  daysBefore: 0,
  limitMinor: 100_000n,
  acceptedOn: parseBusinessDate('2026-02-01'),
}

const idOf = (count: number): InvoiceId =>
  asId<'inv'>(`00000000-0000-7000-8000-${String(count).padStart(12, '0')}`)

function candidate(count: number, dueOn: string, overrides: Partial<Candidate> = {}): Candidate {
  return {
    invoiceId: idOf(count),
    number: String(count),
    issuedOn: parseBusinessDate('2026-02-25'),
    dueOn: parseBusinessDate(dueOn),
    siteId: null,
    poNumber: null,
    totalMinor: 10_000n,
    taxMinor: 0n,
    openMinor: overrides.payableMinor ?? 10_000n,
    payableMinor: 10_000n,
    term: null,
    wasAnnounced: false,
    ...overrides,
  }
}

const CARD: DebitMeans = { methodKind: 'card', creditMinor: 0n }
const item = (count: number, amountMinor: bigint, creditMinor = 0n, discountMinor = 0n): DebitItem => ({
  ...{ invoiceId: idOf(count), amountMinor, creditMinor, discountMinor },
})

const daysOf = (planned: ReturnType<typeof planDebits>): string[] => planned.map(({ debitOn }) => debitOn)

test.each([
  ['due in ten days: on its due date', '2026-03-12', 0, false, ['2026-03-12']],
  ['due in eleven days: not announced yet', '2026-03-13', 0, false, []],
  ['two days before the due date', '2026-03-12', 2, false, ['2026-03-10']],
  ['due tomorrow: three days after its notice', '2026-03-03', 0, false, ['2026-03-05']],
  ['past due since the order was made: three days after its notice', '2026-02-20', 0, false, ['2026-03-05']],
  ['past due when the order was made: left to the customer', '2026-01-31', 0, false, []],
  ['announced before: seven days after its new notice', '2026-03-04', 0, true, ['2026-03-09']],
  ['announced before and overdue at the acceptance: still covered', '2026-01-31', 0, true, ['2026-03-09']],
  ['over the end of February', '2026-03-06', 5, false, ['2026-03-05']],
])('%s', (_what, dueOn, daysBefore, wasAnnounced, expected) => {
  const planned = planDebits(
    { ...ORDER, daysBefore },
    [candidate(1, dueOn, { wasAnnounced })],
    [],
    CARD,
    TODAY,
  )
  expect(daysOf(planned)).toEqual(expected)
})

test('an invoice due on the last of a month is debited on it, also when a leap day lies before it', () => {
  const today = parseBusinessDate('2028-02-24')
  const order = { ...ORDER, daysBefore: 1 }
  const planned = planDebits(
    order,
    [candidate(1, '2028-02-29'), candidate(2, '2028-03-01'), candidate(3, '2028-03-05')],
    [],
    CARD,
    today,
  )
  expect(daysOf(planned)).toEqual(['2028-02-28', '2028-02-29', '2028-03-04'])
})

test('invoices of one day are one debit, oldest due first, and what does not fit the limit stays out', () => {
  const planned = planDebits(
    { ...ORDER, limitMinor: 25_000n },
    [
      candidate(3, '2026-03-03', { payableMinor: 5_000n }),
      candidate(1, '2026-03-04', { payableMinor: 15_000n }),
      candidate(2, '2026-03-02', { payableMinor: 20_000n }),
    ],
    [],
    CARD,
    TODAY,
  )
  expect(planned).toEqual([
    {
      debitOn: '2026-03-05',
      isChange: false,
      items: [item(2, 20_000n), item(3, 5_000n)],
      leftOut: [idOf(1)],
    },
  ])
})

const announced = (debitOn: string, isOpen = true, amountMinor = 1_000n): KnownDebit => ({
  debitOn: parseBusinessDate(debitOn),
  isOpen,
  items: [item(90, amountMinor)],
})

test('a later invoice joins an announced debit that is a week away, and gets the next free day otherwise', () => {
  const far = planDebits(ORDER, [candidate(1, '2026-03-09')], [announced('2026-03-09')], CARD, TODAY)
  expect(far).toMatchObject([{ debitOn: '2026-03-09', isChange: true, items: [{ amountMinor: 10_000n }] }])
  const near = planDebits(ORDER, [candidate(1, '2026-03-08')], [announced('2026-03-08')], CARD, TODAY)
  expect(near).toMatchObject([{ debitOn: '2026-03-09', isChange: false }])
  const begun = planDebits(ORDER, [candidate(1, '2026-03-09')], [announced('2026-03-09', false)], CARD, TODAY)
  expect(begun).toMatchObject([{ debitOn: '2026-03-10', isChange: false }])
})

test('joining an announced debit counts what it has towards the limit', () => {
  const planned = planDebits(
    ORDER,
    [candidate(1, '2026-03-09')],
    [announced('2026-03-09', true, 95_000n)],
    CARD,
    TODAY,
  )
  expect(planned).toEqual([{ debitOn: '2026-03-09', isChange: true, items: [], leftOut: [idOf(1)] }])
})

test('a hundred invoices are one debit, and the next one gets the next day', () => {
  const many = Array.from({ length: 101 }, (_, index) =>
    candidate(index, '2026-03-10', { payableMinor: 10n }),
  )
  const planned = planDebits(ORDER, many, [], CARD, TODAY)
  expect(planned.map(({ debitOn, items }) => [debitOn, items.length])).toEqual([
    ['2026-03-10', 100],
    ['2026-03-11', 1],
  ])
})

/** 2 % within 14 days of 25 February, so until 11 March. */
const TERM: DiscountTerm = {
  ...{ customerId: null, rateBps: 200, days: 14, basis: 'initiated', excludesTax: false, onPartials: false },
  ...{ validFrom: parseBusinessDate('2026-01-01'), validTo: null },
}

test.each<[string, string, Partial<DiscountTerm>, DebitMeans['methodKind'], bigint]>([
  ['begins on the last day', '2026-03-11', {}, 'us_bank_account', 200n],
  ['begins the day after', '2026-03-12', {}, 'card', 0n],
  ['by card arrives on the last day', '2026-03-11', { basis: 'settled' }, 'card', 200n],
  ['by bank clears on the last day', '2026-03-05', { basis: 'settled' }, 'us_bank_account', 200n],
  ['by bank clears after it', '2026-03-06', { basis: 'settled' }, 'us_bank_account', 0n],
])('a debit that %s is less by the discount that it earns: %s', (_what, dueOn, term, methodKind, saved) => {
  const invoices = [candidate(1, dueOn, { term: { ...TERM, ...term } })]
  const [planned] = planDebits(ORDER, invoices, [], { ...CARD, methodKind }, TODAY)
  expect(planned?.items).toEqual([item(1, 10_000n - saved, 0n, saved)])
})

test('credit pays the oldest due first, a discount is on what it leaves, and the limit is on what is debited', () => {
  const planned = planDebits(
    { ...ORDER, limitMinor: 10_000n },
    [
      candidate(1, '2026-03-10', { payableMinor: 5_000n }),
      candidate(2, '2026-03-10', { term: TERM }),
      candidate(3, '2026-03-10', { payableMinor: 3_000n }),
      candidate(4, '2026-03-10', { payableMinor: 2_150n }),
    ],
    [],
    { ...CARD, creditMinor: 7_000n },
    TODAY,
  )
  expect(planned).toMatchObject([
    { items: [item(1, 0n, 5_000n), item(2, 7_840n, 2_000n, 160n), item(4, 2_150n)], leftOut: [idOf(3)] },
  ])
})

test('an invoice that the limit leaves out leaves its credit to the next one', () => {
  const planned = planDebits(
    { ...ORDER, limitMinor: 4_000n },
    [candidate(1, '2026-03-10'), candidate(2, '2026-03-10', { payableMinor: 5_000n })],
    [],
    { ...CARD, creditMinor: 1_000n },
    TODAY,
  )
  expect(planned).toMatchObject([{ items: [item(2, 4_000n, 1_000n)], leftOut: [idOf(1)] }])
})

test('what credit covers whole fits a debit that is at its limit, and is a debit of nothing where it is alone', () => {
  const covered = { ...CARD, creditMinor: 10_000n }
  const invoice = candidate(1, '2026-03-09')
  const joined = planDebits(ORDER, [invoice], [announced('2026-03-09', true, 100_000n)], covered, TODAY)
  expect(joined).toMatchObject([{ isChange: true, items: [item(1, 0n, 10_000n)], leftOut: [] }])
  expect(planDebits(ORDER, [invoice], [], covered, TODAY)).toMatchObject([{ items: [item(1, 0n, 10_000n)] }])
})

const EVERY = { siteId: null, poPrefix: null, upToMinor: null }

test.each([
  ['its branch', { ...EVERY, siteId: 'berlin' }, true],
  ['another branch', { ...EVERY, siteId: 'paris' }, false],
  ['the beginning of its order number, in small letters', { ...EVERY, poPrefix: 'po-7' }, true],
  ['the end of its order number', { ...EVERY, poPrefix: '7' }, false],
  ['amounts up to its own', { ...EVERY, upToMinor: 10_000n }, true],
  ['amounts below its own', { ...EVERY, upToMinor: 9_999n }, false],
  ['its branch, but smaller amounts', { ...EVERY, siteId: 'berlin', upToMinor: 9_999n }, false],
])(
  'whether an invoice of 100.00 for Berlin under PO-77 is covered by a filter for %s',
  (_what, filter, expected) => {
    const order: AutopayOrder = { ...ORDER, scope: { kind: 'filter', ...filter } }
    expect(isCovered(order, candidate(1, '2026-03-12', { siteId: 'berlin', poNumber: 'PO-77' }))).toBe(
      expected,
    )
  },
)

const anyCandidate = fc.record({
  dueIn: fc.integer({ min: -40, max: 30 }),
  payableMinor: fc.bigInt({ min: 0n, max: 80_000n }),
  wasAnnounced: fc.boolean(),
  term: fc.constantFrom(null, TERM),
})
const anyKnown = fc.uniqueArray(
  fc.record({
    inDays: fc.integer({ min: 0, max: 14 }),
    isOpen: fc.boolean(),
    amount: fc.bigInt({ min: 1n, max: 90_000n }),
  }),
  { selector: ({ inDays }) => inDays, maxLength: 6 },
)

test('no debit is above the limit, too early, doubled, or above what is payable, whatever there is', () => {
  fc.assert(
    fc.property(
      fc.array(anyCandidate, { maxLength: 12 }),
      anyKnown,
      fc.bigInt({ min: 1n, max: 100_000n }),
      fc.integer({ min: 0, max: 20 }),
      fc.bigInt({ min: 0n, max: 200_000n }),
      (raw, knownRaw, limitMinor, daysBefore, creditMinor) => {
        const candidates = raw.map(({ dueIn, ...each }, index) =>
          candidate(index, addDays(TODAY, dueIn), each),
        )
        const known = knownRaw.map(({ inDays, isOpen, amount }) =>
          announced(addDays(TODAY, inDays), isOpen, amount),
        )
        const planned = planDebits(
          { ...ORDER, limitMinor, daysBefore },
          candidates,
          known,
          { ...CARD, creditMinor },
          TODAY,
        )
        expect(new Set(daysOf(planned)).size).toBe(planned.length)
        const named = planned.flatMap(({ items, leftOut }) => [
          ...items.map((each) => each.invoiceId),
          ...leftOut,
        ])
        expect(new Set(named).size).toBe(named.length)
        const used = planned.flatMap(({ items }) => items).reduce((sum, each) => sum + each.creditMinor, 0n)
        expect(used <= creditMinor).toBe(true)
        for (const { debitOn, isChange, items } of planned) {
          const before = known.find((each) => each.debitOn === debitOn)
          expect(isChange).toBe(before !== undefined)
          expect(debitOn >= addDays(TODAY, isChange ? 7 : 3)).toBe(true)
          const had = before?.items[0]?.amountMinor ?? 0n
          const added = items.reduce((total, each) => total + each.amountMinor, 0n)
          if (added > 0n) expect(had + added <= limitMinor).toBe(true)
          for (const each of items) {
            const of = candidates.find(({ invoiceId }) => invoiceId === each.invoiceId)
            expect(each.amountMinor + each.creditMinor + each.discountMinor).toBe(of?.payableMinor)
            expect([each.amountMinor, each.creditMinor, each.discountMinor].every((part) => part >= 0n)).toBe(
              true,
            )
            if (each.discountMinor > 0n) expect(debitOn <= '2026-03-11').toBe(true)
            expect(debitOn >= addDays(of?.dueOn ?? TODAY, -daysBefore)).toBe(true)
            if (of?.wasAnnounced) expect(debitOn >= addDays(TODAY, 7)).toBe(true)
          }
        }
      },
    ),
  )
})
