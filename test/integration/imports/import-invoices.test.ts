import { beforeAll, expect, test } from 'vitest'
import { checkBatch } from '#app/imports/check-batch.server.ts'
import { commitBatch } from '#app/imports/commit-batch.server.ts'
import { receivablesHistory } from '#app/imports/shipped-profiles.ts'
import { stageFile } from '#app/imports/stage-file.server.ts'
import { db } from '#app/platform/db.server.ts'
import { openPayment, reversePayment, settlePayment } from '#test/support/books.ts'
import { bookFigures, createSupplier, importFile } from '#test/support/import-files.ts'
import { EXAMPLE_SHAPE, generateReceivables } from '#test/support/receivables-generator.ts'

const actor = { kind: 'command' } as const

const example = generateReceivables(2012)

async function stage(content: string, options: { correct?: boolean; source?: string } = {}): Promise<string> {
  const staged = await stageFile({
    path: importFile(content),
    fileName: 'file.csv',
    profile: receivablesHistory,
    ...options,
  })
  if (!staged.ok) throw new Error(staged.problem.message)
  return staged.batchId
}

async function importAll(content: string, options: { correct?: boolean; source?: string } = {}) {
  const batchId = await stage(content, options)
  const state = await checkBatch(batchId)
  return { batchId, state, committed: await commitBatch(batchId, { actor }) }
}

beforeAll(async () => {
  await createSupplier()
})

test('A receivables history becomes invoices, settled payments and withdrawn disputes with the totals of the file', async () => {
  const { committed } = await importAll(example.csv)
  expect(committed).toMatchObject({
    ok: true,
    already: false,
    totals: {
      invoices: { USD: { count: 2_466, totalMinor: '14770318' } },
      booked: { USD: { count: 2_466, totalMinor: '14770318' } },
      payments: { USD: { count: 2_466, totalMinor: '14770318' } },
      customers: 100,
      newCustomers: 100,
      disputes: 561,
      effects: { new: 2_466 },
    },
  })
  expect(await bookFigures()).toMatchObject({
    invoices: '2466',
    customers: '100',
    payments: '2466',
    disputes: '561',
    total: '14770318',
    balance: '0',
    receivable: '0',
    events: String(2_466 * 2 + 561 * 2),
  })
})

test('The open amounts as of a day in the past are those of the file', async () => {
  const rows = await db.$queryRaw<{ late: boolean; count: number; open: string }[]>`
    SELECT late, count(*)::integer AS count, sum(open)::text AS open FROM (
      SELECT i.due_on < ${EXAMPLE_SHAPE.asOf}::date AS late, sum(p.amount_minor) AS open
        FROM posting p JOIN invoice i ON i.id = p.invoice_id
       WHERE p.account_code = 1100 AND p.effective_on <= ${EXAMPLE_SHAPE.asOf}::date
       GROUP BY i.id HAVING sum(p.amount_minor) <> 0) AS each_invoice
     GROUP BY late ORDER BY late`
  expect(rows).toEqual([
    { late: false, count: 86, open: '493632' },
    { late: true, count: 13, open: '78874' },
  ])
})

test('The same file a second time changes nothing', async () => {
  const before = await bookFigures()
  const { committed } = await importAll(example.csv)
  expect(committed).toMatchObject({
    ok: true,
    already: false,
    totals: { effects: { unchanged: 2_466 }, payments: {} },
  })
  expect(await bookFigures()).toEqual(before)
})

test('A copy with five broken rows imports nothing and names the five', async () => {
  const before = await bookFigures()
  const lines = generateReceivables(7).csv.split('\r\n')
  const breakCell = (line: number, cell: number, value: string): void => {
    const cells = (lines[line - 1] ?? '').split(',')
    cells[cell] = value
    lines[line - 1] = cells.join(',')
  }
  breakCell(10, 4, '2/30/2012')
  breakCell(500, 6, 'twelve')
  breakCell(777, 1, '')
  breakCell(1_200, 10, '999')
  lines[2_000 - 1] += ',surplus'
  const batchId = await stage(lines.join('\r\n'), { source: 'another' })
  expect(await checkBatch(batchId)).toBe('refused')
  expect(await commitBatch(batchId, { actor })).toEqual({ ok: false, reason: 'HAS_BAD_ROWS' })
  const bad = await db.importRow.findMany({ where: { batchId, effect: 'bad' }, orderBy: { lineNo: 'asc' } })
  expect(bad.flatMap(({ errors }) => errors as object[])).toMatchObject([
    { line: 10, column: 'InvoiceDate', code: 'DATE_NOT_READABLE' },
    { line: 500, column: 'InvoiceAmount', code: 'AMOUNT_NOT_READABLE' },
    { line: 777, column: 'customerID', code: 'VALUE_MISSING' },
    { line: 1_200, column: 'DaysToSettle', code: 'DAYS_DISAGREE' },
    { line: 2_000, column: '', code: 'COLUMN_COUNT' },
  ])
  expect(await bookFigures()).toEqual(before)
})

