import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { accountFigures } from '#app/invoices/account-figures.server.ts'
import { listCredits } from '#app/invoices/credit-queries.server.ts'
import { EVERY_INVOICE } from '#app/invoices/invoice-filter.ts'
import { listInvoices } from '#app/invoices/invoice-queries.server.ts'
import type { InvoiceStatus } from '#app/invoices/invoice-view.ts'
import { db } from '#app/platform/db.server.ts'
import { addDays, type BusinessDate, parseBusinessDate } from '#app/platform/time.ts'
import { activityStatements } from '#app/statements/activity-statement.server.ts'
import { agingByCustomer, agingReports, openItemStatements } from '#app/statements/open-items.server.ts'
import {
  applyCredit,
  correctInvoice,
  createCustomer,
  createSupplier,
  invoiceRow,
  issueCredit,
  issueInvoices,
  NOW,
  openPayment,
  reversePayment,
  settlePayment,
} from '#test/support/books.ts'

const FIRST = parseBusinessDate('2025-10-01')
const SPAN_DAYS = 150
const LAST = addDays(FIRST, SPAN_DAYS)
const locale = 'en-US'
const reading = { today: parseBusinessDate('2026-03-01'), locale }

const dayNumber = fc.integer({ min: 0, max: SPAN_DAYS })
const history = fc.array(
  fc.record({
    currency: fc.constantFrom('USD', 'USD', 'JPY'),
    total: fc.bigInt({ min: 2n, max: 500_000n }),
    issued: dayNumber,
    terms: fc.integer({ min: 0, max: 60 }),
    paidShare: fc.constantFrom(0n, 50n, 100n, 130n),
    paidAfter: fc.integer({ min: 0, max: 90 }),
    isOnItsWay: fc.boolean(),
    reversed: fc.constantFrom(0n, 0n, 30n, 100n),
    credit: fc.constantFrom(0n, 0n, 40n),
    isCorrected: fc.constantFrom(false, false, false, true),
  }),
  { minLength: 3, maxLength: 10 },
)

type Step = typeof history extends fc.Arbitrary<(infer T)[]> ? T : never

/** Books one step through the posting functions: invoice, then perhaps correction, payment, reversal, credit. */
async function book(customerId: string, step: Step): Promise<void> {
  const issuedOn = addDays(FIRST, step.issued)
  const row = invoiceRow(customerId, step.total, {
    currency: step.currency,
    issuedOn,
    dueOn: addDays(issuedOn, step.terms),
  })
  expect((await issueInvoices([row])).ok).toBe(true)
  if (step.isCorrected) {
    const { id } = row
    const again = invoiceRow(customerId, step.total + 7n, {
      ...row,
      netMinor: `${step.total + 7n}`,
      totalMinor: `${step.total + 7n}`,
      dueOn: addDays(issuedOn, step.terms + 20),
      id,
    })
    expect((await correctInvoice(again)).ok).toBe(true)
  }
  if (step.credit > 0n && step.currency === 'USD') {
    const credit = await issueCredit(customerId, step.total)
    await applyCredit(credit, row.id, (step.total * step.credit) / 100n || 1n)
  }
  const { openMinor } = await db.invoice.findUniqueOrThrow({ where: { id: row.id } })
  const asked = step.paidShare > 100n ? openMinor : (openMinor * step.paidShare) / 100n
  if (asked === 0n) return
  const { paymentId, ok } = await openPayment(customerId, [{ invoiceId: row.id, amountMinor: asked }], {
    currency: step.currency,
  })
  expect(ok).toBe(true)
  if (step.isOnItsWay) return
  const received = step.paidShare > 100n ? asked + (asked * 30n) / 100n : asked
  await settlePayment(paymentId, received, addDays(issuedOn, step.paidAfter))
  if (step.reversed > 0n) await reversePayment(paymentId, (received * step.reversed) / 100n || 1n)
}

const customers: string[] = []

beforeAll(async () => {
  await createSupplier()
  const histories = fc.sample(history, { numRuns: 12, seed: 20_260_301 })
  for (const steps of histories) {
    const customerId = await createCustomer()
    customers.push(customerId)
    for (const step of steps) await book(customerId, step)
  }
})

const minor = (amount: { minor: string }): bigint => BigInt(amount.minor)
const total = (values: readonly bigint[]): bigint => values.reduce((sum, value) => sum + value, 0n)

