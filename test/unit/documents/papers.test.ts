import { expect, test } from 'vitest'
import { parsePaperChoice } from '#app/documents/paper-choice.ts'
import { invoicePdf } from '#app/invoices/invoice-pdf.server.ts'
import { embeddedFiles } from '#app/ledger/pdf-attachment.ts'
import { receiptPdf } from '#app/payments/receipts/receipt-pdf.server.ts'
import { sheetOf } from '#app/platform/pdf/paper.ts'
import { activityPdf } from '#app/statements/activity-pdf.server.ts'
import { openItemPdf } from '#app/statements/open-items-pdf.server.ts'
import {
  paperActivity,
  paperImprint,
  paperInvoice,
  paperOpenItems,
  paperReceipt,
} from '#test/support/paper-content.ts'
import { countElements, readPdf, unmarkedDrawing } from '#test/support/pdf-reader.ts'

const disclosure = Buffer.from('{"format":"a disclosure"}')

const PAPERS = {
  invoice: () => invoicePdf(paperInvoice(6), paperImprint()),
  'long settled invoice': () => invoicePdf(paperInvoice(60, true), paperImprint({ sheet: 'A4' })),
  statement: () => activityPdf(paperActivity(120), paperImprint()),
  'open items': () => openItemPdf(paperOpenItems(40), paperImprint()),
  receipt: () => receiptPdf(paperReceipt(), disclosure, paperImprint()),
  'receipt without disclosure': () => receiptPdf(paperReceipt({ ledger: [] }), null, paperImprint()),
}
const each = Object.entries(PAPERS)

test.each(each)('the %s has the same bytes each time it is made', async (_, make) => {
  expect((await make()).equals(await make())).toBe(true)
})

test('a paper does not depend on those that were made before it', async () => {
  const make = async (papers: typeof each) => {
    const made = new Map<string, string>()
    for (const [name, paper] of papers) made.set(name, (await paper()).toString('latin1'))
    return made
  }
  const inOrder = await make(each)
  const backwards = await make(each.toReversed())
  for (const [name, bytes] of inOrder) expect(backwards.get(name) === bytes, name).toBe(true)
})

test.each(each)(
  'the %s is tagged: title, language, tables with heads, nothing outside of the tree',
  async (_, make) => {
    const pdf = readPdf(await make())
    expect(pdf.objects).toMatch(/\/Marked true/)
    expect(pdf.objects).toMatch(/\/StructTreeRoot \d+ 0 R/)
    expect(pdf.objects).toMatch(/\/Lang \(en-US\)/)
    expect(pdf.objects).toMatch(/\/DisplayDocTitle true/)
    expect(pdf.objects).toMatch(/<pdfuaid:part>1<\/pdfuaid:part>/)
    expect(countElements(pdf, 'Document')).toBe(1)
    expect(countElements(pdf, 'H1')).toBe(1)
    expect(countElements(pdf, 'Table')).toBeGreaterThan(0)
    expect(pdf.objects.match(/\/Scope \/Column/g)?.length).toBeGreaterThanOrEqual(3)
    expect(pdf.objects.match(/\/Scope \/Row/g)?.length).toBeGreaterThanOrEqual(1)
    expect(countElements(pdf, 'Figure')).toBeGreaterThanOrEqual(1)
    expect(pdf.objects.match(/^\/Alt \(/gm)).toHaveLength(countElements(pdf, 'Figure'))
    expect(pdf.pages.length).toBeGreaterThanOrEqual(1)
    expect(pdf.pages.flatMap(unmarkedDrawing)).toEqual([])
  },
)

test('every page of a long statement repeats the head and counts itself; no row is lost', async () => {
  const pdf = readPdf(await activityPdf(paperActivity(120), paperImprint()))
  expect(pdf.pages.length).toBeGreaterThan(3)
  // 120 rows, opening and closing, and the head of the table.
  expect(countElements(pdf, 'TR')).toBe(123)
})

test('a settled invoice and a whole receipt carry the seal; what is open or taken back does not', async () => {
  const figures = async (bytes: Promise<Buffer>) => countElements(readPdf(await bytes), 'Figure')
  const { received, settledOn } = paperReceipt()
  const refund = { id: 'r', kind: 'refund', amount: received, effectiveOn: settledOn } as const
  expect(await figures(invoicePdf(paperInvoice(3, true), paperImprint()))).toBe(2)
  expect(await figures(invoicePdf(paperInvoice(3), paperImprint()))).toBe(1)
  expect(await figures(receiptPdf(paperReceipt(), disclosure, paperImprint()))).toBe(2)
  expect(await figures(receiptPdf(paperReceipt({ reversals: [refund] }), disclosure, paperImprint()))).toBe(1)
})

test('the disclosure comes out of the receipt as it went in', async () => {
  const files = await embeddedFiles(await PAPERS.receipt())
  expect(files.map((file) => Buffer.from(file).toString())).toEqual([disclosure.toString()])
  expect(await embeddedFiles(await PAPERS['receipt without disclosure']())).toEqual([])
})

test('the sheet is that of the supplier’s country', async () => {
  expect([sheetOf('US'), sheetOf('ca'), sheetOf('DE'), sheetOf('JP')]).toEqual([
    'LETTER',
    'LETTER',
    'A4',
    'A4',
  ])
  const box = async (sheet: 'A4' | 'LETTER') =>
    /\/MediaBox \[([^\]]+)\]/.exec(
      readPdf(await invoicePdf(paperInvoice(1), paperImprint({ sheet }))).objects,
    )?.[1]
  expect(await box('A4')).toBe('0 0 595.28 841.89')
  expect(await box('LETTER')).toBe('0 0 612 792')
})

test('the date of making is the instant of the books', async () => {
  const pdf = readPdf(await PAPERS.invoice())
  expect(pdf.objects).toContain('(D:20261103100000Z)')
})

const NOW = new Date('2026-11-23T00:00:00Z')
const choose = (address: string) => parsePaperChoice(new URLSearchParams(address), NOW)

test('a paper can be asked for as known at an instant, and on either sheet', () => {
  expect(choose('')).toEqual({ problems: [] })
  expect(choose('known-at=2026-11-01T10:00:00Z&sheet=A4')).toEqual({
    knownAt: new Date('2026-11-01T10:00:00Z'),
    sheet: 'A4',
    problems: [],
  })
})

test.each(['known-at=yesterday', 'known-at=2026-11-01', 'known-at=2027-01-01T00:00:00Z', 'sheet=a3'])(
  '%s is refused with a sentence',
  (address) => {
    expect(choose(address).problems).toHaveLength(1)
  },
)
