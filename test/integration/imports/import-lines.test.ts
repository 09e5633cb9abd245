import { beforeAll, expect, test } from 'vitest'
import { checkBatch } from '#app/imports/check-batch.server.ts'
import { commitBatch } from '#app/imports/commit-batch.server.ts'
import { quittanceInvoices } from '#app/imports/shipped-profiles.ts'
import { stageFile } from '#app/imports/stage-file.server.ts'
import { db } from '#app/platform/db.server.ts'
import { bookFigures, createSupplier, importFile } from '#test/support/import-files.ts'

const HEADER =
  'customer_number,customer_name,invoice_number,issued_on,due_on,currency,po_number,line_description,quantity,unit,unit_price,tax_rate,invoice_total,settled_on'
const rows = (po: string, note: string, settledOn = ''): string[] => [
  `A-1,Alder Works,INV-1,2026-03-01,2026-03-31,USD,${po},"Carton, ${note}",4,bundle,21.85,8.25,146.27,${settledOn}`,
  `A-1,,INV-1,2026-03-01,2026-03-31,USD,${po},Freight,1,,42.50,0,,${settledOn}`,
  `A-2,Birch Works,INV-2,2026-03-05,2026-04-04,JPY,,Pallets,3,piece,1200,10,3960,`,
  `A-2,,INV-3,2026-03-05,2026-04-04,KWD,,Paper,2.5,,1.2345,0,3.086,`,
]
// 4 × 21.85 = 87.40 with 7.21 tax, and freight 42.50 untaxed, make 137.11; the rows above say 146.27.
const good = (po: string, note: string, settledOn = ''): string =>
  [HEADER, ...rows(po, note, settledOn)].join('\n').replace('146.27', '137.11')

async function importText(text: string, correct = false) {
  const staged = await stageFile({
    path: importFile(text),
    fileName: 'lines.csv',
    profile: quittanceInvoices,
    correct,
  })
  if (!staged.ok) throw new Error(staged.problem.message)
  await checkBatch(staged.batchId)
  const committed = await commitBatch(staged.batchId, { actor: { kind: 'command' } })
  const bad = await db.importRow.findMany({ where: { batchId: staged.batchId, effect: 'bad' } })
  return { committed, errors: bad.flatMap(({ errors }) => errors as object[]) }
}

beforeAll(createSupplier)

test('A total that lines and tax do not make is refused with both figures', async () => {
  const { committed, errors } = await importText([HEADER, ...rows('PO-1', 'large')].join('\n'))
  expect(committed).toEqual({ ok: false, reason: 'HAS_BAD_ROWS' })
  expect(errors).toMatchObject([
    {
      line: 2,
      column: 'invoice_total',
      code: 'TOTAL_DISAGREES',
      message: expect.stringMatching(/146\.27.*137\.11/),
    },
  ])
})

test('Lines of one invoice become one invoice with tax per rate, in currencies of 2, 0 and 3 digits', async () => {
  const { committed } = await importText(good('PO-1', 'large'))
  expect(committed).toMatchObject({
    totals: {
      booked: {
        JPY: { count: 1, totalMinor: '3960' },
        KWD: { count: 1, totalMinor: '3086' },
        USD: { count: 1, totalMinor: '13711' },
      },
    },
  })
  const invoice = await db.invoice.findFirstOrThrow({
    where: { number: 'INV-1' },
    include: {
      customer: true,
      versions: { include: { lines: true, taxes: { orderBy: { taxRateBps: 'asc' } } } },
    },
  })
  expect(invoice).toMatchObject({ netMinor: 12_990n, taxMinor: 721n, roundingMinor: 0n, openMinor: 13_711n })
  expect(invoice.customer.name).toBe('Alder Works')
  expect(invoice.versions[0]?.lines).toHaveLength(2)
  expect(invoice.versions[0]?.taxes).toMatchObject([
    { taxRateBps: 0, netMinor: 4_250n, taxMinor: 0n },
    { taxRateBps: 825, netMinor: 8_740n, taxMinor: 721n },
  ])
})

test('A changed text or purchase order makes a new version of the document and nothing in the books', async () => {
  const before = await bookFigures()
  const { committed } = await importText(good('PO-2', 'very large'))
  expect(committed).toMatchObject({ totals: { effects: { document: 1, unchanged: 2 } } })
  const invoice = await db.invoice.findFirstOrThrow({ where: { number: 'INV-1' } })
  expect(invoice).toMatchObject({ documentVersion: 2, poNumber: 'PO-2' })
  const after = await bookFigures()
  expect(after).toEqual({ ...before, versions: '4' })
})

test('A settlement that a later file brings is booked once, on its own day', async () => {
  const settled = good('PO-2', 'very large', '2026-04-02')
  expect((await importText(settled)).committed).toMatchObject({
    totals: { effects: { history: 1, unchanged: 2 }, payments: { USD: { count: 1, totalMinor: '13711' } } },
  })
  expect((await importText(settled)).committed).toMatchObject({
    totals: { effects: { unchanged: 3 }, payments: {} },
  })
  expect(await db.payment.count()).toBe(1)
  expect((await db.payment.findFirstOrThrow()).settledOn?.toISOString()).toContain('2026-04-02')
  const moved = await importText(good('PO-2', 'very large', '2026-04-09'))
  expect(moved.errors).toMatchObject([{ column: 'settled_on', code: 'SETTLEMENT_DIFFERS' }])
})

test('An invoice that changes its customer is refused, also with a correction', async () => {
  const { committed, errors } = await importText(good('PO-2', 'very large').replaceAll('A-1,', 'A-2,'), true)
  expect(committed).toEqual({ ok: false, reason: 'HAS_BAD_ROWS' })
  expect(errors).toMatchObject([{ line: 2, column: 'customer_number', code: 'INVOICE_OF_OTHER_CUSTOMER' }])
})

test('A settlement after today is refused', async () => {
  const { errors } = await importText(good('PO-2', 'very large', '2099-01-01').replaceAll('INV-', 'NEW-'))
  expect(errors).toMatchObject([{ column: 'settled_on', code: 'SETTLED_IN_FUTURE' }])
})
