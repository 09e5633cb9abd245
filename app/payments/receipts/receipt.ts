/**
 * A receipt as screen, paper and letter show it: what a settled payment paid, exactly as booked. Made only from the books,
 * never from what a provider's page said.
 */
import type { InvoiceId, PaymentId } from '#app/books/ids.ts'
import type { Money } from '#app/money/money.ts'
import type { ReversalKind } from '#app/payments/payment.ts'
import type { BusinessDate } from '#app/platform/time.ts'

export type ReceiptParty = {
  readonly name: string
  readonly addressLines: readonly string[]
  /** The supplier's tax number or the customer's account number, with its label. */
  readonly numbers: readonly { readonly label: string; readonly value: string }[]
}

/** One invoice that the payment paid, in full or in part. */
export type ReceiptItem = {
  readonly invoiceId: InvoiceId
  readonly invoiceNumber: string
  readonly poNumber: string | null
  /** What this payment applied to the invoice. */
  readonly amount: Money
  /** What was given up with it: the discount for paying early, or a rest too small to ask for. Zero mostly. */
  readonly takenOff: Money
  /** What was left of the invoice right after this payment and what was taken off with it. */
  readonly openAfter: Money
}

/** Money taken back since: a refund, a returned debit, a chargeback. */
export type ReceiptReversal = {
  readonly id: string
  readonly kind: ReversalKind
  readonly amount: Money
  readonly effectiveOn: BusinessDate
}

/** Where one entry of the receipt stands on the shared ledger. */
export type ReceiptLedgerEntry = {
  readonly ledgerEventId: string
  /** payment.applied or payment.reversed, and so on. */
  readonly type: string
  /** Number of the invoice or of the customer's account that the entry is about. */
  readonly subject: string
  readonly state: 'queued' | 'sent' | 'recorded' | 'final'
  /** 0x and 64 digits; null until the worker has computed it. */
  readonly commitment: string | null
  readonly chainId: bigint | null
  readonly contract: string | null
  readonly transactionHash: string | null
  readonly blockNumber: bigint | null
  readonly recordedAt: Date | null
}

export type Receipt = {
  readonly paymentId: PaymentId
  /** Number that both sides quote, such as P-000123. */
  readonly number: string
  readonly supplier: ReceiptParty & { readonly email: string; readonly phone: string | null }
  readonly customer: ReceiptParty
  /** Day the money counts as paid, in the supplier's zone. */
  readonly settledOn: BusinessDate
  /** When it was booked. */
  readonly settledAt: Date
  /** What was received. */
  readonly received: Money
  /** How it was paid, to follow "paid on 3 Dec 2026": "by Visa ending 4242". */
  readonly method: string
  /** The provider's name of the payment, to be quoted to it. */
  readonly providerReference: string | null
  readonly items: readonly ReceiptItem[]
  /** The fee for paying by card, part of what was received and of no invoice. */
  readonly fee: Money
  /** Received and applied to no invoice: credit on the account. */
  readonly unapplied: Money
  readonly reversals: readonly ReceiptReversal[]
  readonly ledger: readonly ReceiptLedgerEntry[]
  /** Supplier's locale and zone, in which dates and amounts are written. */
  readonly locale: string
  readonly timeZone: string
}

const BRANDS: Readonly<Record<string, string>> = {
  visa: 'Visa',
  mastercard: 'Mastercard',
  amex: 'American Express',
  discover: 'Discover',
  diners: 'Diners Club',
  jcb: 'JCB',
  unionpay: 'UnionPay',
}

/** The words of {@link methodWords} where they stand alone: "Visa ending 4242". */
export function methodAlone(words: string): string {
  return words.replace(/^by /, '').replace(/^./, (first) => first.toUpperCase())
}

/** How money came: through the card processor, or as staff recorded it. */
export type PaymentMethod = 'card' | 'us_bank_account' | 'link' | 'imported' | 'cheque' | 'wire' | 'cash'

/** How a payment was made, in words that follow a date: "by Visa ending 4242". */
export function methodWords(
  method: PaymentMethod,
  cardBrand: string | null,
  cardLast4: string | null,
): string {
  const ending = cardLast4 === null ? '' : ` ending ${cardLast4}`
  switch (method) {
    case 'card':
      return `by ${BRANDS[cardBrand ?? ''] ?? 'card'}${ending}`
    case 'link':
      return 'by Link'
    case 'us_bank_account':
      return `by bank debit${ending}`
    case 'cheque':
      return `by cheque${ending}`
    case 'wire':
      return 'by bank transfer'
    case 'cash':
      return 'in cash'
    case 'imported':
      return 'as recorded by the supplier'
  }
}

/** How far the receipt as a whole has come: as far as its slowest entry; null when it has none. */
export function ledgerStateOf(
  entries: readonly Pick<ReceiptLedgerEntry, 'state'>[],
): ReceiptLedgerEntry['state'] | null {
  const order = ['queued', 'sent', 'recorded', 'final'] as const
  return order.find((state) => entries.some((each) => each.state === state)) ?? null
}