test('A changed amount is refused, and with a correction it is reversed and issued again', async () => {
  const [first, ...others] = example.invoices
  if (first === undefined) throw new Error('no invoice')
  const header = example.csv.split('\r\n')[0]
  const row = example.csv.split('\r\n')[1]?.split(',') ?? []
  row[6] = String(Number(first.amountMinor + 100n) / 100)
  const changed = `${header}\n${row.join(',')}\n`
  const before = await bookFigures()

  const refused = await importAll(changed)
  expect(refused.committed).toEqual({ ok: false, reason: 'HAS_BAD_ROWS' })
  const bad = await db.importRow.findFirstOrThrow({ where: { batchId: refused.batchId } })
  expect(bad.errors).toMatchObject([{ line: 2, column: 'InvoiceAmount', code: 'INVOICE_ALREADY_POSTED' }])
  expect(await bookFigures()).toEqual(before)

  const corrected = await importAll(changed, { correct: true })
  expect(corrected.batchId).toBe(refused.batchId)
  expect(corrected.committed).toMatchObject({
    ok: true,
    totals: { effects: { correction: 1 }, payments: { USD: { count: 1, totalMinor: '100' } } },
  })
  expect(await bookFigures()).toMatchObject({
    total: '14770418',
    balance: '0',
    receivable: '0',
    versions: '2467',
  })
  expect(others).toHaveLength(2_465)
  const again = await importAll(changed, { correct: true })
  expect(again.committed).toMatchObject({ totals: { effects: { unchanged: 1 }, payments: {} } })
})

test('A correction below what is paid is refused with what to do instead', async () => {
  const header = example.csv.split('\r\n')[0]
  const row = example.csv.split('\r\n')[3]?.split(',') ?? []
  row[6] = '0.01'
  const { committed, batchId } = await importAll(`${header}\n${row.join(',')}\n`, { correct: true })
  expect(committed).toEqual({ ok: false, reason: 'HAS_BAD_ROWS' })
  const bad = await db.importRow.findFirstOrThrow({ where: { batchId } })
  expect(bad.errors).toMatchObject([
    { code: 'CORRECTION_BELOW_PAID', message: expect.stringContaining('credit memo') },
  ])
})

test('An invoice that stands twice in a file is refused at its second line', async () => {
  const lines = generateReceivables(9, { ...EXAMPLE_SHAPE, others: { count: 3, minor: 900n } }).csv.split(
    '\r\n',
  )
  lines.splice(5, 0, lines[1] ?? '')
  const { committed, batchId } = await importAll(lines.join('\n'), { source: 'twice' })
  expect(committed).toEqual({ ok: false, reason: 'HAS_BAD_ROWS' })
  const bad = await db.importRow.findMany({ where: { batchId, effect: 'bad' } })
  expect(bad.map(({ errors }) => errors)).toMatchObject([[{ line: 6, code: 'DUPLICATE_IN_FILE' }]])
})

test('A file that says settled books nothing when the payment made here was charged back since', async () => {
  const [header, row = ''] = generateReceivables(3).csv.split('\r\n')
  const settled = `${header}\n${row}\n`
  const source = 'charged-back'
  // First the invoice alone: paid here, not in the file.
  const batchId = await stage(settled, { source })
  const { data } = await db.importRow.findFirstOrThrow({ where: { batchId } })
  const { settledOn, isDisputed: _, ...open } = data as Record<string, unknown>
  await db.importRow.updateMany({
    where: { batchId },
    data: { data: { ...open, isDisputed: false } as object },
  })
  await checkBatch(batchId)
  expect(await commitBatch(batchId, { actor })).toMatchObject({
    totals: { effects: { new: 1 }, payments: {} },
  })
  const invoice = await db.invoice.findFirstOrThrow({ where: { source } })
  const { paymentId } = await openPayment(invoice.customerId, [
    { invoiceId: invoice.id, amountMinor: invoice.totalMinor },
  ])
  expect(await settlePayment(paymentId, invoice.totalMinor, String(settledOn))).toMatchObject({ ok: true })
  expect(await reversePayment(paymentId, invoice.totalMinor)).toMatchObject({ ok: true })

  const before = await bookFigures()
  const { committed } = await importAll(settled, { source })
  expect(committed).toMatchObject({ ok: true, totals: { payments: {} } })
  expect(await bookFigures()).toMatchObject({ payments: before.payments, balance: before.balance })
  const after = await db.invoice.findUniqueOrThrow({ where: { id: invoice.id } })
  expect(after.openMinor).toBe(invoice.totalMinor)
})
