import { encodeId } from '#app/books/ids.ts'
import { dayView, minorView } from '#app/invoices/invoice-record.ts'
import type { InvoiceScope } from '#app/invoices/invoice-sql.server.ts'
import type { AmountView } from '#app/money/amount-view.ts'
import { db, type Tx } from '#app/platform/db.server.ts'
import { Prisma } from '#app/platform/generated/client.ts'
import { type BusinessDate, daysBetween, parseBusinessDate } from '#app/platform/time.ts'
import { type AgingItem, type AgingSum, ageItems, agingBucketOf, agingSum } from '#app/statements/aging.ts'
import type {
  AgingReport,
  AgingSumView,
  CustomerAging,
  OpenItem,
  OpenItemStatement,
} from '#app/statements/statement-view.ts'

export type OpenItemQuery = {
  /** The end of this day, today or any day before. */
  readonly asOf: BusinessDate
  /** Postings, due dates and disputes recorded later are left out. */
  readonly knownAt: Date
  readonly locale: string
}

type ItemRecord = {
  invoiceId: string
  number: string
  kind: 'invoice' | 'fee'
  poNumber: string | null
  issuedOn: string
  dueOn: string
  currency: string
  totalMinor: bigint
  openMinor: bigint
  disputedMinor: bigint
  customerId: string
  customerNumber: string
  customerName: string
}

/** Open amounts at the end of a day as known at an instant: Σ receivable postings per invoice, with its due date then. */
async function readItems(scope: InvoiceScope, query: OpenItemQuery, client: Tx): Promise<ItemRecord[]> {
  const owner = 'all' in scope ? Prisma.empty : Prisma.sql`AND p.customer_id = ${scope.customerId}::uuid`
  return client.$queryRaw<ItemRecord[]>`
    SELECT i.id AS "invoiceId", i.number, i.kind::text AS kind, v.po_number AS "poNumber",
           v.issued_on::text AS "issuedOn", v.due_on::text AS "dueOn", o.currency, v.total_minor AS "totalMinor",
           o.open AS "openMinor", least(coalesce(d.disputed, 0), greatest(o.open, 0))::bigint AS "disputedMinor",
           c.id AS "customerId", c.number AS "customerNumber", c.name AS "customerName"
    FROM (
      SELECT p.invoice_id, p.customer_id, p.currency, sum(p.amount_minor)::bigint AS open
      FROM posting p
      WHERE p.account_code = 1100 AND p.effective_on <= ${query.asOf}::date AND p.recorded_at <= ${query.knownAt} ${owner}
      GROUP BY p.invoice_id, p.customer_id, p.currency HAVING sum(p.amount_minor) <> 0
    ) o
    JOIN invoice i ON i.id = o.invoice_id
    JOIN customer c ON c.id = o.customer_id
    JOIN LATERAL (
      SELECT issued_on, due_on, po_number, total_minor FROM invoice_version
      WHERE invoice_id = i.id AND recorded_at <= ${query.knownAt} ORDER BY version DESC LIMIT 1
    ) v ON TRUE
    LEFT JOIN LATERAL (
      SELECT sum(amount_minor) AS disputed FROM dispute
      WHERE invoice_id = i.id AND currency = o.currency AND created_at <= ${query.knownAt}
        AND opened_on <= ${query.asOf}::date
        AND (closed_on IS NULL OR closed_on > ${query.asOf}::date OR closed_at > ${query.knownAt})
    ) d ON TRUE
    ORDER BY o.currency, v.due_on, i.number, i.id`
}

type CreditRecord = { currency: string; creditMinor: bigint }

/** Unapplied credit per currency at the end of the day; positive when the customer has credit. */
async function readCredit(customerId: string, query: OpenItemQuery, client: Tx): Promise<CreditRecord[]> {
  return client.$queryRaw<CreditRecord[]>`
    SELECT currency, -sum(amount_minor)::bigint AS "creditMinor" FROM posting
    WHERE customer_id = ${customerId}::uuid AND account_code = 2200
      AND effective_on <= ${query.asOf}::date AND recorded_at <= ${query.knownAt}
    GROUP BY currency HAVING sum(amount_minor) <> 0 ORDER BY currency`
}