/** Random days around the history, the same ones each run. */
const days = fc
  .sample(fc.integer({ min: -10, max: SPAN_DAYS + 60 }), { numRuns: 25, seed: 7 })
  .map((n) => addDays(FIRST, n))

test('the histories hold what they should: every kind of journal, two currencies, holds, and credit left over', async () => {
  const kinds = await db.journal.groupBy({ by: ['kind'], _count: true })
  expect(kinds.map((each) => each.kind)).toEqual(
    expect.arrayContaining([
      'invoice.issued',
      'invoice.withdrawn',
      'invoice.corrected',
      'credit.issued',
      'credit.applied',
      'payment.settled',
      'payment.reversed',
    ]),
  )
  expect(await db.hold.count({ where: { releasedAt: null } })).toBeGreaterThan(0)
  expect(await db.invoice.count({ where: { currency: 'JPY' } })).toBeGreaterThan(0)
  expect(await db.payment.count({ where: { unallocatedMinor: { gt: 0 } } })).toBeGreaterThan(0)
})

test('for every customer and day the buckets add up to the receivable postings, and less credit to the balance', async () => {
  for (const asOf of days) {
    const sums = await db.$queryRaw<
      { customerId: string; currency: string; open: bigint; balance: bigint }[]
    >`
      SELECT customer_id AS "customerId", currency,
             coalesce(sum(amount_minor) FILTER (WHERE account_code = 1100), 0)::bigint AS open,
             sum(amount_minor)::bigint AS balance
      FROM posting WHERE account_code IN (1100, 2200) AND effective_on <= ${asOf}::date GROUP BY 1, 2`
    const found = await Promise.all(
      customers.map(async (customerId) => ({
        customerId,
        statements: await openItemStatements(customerId, { asOf, knownAt: NOW, locale }),
      })),
    )
    const seen = found.flatMap(({ customerId, statements }) =>
      statements.map((statement) => {
        expect(total(statement.buckets.map((bucket) => minor(bucket.open)))).toBe(minor(statement.total.open))
        expect(total(statement.items.map((item) => minor(item.open)))).toBe(minor(statement.total.open))
        return {
          customerId,
          currency: statement.currency,
          open: minor(statement.total.open),
          balance: minor(statement.balance),
        }
      }),
    )
    const isSomething = (each: { open: bigint; balance: bigint }) => each.open !== 0n || each.balance !== 0n
    const key = (each: { customerId: string; currency: string }) => `${each.customerId}${each.currency}`
    const sorted = <T extends { customerId: string; currency: string }>(list: T[]) =>
      list.sort((a, b) => (key(a) < key(b) ? -1 : 1))
    expect(sorted(seen.filter(isSomething))).toEqual(sorted(sums.filter(isSomething)))
  }
})

test('aging of all is the sum of aging by customer, bucket by bucket', async () => {
  for (const asOf of days) {
    const query = { asOf, knownAt: NOW, locale }
    const [all, each] = await Promise.all([agingReports({ all: true }, query), agingByCustomer(query)])
    for (const report of all)
      for (const [index, bucket] of report.buckets.entries()) {
        const parts = each.filter((one) => one.currency === report.currency).map((one) => one.buckets[index])
        expect(total(parts.map((part) => BigInt(part?.open.minor ?? 0)))).toBe(minor(bucket.open))
        expect(parts.reduce((sum, part) => sum + (part?.count ?? 0), 0)).toBe(bucket.count)
      }
  }
})

test('for every customer and many periods opening and rows make the closing balance of the postings', async () => {
  const periods = days.map((day, index) => [day, addDays(day, (index * 13) % 97)] as const)
  for (const [from, to] of [...periods, [addDays(FIRST, -30), addDays(LAST, 90)] as const])
    await checkPeriod(from, to)
})

