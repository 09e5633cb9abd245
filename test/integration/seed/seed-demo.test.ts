import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'quittance-seed-'))
process.env.DATA_DIR = folder
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const { asId } = await import('#app/books/ids.ts')
const { parseCurrency } = await import('#app/money/currencies.ts')
const { readCartFacts } = await import('#app/payments/cart/cart-facts.server.ts')
const { readNow } = await import('#app/platform/clock.server.ts')
const { db } = await import('#app/platform/db.server.ts')
const { businessDateIn } = await import('#app/platform/time.ts')
const { bookFigures } = await import('#test/support/import-files.ts')
const { seedDemo } = await import('../../../prisma/seed/seed-demo.ts')

test('The first start writes two years of a believable supplier', async () => {
  expect(await seedDemo()).toBe('written')
  const figures = await bookFigures()
  expect(figures.balance).toBe('0')
  expect(Number(figures.invoices)).toBeGreaterThan(600)
  expect(Number(figures.invoices)).toBeLessThan(1_100)
  expect(figures.customers).toBe('12')
})

test('The demo holds what a visitor looks for: not due, overdue of every age, part-paid, credits and two currencies', async () => {
  const open = await db.$queryRaw<Record<string, number>[]>`
    WITH today AS (SELECT (now() AT TIME ZONE 'America/New_York')::date AS day)
    SELECT count(*) FILTER (WHERE due_on >= day)::integer AS not_due,
           count(*) FILTER (WHERE day - due_on BETWEEN 1 AND 30)::integer AS late_30,
           count(*) FILTER (WHERE day - due_on BETWEEN 31 AND 60)::integer AS late_60,
           count(*) FILTER (WHERE day - due_on BETWEEN 61 AND 90)::integer AS late_90,
           count(*) FILTER (WHERE day - due_on > 90)::integer AS later,
           count(*) FILTER (WHERE open_minor < total_minor)::integer AS part_paid,
           (SELECT count(*) FROM credit_memo WHERE remaining_minor > 0)::integer AS credits_left,
           (SELECT count(*) FROM credit_memo WHERE remaining_minor = 0)::integer AS credits_used,
           (SELECT count(*) FROM payment WHERE unallocated_minor > 0)::integer AS overpaid,
           (SELECT count(DISTINCT currency) FROM invoice)::integer AS currencies,
           (SELECT count(*) FROM invoice i JOIN customer c ON c.id = i.customer_id
             WHERE c.number = 'C-1001' AND i.open_minor > 0 AND i.currency = 'USD')::integer AS payable_by_first_buyer
      FROM invoice, today WHERE open_minor > 0`
  const figures = open[0] ?? {}
  for (const [name, count] of Object.entries(figures)) expect(count, name).toBeGreaterThan(0)
  expect(figures.payable_by_first_buyer).toBeGreaterThanOrEqual(4)
  expect(figures.currencies).toBe(2)
})

test('The first buyer’s cart has a struck total, a saving and its last day, under rules that the supplier has set', async () => {
  const { id } = await db.customer.findFirstOrThrow({ where: { number: 'C-1001' } })
  const invoices = await db.invoice.findMany({
    where: { customerId: id, currency: 'USD', openMinor: { gt: 0n } },
    select: { id: true },
  })
  const { timeZone } = await db.supplier.findFirstOrThrow()
  const today = businessDateIn(timeZone, await readNow())
  const question = {
    ...{ customerId: asId<'cst'>(id), currency: parseCurrency('USD'), mayDispute: false },
    invoiceIds: invoices.map((each) => asId<'inv'>(each.id)),
  }
  const { invoices: facts, policy } = await readCartFacts(question, today)
  const offers = [...facts.values()].flatMap(({ offer }) => offer ?? [])
  expect(offers.length).toBeGreaterThan(0)
  expect(offers.every((offer) => offer.savingMinor > 0n && offer.until >= today)).toBe(true)
  expect(policy.toleranceMinor).toBe(100n)
  expect(await db.paymentPolicy.count()).toBe(1)
})

test('The people of the demo are written down with what it takes to sign in', () => {
  const { people } = JSON.parse(readFileSync(join(folder, 'demo.json'), 'utf8')) as {
    people: { totpSecret?: string }[]
  }
  expect(people).toHaveLength(6)
  expect(people.filter(({ totpSecret }) => totpSecret !== undefined)).toHaveLength(2)
})

test('A second run changes nothing, and one after a cut before the people were written completes them', async () => {
  const before = await bookFigures()
  expect(await seedDemo()).toBe('nothing to do')
  rmSync(join(folder, 'demo.json'))
  expect(await seedDemo()).toBe('completed')
  expect(await bookFigures()).toEqual(before)
  expect(await db.person.count()).toBe(6)
})
