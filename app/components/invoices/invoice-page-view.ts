import type { MoneyPart } from '#app/components/invoices/money-breakdown.tsx'
import type { MoneyState } from '#app/components/invoices/money-state.tsx'
import type { LedgerDetails, LedgerState } from '#app/components/ledger/ledger-mark.tsx'
import type { PaymentEvent } from '#app/components/payments/payment-timeline.tsx'
import type { HoldView, InvoiceDetail, LedgerEventView } from '#app/invoices/invoice-detail.ts'
import { minorView } from '#app/invoices/invoice-record.ts'

const HOLD_STATES: Record<HoldView['kind'], MoneyState> = {
  reserved: 'awaiting',
  processing: 'on-its-way',
  disputed: 'disputed',
  escrow: 'in-escrow',
  protest: 'disputed',
}

/** What the total of an invoice is made of: settled, held for a reason, and free to be paid. */
export function moneyParts({ invoice, settled, holds }: InvoiceDetail, locale: string): readonly MoneyPart[] {
  const held = new Map<MoneyState, { minor: bigint; detail: string | null }>()
  for (const hold of holds) {
    const state = HOLD_STATES[hold.kind]
    const sum = (held.get(state)?.minor ?? 0n) + BigInt(hold.amount.minor)
    held.set(state, { minor: sum, detail: hold.expectedOn && `expected ${hold.expectedOn.text}` })
  }
  return [
    { state: 'settled', minor: settled.minor, text: settled.spoken },
    ...[...held].map(([state, { minor, detail }]) => ({
      state,
      minor: minor.toString(),
      text: minorView(minor, invoice.currency, locale).spoken,
      ...(detail !== null && { detail }),
    })),
    {
      state: invoice.daysLate > 0 ? 'past-due' : 'open',
      minor: invoice.payable.minor,
      text: invoice.payable.spoken,
    },
  ]
}

/** A fact in plain text. */
export type InvoiceFact = { key: string; name: string; value: string }

/** The facts beside the amount. */
export function invoiceFacts({ invoice, current }: InvoiceDetail): readonly InvoiceFact[] {
  const rows: readonly (readonly [string, string | null])[] = [
    ['Number', invoice.number],
    ['Source number', invoice.externalNumber === invoice.number ? null : invoice.externalNumber],
    ['Your PO', invoice.poNumber],
    ['Issued', invoice.issuedOn.text],
    ['Due', invoice.dueOn.text],
    ['Settled', invoice.settledOn?.text ?? null],
    ['Total', current.total.spoken],
  ]
  return rows.flatMap(([name, value]) => (value === null ? [] : [{ key: name, name, value }]))
}

/** Net, tax by rate and rounding: what leads from the lines to the total. */
export function totalsOf({
  current,
}: InvoiceDetail): readonly { key: string; name: string; amount: string }[] {
  const { net, taxes, rounding } = current
  return [
    { key: 'net', name: 'Net', amount: net.text },
    ...taxes.map((tax) => ({
      key: tax.rate,
      name: `Tax ${tax.rate} on ${tax.net.text}`,
      amount: tax.tax.text,
    })),
    ...(rounding.minor === '0' ? [] : [{ key: 'rounding', name: 'Rounding', amount: rounding.text }]),
  ]
}

/** The story of an invoice: what is on the ledger, then what is still to come. */
export function invoiceStory({ events, holds }: InvoiceDetail): readonly PaymentEvent[] {
  const past = events.map(
    (event): PaymentEvent => ({
      key: event.id,
      what: event.what,
      who: null,
      when: event.occurredOn.text,
      at: event.occurredOn.date,
      amount: event.amount?.spoken ?? null,
      state: stateOfEvent(event),
      ledger: event.chain satisfies LedgerState,
      ledgerDetails: detailsOf(event),
      note: event.openAfter && `${event.openAfter.spoken} open after it`,
      future: false,
    }),
  )
  return [...past, ...holds.flatMap(arrival)]
}

function arrival(hold: HoldView): PaymentEvent[] {
  if (hold.expectedOn === null) return []
  return [
    {
      key: `hold-${hold.since}`,
      what: `Payment ${hold.payment?.number ?? ''} arrives`,
      who: null,
      when: hold.expectedOn.text,
      at: hold.expectedOn.date,
      amount: hold.amount.spoken,
      state: 'on-its-way',
      ledger: 'none',
      ledgerDetails: [],
      note: null,
      future: true,
    },
  ]
}

function detailsOf(event: LedgerEventView): readonly LedgerDetails[] {
  if (event.transactionHash === null) return []
  return [
    {
      what: `${event.type}, number ${event.sequence} of this invoice`,
      recordedAt: null,
      chainId: null,
      contract: null,
      transaction: event.transactionHash,
      block: null,
      commitment: null,
    },
  ]
}

function stateOfEvent({ type }: LedgerEventView): MoneyState {
  if (type === 'payment.applied' || type === 'credit.applied') return 'settled'
  if (type === 'payment.reversed') return 'returned'
  return type.startsWith('dispute.') ? 'disputed' : 'open'
}
