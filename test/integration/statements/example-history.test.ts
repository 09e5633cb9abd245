import { beforeAll, expect, test } from 'vitest'
import { checkBatch } from '#app/imports/check-batch.server.ts'
import { commitBatch } from '#app/imports/commit-batch.server.ts'
import { receivablesHistory } from '#app/imports/shipped-profiles.ts'
import { stageFile } from '#app/imports/stage-file.server.ts'
import { db } from '#app/platform/db.server.ts'
import { agingText, statementText } from '#scripts/report/reports.ts'
import { createSupplier, importFile } from '#test/support/import-files.ts'
import { generateReceivables } from '#test/support/receivables-generator.ts'

const example = generateReceivables(1231)

beforeAll(async () => {
  await createSupplier()
  const staged = await stageFile({
    path: importFile(example.csv),
    fileName: 'history.csv',
    profile: receivablesHistory,
  })
  if (!staged.ok) throw new Error(staged.problem.message)
  await checkBatch(staged.batchId)
  expect(await commitBatch(staged.batchId, { actor: { kind: 'command' } })).toMatchObject({ ok: true })
}, 120_000)

type Report = {
  totals: {
    currency: string
    buckets: { key: string; count: number; open: { minor: string } }[]
    total: { count: number; open: { minor: string }; disputed: { minor: string } }
  }[]
  customers: { customer: { number: string }; total: { count: number; open: { minor: string } } }[]
}

test('aging as of 31 December 2012 is 99 open for 5,725.06: 86 not due, 13 at 1–30 days', async () => {
  const report = JSON.parse(await agingText({ asOf: '2012-12-31', json: true })) as Report
  expect(report.totals).toHaveLength(1)
  const [usd] = report.totals
  expect(usd?.total).toMatchObject({ count: 99, open: { minor: '572506' } })
  expect(usd?.buckets.map((bucket) => [bucket.key, bucket.count, bucket.open.minor])).toEqual([
    ['not-due', 86, '493632'],
    ['1-30', 13, '78874'],
    ['31-60', 0, '0'],
    ['61-90', 0, '0'],
    ['91-120', 0, '0'],
    ['over-120', 0, '0'],
  ])
  const byCustomer = report.customers.reduce((sum, each) => sum + BigInt(each.total.open.minor), 0n)
  expect(byCustomer).toBe(572_506n)
  const disputedThen = example.invoices
    .filter((each) => each.isDisputed && each.issuedOn <= '2012-12-31' && each.settledOn > '2012-12-31')
    .reduce((sum, each) => sum + each.amountMinor, 0n)
  expect(usd?.total.disputed.minor).toBe(String(disputedThen))
})

test('the same report as text', async () => {
  const text = await agingText({ asOf: '2012-12-31', json: false })
  expect(text).toMatch(/^Not due +86 .+ 4,936\.32$/m)
  expect(text).toMatch(/^1–30 days +13 .+ 788\.74$/m)
  expect(text).toMatch(/^All open +99 .+ 5,725\.06$/m)
})

type Statement = {
  opening: { minor: string }
  closing: { minor: string }
  rows: { debit: { minor: string } | null; credit: { minor: string } | null }[]
}

test('for all 100 customers opening and rows make closing, and closing is what is open', async () => {
  const aging = JSON.parse(await agingText({ asOf: '2012-12-31', json: true })) as Report
  const openOf = new Map(aging.customers.map((each) => [each.customer.number, each.total.open.minor]))
  const customers = await db.customer.findMany({ orderBy: { number: 'asc' } })
  expect(customers).toHaveLength(100)
  for (const { number } of customers) {
    const text = await statementText(number, { from: '2012-06-01', to: '2012-12-31', json: true })
    const { statements } = JSON.parse(text) as { statements: Statement[] }
    for (const { opening, closing, rows } of statements) {
      const moved = rows.reduce(
        (sum, row) => sum + BigInt(row.debit?.minor ?? 0) - BigInt(row.credit?.minor ?? 0),
        BigInt(opening.minor),
      )
      expect(moved).toBe(BigInt(closing.minor))
      expect(closing.minor).toBe(openOf.get(number) ?? '0')
    }
  }
})

test('a statement is found by number, by key and by id, and otherwise says why not', async () => {
  const customer = await db.customer.findFirstOrThrow()
  const dates = { from: '2012-01-01', to: '2013-12-31', json: false }
  const text = await statementText(customer.number, dates)
  expect(text).toContain('Closing balance')
  expect(await statementText(customer.externalId, dates)).toBe(text)
  expect(await statementText(`cst_${customer.id.replaceAll('-', '')}`, dates)).toBe(text)
  await expect(statementText('NOBODY', dates)).rejects.toThrow('There is no customer NOBODY.')
  await expect(statementText(customer.number, { ...dates, from: '2012-02-30' })).rejects.toThrow('first day')
  await expect(agingText({ asOf: 'soon', json: false })).rejects.toThrow('2026-12-31')
})
