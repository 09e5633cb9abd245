import { encodeId } from '#app/books/ids.ts'
import type { ReversalKind } from '#app/payments/payment.ts'
import { methodWords, type PaymentMethod } from '#app/payments/receipts/receipt.ts'
import type { EntryKind, StatementEntry } from '#app/statements/statement-view.ts'

/** A journal that moved a customer's balance, with the record that caused it. Amount in minor units. */
export type EntryRecord = {
  journalId: string
  effectiveOn: string
  amountMinor: bigint
  /** How many invoices the journal touched. */
  invoices: number
  journalKind: string
  invoiceId: string | null
  invoiceNumber: string | null
  invoiceKind: 'invoice' | 'fee' | null
  creditMemoId: string | null
  creditNumber: string | null
  reason: string | null
  paymentId: string | null
  paymentNumber: string | null
  method: PaymentMethod | null
  cardBrand: string | null
  cardLast4: string | null
  reversalKind: ReversalKind | null
  adjustmentKind: 'discount' | 'write_off' | 'tolerance' | null
  adjustedInvoiceId: string | null
  adjustedInvoiceNumber: string | null
}

type EntryWords = Pick<StatementEntry, 'kind' | 'what' | 'number' | 'note' | 'opens'>

/** What an entry is called on a statement, and what it opens. */
export function entryWords(entry: EntryRecord): EntryWords {
  if (entry.invoiceId !== null && entry.invoiceNumber !== null) {
    const kind = invoiceEntryKind(entry)
    return {
      kind,
      what: `${INVOICE_WORDS[kind]} ${entry.invoiceNumber}`,
      number: entry.invoiceNumber,
      note: kind === 'withdrawal' ? 'Replaced by a corrected invoice' : null,
      opens: { kind: 'invoice', id: encodeId('inv', entry.invoiceId) },
    }
  }
  if (entry.creditMemoId !== null && entry.creditNumber !== null)
    return {
      kind: 'credit',
      what: `Credit ${entry.creditNumber}`,
      number: entry.creditNumber,
      note: entry.reason,
      opens: { kind: 'credit-memo', id: encodeId('crm', entry.creditMemoId) },
    }
  if (entry.adjustmentKind !== null && entry.adjustedInvoiceId !== null)
    return {
      kind: entry.adjustmentKind === 'discount' ? 'discount' : 'write-off',
      what: `${ADJUSTMENT_WORDS[entry.adjustmentKind]}, invoice ${entry.adjustedInvoiceNumber}`,
      number: entry.adjustedInvoiceNumber ?? '',
      note: null,
      opens: { kind: 'invoice', id: encodeId('inv', entry.adjustedInvoiceId) },
    }
  if (entry.paymentId !== null && entry.paymentNumber !== null)
    return {
      ...paymentKind(entry, entry.paymentNumber),
      number: entry.paymentNumber,
      note: entry.reversalKind === null ? paymentNote(entry) : null,
      opens: { kind: 'payment', id: encodeId('pay', entry.paymentId) },
    }
  return { kind: 'other', what: entry.journalKind, number: '', note: null, opens: null }
}

type InvoiceEntryKind = 'invoice' | 'fee' | 'withdrawal' | 'correction'

const INVOICE_WORDS: Record<InvoiceEntryKind, string> = {
  invoice: 'Invoice',
  fee: 'Fee',
  withdrawal: 'Withdrawn invoice',
  correction: 'Corrected invoice',
}

function invoiceEntryKind(entry: EntryRecord): InvoiceEntryKind {
  if (entry.journalKind === 'invoice.corrected') return 'correction'
  if (entry.journalKind !== 'invoice.issued') return 'withdrawal'
  return entry.invoiceKind ?? 'invoice'
}

const ADJUSTMENT_WORDS: Record<NonNullable<EntryRecord['adjustmentKind']>, string> = {
  discount: 'Early-payment discount',
  write_off: 'Written off',
  tolerance: 'Small difference written off',
}

function paymentKind(entry: EntryRecord, number: string): { kind: EntryKind; what: string } {
  if (entry.journalKind === 'payment.restored')
    return { kind: 'payment', what: `Payment ${number} stands again` }
  switch (entry.reversalKind) {
    case null:
      return { kind: 'payment', what: `Payment ${number}` }
    case 'refund':
      return { kind: 'refund', what: `Refund of payment ${number}` }
    case 'bank_return':
      return { kind: 'bank-return', what: `Payment ${number} returned by the bank` }
    case 'chargeback':
      return { kind: 'chargeback', what: `Payment ${number} charged back` }
    case 'correction':
      return { kind: 'correction', what: `Payment ${number} taken back` }
  }
}

/** "by Visa ending 4242, for 3 invoices"; imported history does not say how it was paid. */
function paymentNote(entry: EntryRecord): string | null {
  const how =
    entry.method === null || entry.method === 'imported'
      ? null
      : methodWords(entry.method, entry.cardBrand, entry.cardLast4)
  const parts = [how, entry.invoices > 1 ? `for ${entry.invoices} invoices` : null]
  return parts.filter((part) => part !== null).join(', ') || null
}
