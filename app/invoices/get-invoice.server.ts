import { encodeId } from '#app/books/ids.ts'
import {
  type AllocationView,
  type DisputeView,
  expectedDate,
  type HoldView,
  type InvoiceDetail,
} from '#app/invoices/invoice-detail.ts'
import { type EventRecord, eventViews } from '#app/invoices/invoice-events.ts'
import {
  dayView,
  type InvoiceFacts,
  invoiceRow,
  minorView,
  type Reading,
} from '#app/invoices/invoice-record.ts'
import { HOLDS_JOIN, type InvoiceScope, RECORD_COLUMNS } from '#app/invoices/invoice-sql.server.ts'
import { readVersions } from '#app/invoices/invoice-versions.server.ts'
import { db, type Tx } from '#app/platform/db.server.ts'
import { Prisma } from '#app/platform/generated/client.ts'
import { businessDateIn } from '#app/platform/time.ts'

/** Everything about one invoice within the scope, or null when the scope has no such invoice. Four queries. */
export async function getInvoice(
  scope: InvoiceScope,
  invoiceId: string,
  reading: Reading & { timeZone: string },
  client: Tx = db,
): Promise<InvoiceDetail | null> {
  const facts = await findInvoiceFacts(scope, invoiceId, client)
  if (facts === null) return null
  const [versions, movements, events] = await Promise.all([
    readVersions(invoiceId, reading.locale, null, client),
    readMovements(invoiceId, client),
    readEvents(invoiceId, client),
  ])
  const current = versions.at(-1)
  if (current === undefined) throw new Error(`Invoice ${invoiceId} has no document version`)
  return {
    invoice: invoiceRow(facts, reading),
    current,
    versions,
    settled: minorView(facts.totalMinor - facts.openMinor, facts.currency, reading.locale),
    allocations: movements.allocations.map((each) => allocationView(each, facts, reading)),
    holds: movements.holds.map((each) => holdView(each, facts, reading)),
    disputes: movements.disputes.map((each) => disputeView(each, facts, reading)),
    events: eventViews(events, facts.currency, reading.locale),
  }
}

/** The facts of one invoice within the scope, or null. */
export async function findInvoiceFacts(
  scope: InvoiceScope,
  invoiceId: string,
  client: Tx = db,
): Promise<InvoiceFacts | null> {
  const owner = 'all' in scope ? Prisma.sql`TRUE` : Prisma.sql`i.customer_id = ${scope.customerId}::uuid`
  const rows = await client.$queryRaw<InvoiceFacts[]>`
    SELECT ${RECORD_COLUMNS} FROM invoice i JOIN customer c ON c.id = i.customer_id ${HOLDS_JOIN}
    WHERE i.id = ${invoiceId}::uuid AND ${owner}`
  return rows[0] ?? null
}

type AllocationRecord = {
  id: string
  on: string
  minor: string
  isReversal: boolean
  paymentId: string | null
  paymentNumber: string | null
  method: string | null
  creditMemoId: string | null
  creditNumber: string | null
  adjustment: 'discount' | 'write_off' | 'tolerance' | null
}
type HoldRecord = {
  kind: HoldView['kind']
  minor: string
  since: string
  paymentId: string | null
  paymentNumber: string | null
  state: string | null
  method: string | null
}
type DisputeRecord = {
  id: string
  reason: string
  minor: string
  openedOn: string
  closedOn: string | null
  outcome: string | null
}
type Movements = { allocations: AllocationRecord[]; holds: HoldRecord[]; disputes: DisputeRecord[] }

