import { newId } from '#app/books/ids.ts'
import type { ImportedInvoice } from '#app/imports/imported-invoice.ts'
import { knownCustomers, type PlannedRow } from '#app/imports/plan-rows.server.ts'
import type { Tx } from '#app/platform/db.server.ts'

/** A posting function said no inside a commit: the whole commit is undone and the batch checked again. */
export class PostingRefused extends Error {
  override readonly name = 'PostingRefused'
}

/** Books a chunk of planned rows through the posting functions, inside the transaction of the commit. */
export async function postRows(
  tx: Tx,
  batch: { source: string },
  planned: readonly PlannedRow[],
  now: Date,
): Promise<void> {
  const customers = await withCustomers(tx, batch.source, planned, now)
  const rows = planned.map((row) => ({
    ...row,
    id: row.booked?.id ?? newId<'inv'>(),
    customerId: row.customerId ?? mustHave(customers, row.invoice.customer.number),
  }))
  const having = (effect: string) => rows.filter(({ plan }) => plan.effect === effect)
  const documents = (effect: string) => having(effect).map((row) => invoiceRow(row, batch.source))

  await call(
    documents('new'),
    (json) => tx.$queryRaw`SELECT issue_invoices(${json}::jsonb, ${now}) AS answer`,
  )
  await call(
    documents('document'),
    (json) => tx.$queryRaw`SELECT revise_invoice_documents(${json}::jsonb, ${now}) AS answer`,
  )
  await call(
    documents('correction').map((row) => ({ correctionId: newId(), row })),
    (json) => tx.$queryRaw`
      SELECT correct_invoice((each.value->>'correctionId')::uuid, each.value->'row', ${now}) AS answer
        FROM jsonb_array_elements(${json}::jsonb) AS each`,
  )
  await call(
    rows.filter(({ plan }) => plan.recordsDispute).map(disputeRow),
    (json) => tx.$queryRaw`SELECT record_closed_disputes(${json}::jsonb, ${now}) AS answer`,
  )
  await call(
    rows.filter(({ plan }) => plan.settleMinor > 0n).map(paymentRow),
    (json) => tx.$queryRaw`SELECT record_settled_payments(${json}::jsonb, ${now}) AS answer`,
  )
}

type Answer = { answer: { ok: boolean; refusal?: { code: string } } }
type Row = PlannedRow & { id: string; customerId: string }

async function call(rows: readonly unknown[], statement: (json: string) => Promise<unknown>): Promise<void> {
  if (rows.length === 0) return
  const answers = (await statement(JSON.stringify(rows))) as Answer[]
  const refused = answers.find(({ answer }) => !answer.ok)
  if (refused !== undefined) throw new PostingRefused(refused.answer.refusal?.code ?? 'unknown')
}

function invoiceRow({ id, customerId, invoice, hashes }: Row, source: string) {
  const {
    lineNo: _lineNo,
    records: _records,
    customer: _customer,
    settledOn: _on,
    isDisputed: _is,
    ...document
  } = invoice
  return { ...document, ...hashes, id, customerId, source, externalNumber: invoice.number }
}

function disputeRow({ id, customerId, invoice }: Row) {
  return {
    id: newId<'dsp'>(),
    customerId,
    invoiceId: id,
    reason: 'imported',
    amountMinor: invoice.totalMinor,
    currency: invoice.currency,
    openedOn: invoice.issuedOn,
    closedOn: invoice.settledOn,
    outcome: 'withdrawn',
  }
}

function paymentRow({ id, customerId, invoice, plan }: Row) {
  const amountMinor = plan.settleMinor.toString()
  return {
    id: newId<'pay'>(),
    customerId,
    currency: invoice.currency,
    amountMinor,
    method: 'imported',
    settledOn: plan.settleOn,
    items: [{ invoiceId: id, amountMinor }],
  }
}

/** Makes the customers that the books do not know yet; answers all customers of the rows by their number. */
async function withCustomers(
  tx: Tx,
  source: string,
  planned: readonly PlannedRow[],
  now: Date,
): Promise<Map<string, string>> {
  const unknown = new Map<string, ImportedInvoice['customer']>()
  for (const { customerId, invoice } of planned)
    if (customerId === null && !unknown.has(invoice.customer.number))
      unknown.set(invoice.customer.number, invoice.customer)
  if (unknown.size > 0)
    await tx.customer.createMany({
      data: [...unknown.values()].map(({ number, name, country }) => ({
        id: newId<'cst'>(),
        number,
        name: name ?? `Customer ${number}`,
        addressLines: [],
        countryCode: country ?? null,
        source,
        externalId: number,
        createdAt: now,
      })),
      skipDuplicates: true,
    })
  return knownCustomers(
    tx,
    source,
    planned.map(({ invoice }) => invoice),
  )
}

function mustHave(customers: ReadonlyMap<string, string>, number: string): string {
  const id = customers.get(number)
  if (id === undefined) throw new Error(`customer ${number} was not created`)
  return id
}
