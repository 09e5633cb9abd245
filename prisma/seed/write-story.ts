import { type CreditMemoId, type CustomerId, type InvoiceId, newId } from '#app/books/ids.ts'
import { invoiceHashes } from '#app/imports/content-hash.ts'
import type { Tx } from '#app/platform/db.server.ts'
import { addDays, type BusinessDate, toDatabaseDate } from '#app/platform/time.ts'
import type { Story, StoryCredit, StoryInvoice, StoryPayment } from './story.ts'
import { CUSTOMERS, PAYMENT_POLICY, SUPPLIER } from './supplier.ts'

/** Source of all demo records: half of their key. */
export const DEMO_SOURCE = 'demo'

/** One step of the demo's past; everything of it is recorded at its last day. */
const STEP_DAYS = 7

type Ids = {
  customers: Map<string, CustomerId>
  invoices: Map<string, InvoiceId>
  credits: Map<string, CreditMemoId>
}

/**
 * Writes supplier, customers and story through the posting functions, week by week, as if each week had been recorded
 * at its end. Everything goes into the transaction of the caller.
 */
export async function writeStory(tx: Tx, story: Story, today: BusinessDate, now: Date): Promise<void> {
  const start = story.invoices[0]?.issuedOn ?? today
  const begin = instantOf(start)
  await tx.supplier.create({
    data: {
      id: newId(begin.getTime()),
      ...SUPPLIER,
      addressLines: [...SUPPLIER.addressLines],
      createdAt: begin,
    },
  })
  const ids: Ids = { customers: await writeCustomers(tx, begin), invoices: new Map(), credits: new Map() }
  await writeRules(tx, ids, start, begin)
  for (let from = start; from <= today; from = addDays(from, STEP_DAYS)) {
    const to = addDays(from, STEP_DAYS - 1)
    const within = (day: BusinessDate): boolean => day >= from && day <= to
    const at = instantOf(to) < now ? instantOf(to) : now
    await issueInvoices(
      tx,
      story.invoices.filter(({ issuedOn }) => within(issuedOn)),
      ids,
      at,
    )
    await issueCredits(
      tx,
      story.credits.filter(({ issuedOn }) => within(issuedOn)),
      ids,
      at,
    )
    await recordPayments(
      tx,
      story.payments.filter(({ settledOn }) => within(settledOn)),
      ids,
      at,
    )
  }
}

/** Late in the afternoon of a day at the supplier, near enough. */
const instantOf = (day: BusinessDate): Date => new Date(`${day}T21:00:00Z`)

async function writeCustomers(tx: Tx, at: Date): Promise<Map<string, CustomerId>> {
  const rows = CUSTOMERS.map(({ number, name, email, addressLines, country }) => ({
    id: newId<'cst'>(at.getTime()),
    number,
    name,
    email,
    addressLines: [...addressLines],
    countryCode: country,
    source: DEMO_SOURCE,
    externalId: number,
    createdAt: at,
  }))
  await tx.customer.createMany({ data: rows })
  return new Map(rows.map(({ number, id }) => [number, id]))
}

/** How the supplier is paid: its rules, and the discounts of customers that have one, from the first invoice on. */
async function writeRules(tx: Tx, ids: Ids, start: BusinessDate, at: Date): Promise<void> {
  await tx.paymentPolicy.create({ data: { ...PAYMENT_POLICY, updatedAt: at } })
  const terms = CUSTOMERS.flatMap(({ number, earlyPayment }) =>
    earlyPayment === undefined ? [] : [{ ...earlyPayment, customerId: idOf(ids.customers, number) }],
  )
  await tx.discountTerm.createMany({
    data: terms.map((term) => ({
      ...{ ...term, id: newId(at.getTime()), basis: 'initiated' as const },
      ...{ validFrom: toDatabaseDate(start), createdAt: at },
    })),
  })
}

async function issueInvoices(tx: Tx, invoices: readonly StoryInvoice[], ids: Ids, at: Date): Promise<void> {
  if (invoices.length === 0) return
  const rows = invoices.map(({ customer, netMinor, taxMinor, roundingMinor, totalMinor, ...invoice }) => {
    const id = newId<'inv'>(instantOf(invoice.issuedOn).getTime())
    ids.invoices.set(invoice.number, id)
    const document = {
      ...invoice,
      netMinor: netMinor.toString(),
      taxMinor: taxMinor.toString(),
      roundingMinor: roundingMinor.toString(),
      totalMinor: totalMinor.toString(),
    }
    const keys = { id, customerId: idOf(ids.customers, customer.number), source: DEMO_SOURCE }
    return { ...document, ...keys, externalNumber: invoice.number, ...invoiceHashes(document) }
  })
  await post(tx.$queryRaw`SELECT issue_invoices(${JSON.stringify(rows)}::jsonb, ${at}) AS answer`)
}

async function issueCredits(tx: Tx, credits: readonly StoryCredit[], ids: Ids, at: Date): Promise<void> {
  if (credits.length === 0) return
  const rows = credits.map(({ customer, netMinor, taxMinor, appliesTo: _appliesTo, ...credit }) => {
    const id = newId<'crm'>(at.getTime())
    ids.credits.set(credit.number, id)
    return {
      ...credit,
      id,
      customerId: idOf(ids.customers, customer.number),
      source: DEMO_SOURCE,
      externalNumber: credit.number,
      netMinor: netMinor.toString(),
      taxMinor: taxMinor.toString(),
      totalMinor: (netMinor + taxMinor).toString(),
    }
  })
  await post(tx.$queryRaw`SELECT issue_credit_memos(${JSON.stringify(rows)}::jsonb, ${at}) AS answer`)
  for (const { number, appliesTo } of credits) {
    if (appliesTo === null) continue
    const [credit, invoice] = [idOf(ids.credits, number), idOf(ids.invoices, appliesTo.number)]
    await post(tx.$queryRaw`
      SELECT apply_credit(${newId<'alo'>(at.getTime())}::uuid, ${credit}::uuid, ${invoice}::uuid, ${appliesTo.amountMinor}::bigint,
        ${appliesTo.on}::date, ${at}) AS answer`)
  }
}

async function recordPayments(tx: Tx, payments: readonly StoryPayment[], ids: Ids, at: Date): Promise<void> {
  if (payments.length === 0) return
  const ordered = [...payments].sort((a, b) =>
    a.settledOn < b.settledOn ? -1 : a.settledOn > b.settledOn ? 1 : 0,
  )
  const rows = ordered.map(({ customer, amountMinor, items, ...payment }) => ({
    ...payment,
    id: newId<'pay'>(instantOf(payment.settledOn).getTime()),
    customerId: idOf(ids.customers, customer.number),
    amountMinor: amountMinor.toString(),
    items: items.map((item) => ({
      invoiceId: idOf(ids.invoices, item.number),
      amountMinor: item.amountMinor.toString(),
    })),
  }))
  await post(tx.$queryRaw`SELECT record_settled_payments(${JSON.stringify(rows)}::jsonb, ${at}) AS answer`)
}

function idOf<Id>(ids: ReadonlyMap<string, Id>, number: string): Id {
  const id = ids.get(number)
  if (id === undefined) throw new Error(`the story names ${number} before it exists`)
  return id
}

async function post(call: Promise<unknown>): Promise<void> {
  const [row] = (await call) as { answer: { ok: boolean } }[]
  if (row?.answer.ok !== true)
    throw new Error(`the books refused a part of the story: ${JSON.stringify(row?.answer)}`)
}