async function readMovements(invoiceId: string, client: Tx): Promise<Movements> {
  const rows = await client.$queryRaw<Movements[]>`
    SELECT
      (SELECT coalesce(jsonb_agg(jsonb_build_object('id', a.id, 'on', a.effective_on, 'minor', a.amount_minor::text,
          'isReversal', a.reverses_id IS NOT NULL, 'paymentId', a.payment_id, 'paymentNumber', p.number,
          'method', p.method, 'creditMemoId', a.credit_memo_id, 'creditNumber', m.number, 'adjustment', d.kind)
          ORDER BY a.effective_on, a.recorded_at, a.id), '[]')
       FROM allocation a LEFT JOIN payment p ON p.id = a.payment_id LEFT JOIN credit_memo m ON m.id = a.credit_memo_id
         LEFT JOIN adjustment d ON d.id = a.adjustment_id
       WHERE a.invoice_id = ${invoiceId}::uuid) AS allocations,
      (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', h.kind, 'minor', h.amount_minor::text,
          'since', h.created_at, 'paymentId', h.payment_id, 'paymentNumber', p.number, 'state', p.state,
          'method', p.method) ORDER BY h.created_at, h.id), '[]')
       FROM hold h LEFT JOIN payment p ON p.id = h.payment_id
       WHERE h.invoice_id = ${invoiceId}::uuid AND h.released_at IS NULL) AS holds,
      (SELECT coalesce(jsonb_agg(jsonb_build_object('id', d.id, 'reason', d.reason, 'minor', d.amount_minor::text,
          'openedOn', d.opened_on, 'closedOn', d.closed_on, 'outcome', d.outcome) ORDER BY d.opened_on, d.id), '[]')
       FROM dispute d WHERE d.invoice_id = ${invoiceId}::uuid) AS disputes`
  return rows[0] ?? { allocations: [], holds: [], disputes: [] }
}

async function readEvents(invoiceId: string, client: Tx): Promise<EventRecord[]> {
  return client.$queryRaw<EventRecord[]>`
    SELECT e.id, e.sequence, e.type, e.occurred_on::text AS "occurredOn", e.recorded_at AS "recordedAt",
           e.amount_minor AS "amountMinor", e.open_after_minor AS "openAfterMinor", e.certainty,
           e.relates_to AS "relatesTo", coalesce(p.number, rp.number, m.number) AS "relatedNumber",
           coalesce(p.id, rp.id) AS "paymentId", m.id AS "creditMemoId", d.id AS "disputeId",
           s.state::text AS "chainState", t.hash AS "transactionHash"
    FROM ledger_event e
    LEFT JOIN payment p ON p.id = e.relates_to
    LEFT JOIN payment_reversal r ON r.id = e.relates_to
    LEFT JOIN payment rp ON rp.id = r.payment_id
    LEFT JOIN credit_memo m ON m.id = e.relates_to
    LEFT JOIN dispute d ON d.id = e.relates_to
    LEFT JOIN ledger_entry l ON l.ledger_event_id = e.id
    LEFT JOIN chain_transaction t ON t.id = l.chain_transaction_id
    LEFT JOIN chain_transaction_status s ON s.chain_transaction_id = t.id
    WHERE e.subject_id = ${invoiceId}::uuid ORDER BY e.sequence`
}

function allocationView(each: AllocationRecord, facts: InvoiceFacts, reading: Reading): AllocationView {
  const source: AllocationView['source'] =
    each.adjustment !== null
      ? { kind: 'adjustment', adjustment: each.adjustment }
      : each.paymentId === null
        ? {
            kind: 'credit-memo',
            id: encodeId('crm', each.creditMemoId ?? ''),
            number: each.creditNumber ?? '',
          }
        : {
            kind: 'payment',
            id: encodeId('pay', each.paymentId),
            number: each.paymentNumber ?? '',
            method: each.method ?? '',
          }
  return {
    id: encodeId('alo', each.id),
    on: dayView(each.on, reading.locale),
    amount: minorView(BigInt(each.minor), facts.currency, reading.locale),
    isReversal: each.isReversal,
    source,
  }
}

function holdView(each: HoldRecord, facts: InvoiceFacts, reading: Reading & { timeZone: string }): HoldView {
  const since = new Date(each.since)
  const expectedOn =
    each.kind === 'processing'
      ? expectedDate(each.method ?? '', businessDateIn(reading.timeZone, since))
      : null
  return {
    kind: each.kind,
    amount: minorView(BigInt(each.minor), facts.currency, reading.locale),
    since: since.toISOString(),
    payment:
      each.paymentId === null
        ? null
        : { id: encodeId('pay', each.paymentId), number: each.paymentNumber ?? '', state: each.state ?? '' },
    expectedOn: expectedOn === null ? null : dayView(expectedOn, reading.locale),
  }
}

function disputeView(each: DisputeRecord, facts: InvoiceFacts, reading: Reading): DisputeView {
  return {
    id: encodeId('dsp', each.id),
    reason: each.reason,
    amount: minorView(BigInt(each.minor), facts.currency, reading.locale),
    openedOn: dayView(each.openedOn, reading.locale),
    closedOn: each.closedOn === null ? null : dayView(each.closedOn, reading.locale),
    outcome: each.outcome,
  }
}
