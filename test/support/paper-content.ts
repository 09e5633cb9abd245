import { asId } from '#app/books/ids.ts'
import type { Imprint } from '#app/documents/open-paper.server.ts'
import type { InvoiceDocument } from '#app/invoices/invoice-document.server.ts'
import { dayView, minorView } from '#app/invoices/invoice-record.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { money } from '#app/money/money.ts'
import type { Receipt } from '#app/payments/receipts/receipt.ts'
import { addDays, parseBusinessDate } from '#app/platform/time.ts'
import type { ActivityPaper } from '#app/statements/activity-pdf.server.ts'
import { ageItems, agingBucketOf, agingSum } from '#app/statements/aging.ts'
import type { OpenItemPaper } from '#app/statements/open-items-pdf.server.ts'
import type { StatementEntry } from '#app/statements/statement-view.ts'

const KNOWN_AT = new Date('2026-11-03T10:00:00Z')
const FROM = parseBusinessDate('2026-08-01')
const TO = parseBusinessDate('2026-10-31')
const amount = (minor: bigint) => minorView(minor, 'USD', 'en-US')
const day = (date: string) => dayView(date, 'en-US')

/** An imprint on Letter; overrides replace parts of it. */
export function paperImprint(overrides: Partial<Imprint> = {}): Imprint {
  return {
    supplier: {
      name: 'Harborline Supply Company',
      addressLines: ['48 Wharf Street', 'Portland, ME 04101'],
      numbers: [{ label: 'Tax number', value: '01-7654321' }],
    },
    reach: ['billing@harborline.test', '+1 207 555 0142'],
    sheet: 'LETTER',
    locale: 'en-US',
    timeZone: 'America/New_York',
    checkAddress: 'http://localhost:3000/check',
    ...overrides,
  }
}

const customer = {
  name: 'Nørgaard & Sønner Őrség',
  addressLines: ['Bygaden 12', '2605 Brøndby', 'Denmark 丂'],
  numbers: [{ label: 'Account', value: 'C-1042' }],
}

/** An invoice of `lines` lines, open or settled, for print. */
export function paperInvoice(lines: number, isSettled = false): InvoiceDocument {
  return {
    invoiceId: '0193a000-0000-7000-8000-000000000001',
    customerId: '0193a000-0000-7000-8000-000000000002',
    kind: 'invoice',
    number: 'INV-20417',
    currency: 'USD',
    issuedOn: day('2026-10-01'),
    customer,
    version: {
      version: 1,
      recordedAt: KNOWN_AT.toISOString(),
      poNumber: 'PO-88213',
      note: 'Delivered on two pallets to the yard entrance.',
      currency: 'USD',
      issuedOn: day('2026-10-01'),
      dueOn: day('2026-10-31'),
      net: amount(124_000n),
      tax: amount(10_230n),
      rounding: amount(0n),
      total: amount(134_230n),
      lines: Array.from({ length: lines }, (_, index) => ({
        position: index + 1,
        description: index % 3 ? 'Stainless hose clamp, 12–22 mm' : 'Marine shackle 8 mm, '.repeat(6),
        quantity: String(index + 1),
        unit: 'box',
        unitPrice: '12.40',
        net: amount(1240n),
        taxRate: '8.25 %',
      })),
      taxes: [{ rate: '8.25 %', net: amount(124_000n), tax: amount(10_230n) }],
    },
    isCurrent: true,
    movements: [
      { what: 'Payment P-101', on: day('2026-10-12'), amount: amount(isSettled ? 134_230n : 30_000n) },
    ],
    open: amount(isSettled ? 0n : 104_230n),
    settledOn: isSettled ? day('2026-10-12') : null,
    knownAt: KNOWN_AT,
  }
}

