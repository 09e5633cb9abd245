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
import type { ActivityStatement } from '#app/statements/statement-view.ts'

/** A statement of account for print: one section per currency that the account has. */
export type ActivityPaper = {
  readonly customer: DocumentParty
  readonly from: DayView
  readonly to: DayView
  readonly knownAt: Date
  readonly statements: readonly ActivityStatement[]
}

/** The activity statement as a tagged PDF. The same paper and imprint give the same bytes. */
export async function activityPdf(content: ActivityPaper, imprint: Imprint): Promise<Buffer> {
  const period = `${content.from.text} to ${content.to.text}`
  const paper = openPaper(imprint, `Statement of account, ${period}`, content.knownAt)
  drawLetterhead(paper, imprint.supplier, imprint.reach)
  drawTitle(paper, 'Statement of account', period)
  drawParties(
    paper,
    'Account of',
    content.customer,
    content.statements.flatMap((statement) => [
      { label: `Opening balance`, value: statement.opening.spoken },
      { label: `Closing balance`, value: statement.closing.spoken },
    ]),
  )
  if (content.statements.length === 0)
    paper.write('P', 'Nothing was booked on this account up to the end of the period.', { size: 10 })
  for (const statement of content.statements) drawStatement(paper, statement)
  drawCheck(paper, imprint.checkAddress, [
    'Every row is committed to a shared ledger that the supplier cannot alter afterwards.',
    'The receipts of your payments carry a file that anyone can check there, without signing in.',
  ])
  return paper.finish()
}

function drawStatement(paper: Paper, statement: ActivityStatement): void {
  const { currency, rows } = statement
  drawAmount(
    paper,
    `Balance on ${statement.to.text}, ${currency}`,
    statement.closing.spoken,
    balanceSentence(statement.closing.minor),
  )
  drawTable(paper, {
    title: `Activity in ${currency}, ${statement.from.text} to ${statement.to.text}`,
    rowHeader: 1,
    columns: [
      { header: 'Date', width: 68 },
      { header: 'Entry' },
      { header: 'Owed more', width: 78, align: 'right' },
      { header: 'Owed less', width: 78, align: 'right' },
      { header: `Balance, ${currency}`, width: 88, align: 'right' },
    ],
    rows: [
      [statement.from.text, 'Opening balance', '', '', statement.opening.text],
      ...rows.map((row): TableCell[] => [
        row.on.text,
        { text: row.what, note: row.note },
        row.debit?.text ?? '',
        row.credit?.text ?? '',
        row.balance.text,
      ]),
    ],
    foot: [
      [
        statement.to.text,
        'Closing balance',
        statement.totalDebit.text,
        statement.totalCredit.text,
        statement.closing.text,
      ],
    ],
  })
  paper.y += 26
}

function balanceSentence(minor: string): string {
  if (minor === '0') return 'Nothing is owed.'
  return minor.startsWith('-')
    ? 'In your favour: credit that you can use or ask back.'
    : 'Owed to us on that day.'
}
