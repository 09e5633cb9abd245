import {
  drawAmount,
  drawCheck,
  drawLetterhead,
  drawParties,
  drawTitle,
} from '#app/documents/letterhead.server.ts'
import { type Imprint, openPaper } from '#app/documents/open-paper.server.ts'
import { formatAmount, formatMoney } from '#app/money/format.ts'
import { isPositive } from '#app/money/money.ts'
import type {
  Receipt,
  ReceiptItem,
  ReceiptLedgerEntry,
  ReceiptReversal,
} from '#app/payments/receipts/receipt.ts'
import { drawSeal } from '#app/platform/pdf/figures.server.ts'
import type { Paper } from '#app/platform/pdf/page-kit.server.ts'
import { drawTable, type TableCell } from '#app/platform/pdf/table.server.ts'
import { formatBusinessDate } from '#app/platform/time.ts'

/** The name of the disclosure inside a receipt's PDF. */
export const DISCLOSURE_FILE = 'receipt.json'

/**
 * The receipt as a tagged PDF that carries its own disclosure file. How far the ledger has come is left out, so that
 * the same payment, reversals, commitments and disclosure give the same bytes. `knownAt` is when the books of the
 * payment last changed: later than its booking when money was taken back since.
 */
export async function receiptPdf(
  receipt: Receipt,
  disclosure: Uint8Array | null,
  imprint: Imprint,
  knownAt: Date = receipt.settledAt,
): Promise<Buffer> {
  const title = `Receipt ${receipt.number}`
  const paidOn = formatBusinessDate(receipt.settledOn, receipt.locale)
  const paper = openPaper(imprint, title, knownAt)
  if (disclosure !== null)
    paper.attach(
      DISCLOSURE_FILE,
      Buffer.from(disclosure),
      'application/json',
      'What the shared ledger holds of this payment',
    )
  drawLetterhead(paper, receipt.supplier, imprint.reach)
  const titleY = paper.y
  drawTitle(paper, title, null)
  drawAmount(
    paper,
    'Received',
    formatMoney(receipt.received, receipt.locale),
    `Paid on ${paidOn} ${receipt.method}`,
  )
  if (receipt.reversals.length === 0)
    drawSeal(
      paper,
      { word: 'Settled', date: paidOn, rim: `${receipt.number} · Paid and booked` },
      paper.left + paper.width - 58,
      titleY + 56,
      57,
    )
  paper.y = Math.max(paper.y, titleY + 126)
  drawParties(paper, 'Received from', receipt.customer, [
    { label: 'Receipt', value: receipt.number },
    { label: 'Paid on', value: paidOn },
    { label: 'Paid', value: receipt.method },
    ...(receipt.providerReference === null ? [] : [{ label: 'Reference', value: receipt.providerReference }]),
  ])
  drawItems(paper, receipt)
  if (receipt.reversals.length > 0) drawReversals(paper, receipt)
  drawEntries(paper, receipt.ledger)
  drawCheck(paper, imprint.checkAddress, checkSentences(disclosure !== null))
  return paper.finish()
}

function drawItems(paper: Paper, receipt: Receipt): void {
  const { currency } = receipt.received
  const { locale } = receipt
  paper.write('H2', 'What it paid', { face: 'sansStrong', size: 10 }, 6)
  drawTable(paper, {
    title: 'What the payment paid',
    columns: [
      { header: 'Invoice' },
      { header: `Open after it, ${currency}`, width: 110, align: 'right' },
      { header: `Paid, ${currency}`, width: 110, align: 'right' },
    ],
    rows: [
      ...receipt.items.map((item): TableCell[] => [
        { text: item.invoiceNumber, note: itemNote(item, locale) },
        formatAmount(item.openAfter, locale),
        formatAmount(item.amount, locale),
      ]),
      ...(isPositive(receipt.fee) ? [['Fee for paying by card', '', formatAmount(receipt.fee, locale)]] : []),
      ...(isPositive(receipt.unapplied)
        ? [['Kept as credit on the account', '', formatAmount(receipt.unapplied, locale)]]
        : []),
    ],
    foot: [['Received', '', formatAmount(receipt.received, locale)]],
  })
  paper.y += 20
}

function itemNote({ poNumber, takenOff }: ReceiptItem, locale: string): string | null {
  const notes = [
    ...(poNumber === null ? [] : [`Your order ${poNumber}`]),
    ...(isPositive(takenOff) ? [`${formatAmount(takenOff, locale)} taken off`] : []),
  ]
  return notes.length === 0 ? null : notes.join(' · ')
}

const REVERSAL_WORDS: Record<ReceiptReversal['kind'], string> = {
  refund: 'Refunded',
  bank_return: 'Returned by the bank',
  chargeback: 'Charged back',
  correction: 'Taken back by the supplier',
}

function drawReversals(paper: Paper, receipt: Receipt): void {
  paper.need(60)
  paper.write('H2', 'Taken back since', { face: 'sansStrong', size: 10 }, 6)
  drawTable(paper, {
    title: 'Taken back since',
    columns: [
      { header: 'What' },
      { header: 'On', width: 110 },
      { header: `Amount, ${receipt.received.currency}`, width: 110, align: 'right' },
    ],
    rows: receipt.reversals.map((each) => [
      REVERSAL_WORDS[each.kind],
      formatBusinessDate(each.effectiveOn, receipt.locale),
      formatAmount(each.amount, receipt.locale),
    ]),
  })
  paper.y += 20
}

const ENTRY_WORDS: Readonly<Record<string, string>> = {
  'payment.applied': 'Payment applied to',
  'payment.reversed': 'Payment taken back from',
  'credit.applied': 'Credit applied to',
  'credit.issued': 'Credit on account',
}

function drawEntries(paper: Paper, ledger: readonly ReceiptLedgerEntry[]): void {
  const committed = ledger.filter((entry) => entry.commitment !== null)
  if (committed.length === 0) return
  paper.need(60)
  paper.write('H2', 'On the shared ledger', { face: 'sansStrong', size: 10 }, 6)
  drawTable(paper, {
    title: 'Entries of this payment on the shared ledger',
    columns: [{ header: 'Entry', width: 176 }, { header: 'Commitment' }],
    rows: committed.map((entry) => [
      `${ENTRY_WORDS[entry.type] ?? entry.type} ${entry.subject}`,
      { text: '', note: entry.commitment },
    ]),
  })
  paper.y += 6
}

function checkSentences(hasFile: boolean): string[] {
  if (!hasFile)
    return [
      'This payment is on its way to a shared ledger that the supplier cannot alter afterwards. Download it again later to check it.',
    ]
  return [
    `This PDF carries a file, ${DISCLOSURE_FILE}. Drop the PDF on the page below: your browser asks the shared ledger itself whether this payment stands. No one needs to sign in.`,
  ]
}