/** A statement of `rows` rows for print. */
export function paperActivity(rows: number): ActivityPaper {
  const entry = (index: number): StatementEntry => ({
    key: String(index),
    on: day(addDays(FROM, index % 90)),
    kind: 'invoice',
    what: `Invoice INV-${20_400 + index}`,
    number: `INV-${20_400 + index}`,
    note: index % 4 === 0 ? 'by Visa ending 4242, for 3 invoices' : null,
    opens: null,
    debit: amount(12_345n),
    credit: null,
    balance: amount(BigInt(index) * 12_345n),
  })
  const statement = {
    currency: 'USD',
    from: day(FROM),
    to: day(TO),
    knownAt: KNOWN_AT.toISOString(),
    opening: amount(480_000n),
    closing: amount(545_000n),
    totalDebit: amount(900_000n),
    totalCredit: amount(835_000n),
    rows: Array.from({ length: rows }, (_, index) => entry(index)),
  }
  return { customer, from: statement.from, to: statement.to, knownAt: KNOWN_AT, statements: [statement] }
}

/** Open items for print. */
export function paperOpenItems(count: number): OpenItemPaper {
  const items = Array.from({ length: count }, (_, index) => ({
    dueOn: addDays(TO, -index * 7),
    openMinor: 12_345n,
    disputedMinor: 0n,
    onPlanMinor: 0n,
  }))
  const sum = (part: { count: number; openMinor: bigint; disputedMinor: bigint; onPlanMinor: bigint }) => ({
    count: part.count,
    open: amount(part.openMinor),
    disputed: amount(part.disputedMinor),
    onPlan: amount(part.onPlanMinor),
  })
  const total = agingSum(items)
  const statement = {
    currency: 'USD',
    asOf: day(TO),
    knownAt: KNOWN_AT.toISOString(),
    buckets: ageItems(items, TO).map((bucket) => ({ key: bucket.key, name: bucket.name, ...sum(bucket) })),
    total: sum(total),
    items: items.map((item, index) => ({
      invoiceId: `inv_${index}`,
      number: `INV-${20_400 + index}`,
      kind: 'invoice' as const,
      poNumber: index % 2 ? 'PO-7712' : null,
      issuedOn: day(addDays(item.dueOn, -30)),
      dueOn: day(item.dueOn),
      daysLate: index * 7,
      bucket: agingBucketOf(item.dueOn, TO),
      total: amount(20_000n),
      open: amount(item.openMinor),
      disputed: amount(0n),
      onPlan: amount(0n),
      customer: { id: 'cst_1', number: 'C-1042', name: customer.name },
    })),
    unappliedCredit: amount(5_000n),
    balance: amount(total.openMinor - 5_000n),
  }
  return { customer, asOf: statement.asOf, knownAt: KNOWN_AT, statements: [statement] }
}

/** A receipt over two invoices. */
export function paperReceipt(overrides: Partial<Receipt> = {}): Receipt {
  const usd = parseCurrency('USD')
  const id = '0193a000-0000-7000-8000-000000000003'
  return {
    paymentId: asId<'pay'>(id),
    number: 'P-000123',
    supplier: { ...paperImprint().supplier, email: 'billing@harborline.test', phone: null },
    customer,
    settledOn: parseBusinessDate('2026-10-28'),
    settledAt: KNOWN_AT,
    received: money(134_230n, usd),
    method: 'by Visa ending 4242',
    providerReference: 'pi_3Px8Zk2eZvKYlo2C1a2b3c4d',
    items: [
      {
        invoiceId: asId<'inv'>(id),
        invoiceNumber: 'INV-20417',
        poNumber: 'PO-88213',
        amount: money(134_230n, usd),
        takenOff: money(0n, usd),
        openAfter: money(0n, usd),
      },
    ],
    fee: money(0n, usd),
    unapplied: money(0n, usd),
    reversals: [],
    ledger: [
      {
        ledgerEventId: id,
        type: 'payment.applied',
        subject: 'INV-20417',
        state: 'final',
        commitment: `0x${'ab12'.repeat(16)}`,
        chainId: 31_337n,
        contract: null,
        transactionHash: null,
        blockNumber: 1n,
        recordedAt: null,
      },
    ],
    locale: 'en-US',
    timeZone: 'America/New_York',
    ...overrides,
  }
}