/** What one customer owed, invoice by invoice, at the end of a day; one statement per currency. Two queries. */
export async function openItemStatements(
  customerId: string,
  query: OpenItemQuery,
  client: Tx = db,
): Promise<OpenItemStatement[]> {
  const [records, credits] = await Promise.all([
    readItems({ customerId }, query, client),
    readCredit(customerId, query, client),
  ])
  const currencies = new Set([...records, ...credits].map((each) => each.currency))
  return [...currencies].sort().map((currency) => {
    const amount = (minor: bigint): AmountView => minorView(minor, currency, query.locale)
    const items = records.filter((record) => record.currency === currency)
    const creditMinor = credits.find((credit) => credit.currency === currency)?.creditMinor ?? 0n
    return {
      ...agingReport(items, currency, query),
      items: items.map((record) => openItem(record, query)),
      unappliedCredit: amount(creditMinor),
      balance: amount(agingSum(items.map(agingItem)).openMinor - creditMinor),
    }
  })
}

/** Aging over a scope, one report per currency: of one customer, or of all of them. One query. */
export async function agingReports(
  scope: InvoiceScope,
  query: OpenItemQuery,
  client: Tx = db,
): Promise<AgingReport[]> {
  const records = await readItems(scope, query, client)
  const currencies = Map.groupBy(records, (record) => record.currency)
  return [...currencies].map(([currency, items]) => agingReport(items, currency, query))
}

/** Aging customer by customer and currency by currency, by name; only those with something open. One query. */
export async function agingByCustomer(query: OpenItemQuery, client: Tx = db): Promise<CustomerAging[]> {
  const records = await readItems({ all: true }, query, client)
  const groups = Map.groupBy(records, (record) => `${record.customerId} ${record.currency}`)
  const reports = [...groups.values()].flatMap((items) => {
    const first = items[0]
    if (first === undefined) return []
    return [{ ...agingReport(items, first.currency, query), customer: customerOf(first) }]
  })
  return reports.sort(
    (a, b) =>
      compareText(a.customer.name, b.customer.name) ||
      compareText(a.customer.number, b.customer.number) ||
      compareText(a.currency, b.currency),
  )
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const customerOf = (record: ItemRecord): OpenItem['customer'] => ({
  id: encodeId('cst', record.customerId),
  number: record.customerNumber,
  name: record.customerName,
})

const agingItem = (record: ItemRecord): AgingItem => ({
  dueOn: parseBusinessDate(record.dueOn),
  openMinor: record.openMinor,
  disputedMinor: record.disputedMinor,
  // Payment plans do not exist yet, so nothing was ever on one.
  onPlanMinor: 0n,
})

function agingReport(records: readonly ItemRecord[], currency: string, query: OpenItemQuery): AgingReport {
  const amount = (minor: bigint): AmountView => minorView(minor, currency, query.locale)
  const view = (sum: AgingSum): AgingSumView => ({
    count: sum.count,
    open: amount(sum.openMinor),
    disputed: amount(sum.disputedMinor),
    onPlan: amount(sum.onPlanMinor),
  })
  const items = records.map(agingItem)
  return {
    currency,
    asOf: dayView(query.asOf, query.locale),
    knownAt: query.knownAt.toISOString(),
    buckets: ageItems(items, query.asOf).map((bucket) => ({
      key: bucket.key,
      name: bucket.name,
      ...view(bucket),
    })),
    total: view(agingSum(items)),
  }
}

function openItem(record: ItemRecord, query: OpenItemQuery): OpenItem {
  const { currency } = record
  const dueOn = parseBusinessDate(record.dueOn)
  const amount = (minor: bigint): AmountView => minorView(minor, currency, query.locale)
  return {
    invoiceId: encodeId('inv', record.invoiceId),
    number: record.number,
    kind: record.kind,
    poNumber: record.poNumber,
    issuedOn: dayView(record.issuedOn, query.locale),
    dueOn: dayView(record.dueOn, query.locale),
    daysLate: Math.max(0, daysBetween(dueOn, query.asOf)),
    bucket: agingBucketOf(dueOn, query.asOf),
    total: amount(record.totalMinor),
    open: amount(record.openMinor),
    disputed: amount(record.disputedMinor),
    onPlan: amount(0n),
    customer: customerOf(record),
  }
}
