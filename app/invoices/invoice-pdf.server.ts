import {
  type DocumentFact,
  drawAmount,
  drawCheck,
  drawLetterhead,
  drawParties,
  drawTitle,
} from '#app/documents/letterhead.server.ts'
import { type Imprint, openPaper } from '#app/documents/open-paper.server.ts'
import type { InvoiceDocument } from '#app/invoices/invoice-document.server.ts'
import { drawSeal } from '#app/platform/pdf/figures.server.ts'
import type { Paper } from '#app/platform/pdf/page-kit.server.ts'
import { INK } from '#app/platform/pdf/paper.ts'
import { drawTable, type TableCell } from '#app/platform/pdf/table.server.ts'

/** The invoice as a tagged PDF. The same document and imprint give the same bytes. */
export async function invoicePdf(document: InvoiceDocument, imprint: Imprint): Promise<Buffer> {
  const title = `${document.kind === 'fee' ? 'Fee' : 'Invoice'} ${document.number}`
  const paper = openPaper(imprint, title, document.knownAt)
  drawLetterhead(paper, imprint.supplier, imprint.reach)
  const titleY = paper.y
  drawTitle(paper, title, replacedNote(document))
  if (document.settledOn !== null && document.isCurrent)
    drawSeal(
      paper,
      { word: 'Settled', date: document.settledOn.text, rim: `${document.number} · Paid in full` },
      paper.left + paper.width - 56,
      titleY + 44,
      54,
    )
  if (document.settledOn !== null) paper.y = Math.max(paper.y, titleY + 112)
  drawParties(paper, 'Billed to', document.customer, facts(document))
  drawLines(paper, document)
  drawTotals(paper, document)
  if (document.version.note !== null) {
    paper.y += 14
    paper.write('P', document.version.note, { size: 9.5 })
  }
  drawCheck(paper, imprint.checkAddress, [
    'Every change of this invoice is committed to a shared ledger that the supplier cannot alter afterwards.',
    'The receipt of a payment carries a file that anyone can check there, without signing in.',
  ])
  return paper.finish()
}

function replacedNote({ version, isCurrent }: InvoiceDocument): string | null {
  if (!isCurrent) return `Version ${version.version} of the document, replaced since by a later one`
  return version.version > 1 ? `Version ${version.version} of the document` : null
}

function facts(document: InvoiceDocument): DocumentFact[] {
  const { version } = document
  return [
    { label: 'Issued', value: document.issuedOn.text },
    { label: 'Due', value: version.dueOn.text },
    ...(version.poNumber === null ? [] : [{ label: 'Your order', value: version.poNumber }]),
    { label: 'Total', value: version.total.spoken },
  ]
}

function drawLines(paper: Paper, { version, currency, number }: InvoiceDocument): void {
  drawTable(paper, {
    title: `Lines of ${number}`,
    rowHeader: 0,
    columns: [
      { header: 'For' },
      { header: 'Quantity', width: 76, align: 'right' },
      { header: 'Unit price', width: 82, align: 'right' },
      { header: 'Tax', width: 52, align: 'right' },
      { header: `Net, ${currency}`, width: 86, align: 'right' },
    ],
    rows: version.lines.map((line) => [
      line.description,
      line.unit === null ? line.quantity : `${line.quantity} ${line.unit}`,
      line.unitPrice,
      line.taxRate,
      line.net.text,
    ]),
  })
}

/** Net, tax per rate, total, what came off and what is left on the right; what is due now on their left. */
function drawTotals(paper: Paper, document: InvoiceDocument): void {
  const { version, currency } = document
  const rows: TableCell[][] = [
    ['Net', version.net.text],
    ...version.taxes.map((tax) => [`Tax ${tax.rate} on ${tax.net.text}`, tax.tax.text]),
    ...(version.taxes.length === 0 && version.tax.minor !== '0' ? [['Tax', version.tax.text]] : []),
    ...(version.rounding.minor === '0' ? [] : [['Rounding', version.rounding.text]]),
  ]
  paper.y += 10
  paper.need(Math.max((rows.length + 1) * 23, 90))
  const top = paper.y
  const page = paper.page
  if (document.isCurrent) drawDue(paper, document)
  const dueEnd = paper.y
  paper.y = top
  drawSums(paper, 'Total', rows, [`Total, ${currency}`, version.total.text])
  if (document.isCurrent && document.movements.length > 0) {
    paper.y += 6
    const movements = document.movements.map((each) => [
      `${each.what}, ${each.on.text}`,
      minus(each.amount.text),
    ])
    drawSums(paper, 'Paid', movements, [`Still open, ${currency}`, document.open.text])
  }
  if (paper.page === page) paper.y = Math.max(paper.y, dueEnd)
}

function drawDue(paper: Paper, { settledOn, open, version }: InvoiceDocument): void {
  if (settledOn === null) {
    drawAmount(paper, 'Amount due', open.spoken, `Please pay by ${version.dueOn.text}.`)
    return
  }
  paper.y += 4
  const style = { face: 'sansStrong', size: 10, ink: INK.accent } as const
  const words = `Settled on ${settledOn.text}. Nothing is owed on this invoice.`
  paper.tag('P', () => paper.draw(words, paper.left, paper.y, TOTALS_INSET - 40, style))
  paper.y += 30
}

/** Where the column of sums begins, in points from the left. */
const TOTALS_INSET = 218

function drawSums(paper: Paper, title: string, rows: TableCell[][], foot: TableCell[]): void {
  drawTable(paper, {
    title,
    bare: true,
    inset: TOTALS_INSET,
    columns: [{ header: title }, { header: 'Amount', width: 96, align: 'right' }],
    rows,
    foot: [foot],
  })
}

const minus = (text: string): string => (text.startsWith('-') ? text.replace('-', '+') : `−${text}`)