/** One set-based query finds every opening and closing balance; the statements must say the same. */
async function checkPeriod(from: BusinessDate, to: BusinessDate): Promise<void> {
  const balances = await db.$queryRaw<{ key: string; opening: bigint; closing: bigint }[]>`
    SELECT customer_id || currency AS key,
           coalesce(sum(amount_minor) FILTER (WHERE effective_on < ${from}::date), 0)::bigint AS opening,
           sum(amount_minor)::bigint AS closing
    FROM posting WHERE account_code IN (1100, 2200) AND effective_on <= ${to}::date GROUP BY 1 ORDER BY 1`
  const told = await Promise.all(
    customers.map(async (customerId) => {
      const statements = await activityStatements({ customerId, from, to, knownAt: NOW, locale })
      return statements.map((statement) => {
        const moved = total(
          statement.rows.map(
            (row) => minor(row.debit ?? { minor: '0' }) - minor(row.credit ?? { minor: '0' }),
          ),
        )
        expect(minor(statement.opening) + moved).toBe(minor(statement.closing))
        expect(statement.rows.every((row) => row.on.date >= from && row.on.date <= to)).toBe(true)
        return {
          key: customerId + statement.currency,
          opening: minor(statement.opening),
          closing: minor(statement.closing),
        }
      })
    }),
  )
  expect(told.flat().sort((a, b) => (a.key < b.key ? -1 : 1))).toEqual(balances)
}

test('a payment is one row, and applying a credit moves no balance', async () => {
  const customerId = await createCustomer()
  const rows = [100n, 200n, 300n].map((amount) => invoiceRow(customerId, amount, { number: `A-${amount}` }))
  await issueInvoices(rows)
  const credit = await issueCredit(customerId, 50n)
  await applyCredit(credit, rows[0]?.id ?? '', 50n)
  const items = [
    { invoiceId: rows[1]?.id ?? '', amountMinor: 200n },
    { invoiceId: rows[2]?.id ?? '', amountMinor: 300n },
  ]
  const { paymentId } = await openPayment(customerId, items)
  await settlePayment(paymentId, 500n)
  const query = { customerId, from: FIRST, to: LAST, knownAt: NOW, locale }
  const [statement] = await activityStatements({ ...query, to: addDays(LAST, 60) })
  expect(
    statement?.rows.map((row) => [row.kind, row.debit?.minor ?? null, row.credit?.minor ?? null]),
  ).toEqual([
    ['invoice', '100', null],
    ['invoice', '200', null],
    ['invoice', '300', null],
    ['credit', null, '50'],
    ['payment', null, '500'],
  ])
  expect(statement?.rows.at(-1)?.note).toBe('by card, for 2 invoices')
  expect(statement?.closing.minor).toBe('50')
})

test('what was not known yet is left out', async () => {
  const customerId = customers[0] ?? ''
  const before = new Date(NOW.getTime() - 1)
  const query = { customerId, from: FIRST, to: LAST, locale }
  expect(await activityStatements({ ...query, knownAt: before })).toEqual([])
  expect(await openItemStatements(customerId, { asOf: LAST, knownAt: before, locale })).toEqual([])
  expect((await activityStatements({ ...query, knownAt: NOW })).length).toBeGreaterThan(0)
})

test('every figure of the account home is the sum of the rows that it opens', async () => {
  const statuses = [
    ['open', 'open', 'open'],
    ['notDue', 'not-due', 'open'],
    ['pastDue', 'past-due', 'open'],
    ['onItsWay', 'on-its-way', 'onItsWay'],
    ['disputed', 'disputed', 'disputed'],
  ] as const
  const paging = { sort: 'due-asc', after: null, before: null, size: 100 } as const
  let checked = 0
  for (const customerId of customers)
    for (const figures of await accountFigures(customerId, reading)) {
      for (const [figure, status, column] of statuses) {
        const filter = { ...EVERY_INVOICE, status: status as InvoiceStatus }
        const page = await listInvoices({ customerId }, filter, paging, reading)
        const rows = page.rows.filter((row) => row.currency === figures.currency)
        expect([figure, minor(figures[figure].amount), figures[figure].count]).toEqual([
          figure,
          total(rows.map((row) => minor(row[column]))),
          rows.length,
        ])
        checked += rows.length
      }
      expect(minor(figures.open.amount)).toBe(minor(figures.notDue.amount) + minor(figures.pastDue.amount))
      const credits = await listCredits(customerId, locale)
      const ofCurrency = credits.filter((row) => row.remaining.currency === figures.currency)
      expect(minor(figures.unappliedCredit.amount)).toBe(total(ofCurrency.map((row) => minor(row.remaining))))
    }
  expect(checked).toBeGreaterThan(30)
})
