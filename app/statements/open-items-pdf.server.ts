import {
  type DocumentParty,
  drawAmount,
  drawCheck,
  drawLetterhead,
  drawParties,
  drawTitle,
} from '#app/documents/letterhead.server.ts'
import { type Imprint, openPaper } from '#app/documents/open-paper.server.ts'
import type { DayView } from '#app/invoices/invoice-view.ts'
import type { Paper } from '#app/platform/pdf/page-kit.server.ts'
import { drawTable, type TableCell } from '#app/platform/pdf/table.server.ts'
import type { OpenItem, OpenItemStatement } from '#app/statements/statement-view.ts'

/** Open items for print: one section per currency that has any. */
export type OpenItemPaper = {
  readonly customer: DocumentParty
  readonly asOf: DayView
  readonly knownAt: Date
  readonly statements: readonly OpenItemStatement[]
}

/** The open-item statement as a tagged PDF. The same paper and imprint give the same bytes. */
export async function openItemPdf(content: OpenItemPaper, imprint: Imprint): Promise<Buffer> {
  const paper = openPaper(imprint, `Open items at the end of ${content.asOf.text}`, content.knownAt)
  drawLetterhead(paper, imprint.supplier, imprint.reach)
  drawTitle(paper, 'Open items', `At the end of ${content.asOf.text}`)
  drawParties(
    paper,
    'Account of',
    content.customer,
    content.statements.flatMap((statement) => [
      { label: `Open invoices`, value: statement.total.open.spoken },
      { label: `Unapplied credit`, value: statement.unappliedCredit.spoken },
      { label: `Balance`, value: statement.balance.spoken },
    ]),
  )
  if (content.statements.length === 0) paper.write('P', 'Nothing was open on that day.', { size: 10 })
  for (const statement of content.statements) drawStatement(paper, statement)
  drawCheck(paper, imprint.checkAddress, [
    'Every invoice and payment is committed to a shared ledger that the supplier cannot alter afterwards.',
    'The receipts of your payments carry a file that anyone can check there, without signing in.',
  ])
  return paper.finish()
}

function drawStatement(paper: Paper, statement: OpenItemStatement): void {
  const { currency, total } = statement
  const late = statement.buckets.filter((bucket) => bucket.key !== 'not-due' && bucket.count > 0)
  const lateCount = late.reduce((count, bucket) => count + bucket.count, 0)
  drawAmount(
    paper,
    `Open, ${currency}`,
    total.open.spoken,
    lateCount === 0 ? 'None of it is past due.' : `${invoices(lateCount)} of ${total.count} past due.`,
  )
  paper.write('H2', 'By age', { face: 'sansStrong', size: 10 }, 6)
  const sums = (name: string, sum: OpenItemStatement['total']): TableCell[] => [
    name,
    String(sum.count),
    sum.disputed.text,
    sum.onPlan.text,
    sum.open.text,
  ]
  drawTable(paper, {
    title: `Open amounts by age in ${currency}`,
    columns: [
      { header: 'Days past due' },
      { header: 'Invoices', width: 70, align: 'right' },
      { header: 'Of it disputed', width: 92, align: 'right' },
      { header: 'Of it on plan', width: 92, align: 'right' },
      { header: `Open, ${currency}`, width: 96, align: 'right' },
    ],
    rows: statement.buckets.map((bucket) => sums(bucket.name, bucket)),
    foot: [sums('All open', total)],
  })
  paper.y += 26
  if (statement.items.length > 0) drawItems(paper, statement)
  paper.y += 26
}

function drawItems(paper: Paper, { currency, items, total }: OpenItemStatement): void {
  paper.need(70)
  paper.write('H2', 'By invoice', { face: 'sansStrong', size: 10 }, 6)
  drawTable(paper, {
    title: `Open invoices in ${currency}`,
    columns: [
      { header: 'Invoice' },
      { header: 'Issued', width: 70 },
      { header: 'Due', width: 80 },
      { header: 'Total', width: 76, align: 'right' },
      { header: 'Disputed', width: 76, align: 'right' },
      { header: `Open, ${currency}`, width: 84, align: 'right' },
    ],
    rows: items.map((item): TableCell[] => [
      { text: item.number, note: item.poNumber },
      item.issuedOn.text,
      { text: item.dueOn.text, note: lateness(item) },
      item.total.text,
      item.disputed.text,
      item.open.text,
    ]),
    foot: [['All open', '', '', '', total.disputed.text, total.open.text]],
  })
}

function lateness({ daysLate }: OpenItem): string | null {
  if (daysLate === 0) return null
  return daysLate === 1 ? '1 day late' : `${daysLate} days late`
}

const invoices = (count: number): string => (count === 1 ? '1 invoice' : `${count} invoices`)
