import type pg from 'pg'
import { type CustomerId, type InvoiceId, newId, type PaymentId } from '#app/books/ids.ts'
import type { SettleDetail } from '#app/payments/posting.server.ts'
import { parseBusinessDate } from '#app/platform/time.ts'

const PAID_ON = '2026-03-01'
/** When the payments are opened and settled. */
export const PAID_AT = new Date(`${PAID_ON}T12:00:00Z`)

/** What is due on each invoice, in cents. */
export const SHARE_MINOR = '7500'

/** A supplier, unless there is one, and so many customers of it. */
export async function createCustomers(owner: pg.Client, count: number): Promise<CustomerId[]> {
  await owner.query(`INSERT INTO supplier (id, name, legal_name, address_lines, country_code, email, time_zone, created_at)
    SELECT new_id(), 'Bench', 'Bench', '{}', 'US', 'bench@example.test', 'UTC', now() WHERE NOT EXISTS (SELECT FROM supplier)`)
  const ids = Array.from({ length: count }, () => newId<'cst'>())
  await owner.query(
    `INSERT INTO customer (id, number, name, address_lines, source, external_id, created_at)
    SELECT id, 'B' || id, 'Bench ' || id, '{}', 'bench', id::text, now() FROM unnest($1::uuid[]) AS id`,
    [ids],
  )
  return ids
}

/** Two open invoices of one customer, of 75.00 each, that are to be paid together. */
export type Due = { readonly customerId: CustomerId; readonly invoiceIds: readonly [InvoiceId, InvoiceId] }

/** So many pairs of new invoices, spread evenly over the customers. */
export async function issuePairs(
  owner: pg.Client,
  customers: readonly CustomerId[],
  count: number,
): Promise<Due[]> {
  const dues = Array.from({ length: count }, (_, index): Due => {
    const customerId = customers[index % customers.length]
    if (customerId === undefined) throw new Error('there is nobody to invoice')
    return { customerId, invoiceIds: [newId<'inv'>(), newId<'inv'>()] }
  })
  const rows = dues.flatMap(({ customerId, invoiceIds }) =>
    invoiceIds.map((id) => invoiceRow(id, customerId)),
  )
  await owner.query('SELECT issue_invoices($1::jsonb, $2)', [JSON.stringify(rows), PAID_AT])
  return dues
}

function invoiceRow(id: InvoiceId, customerId: CustomerId): object {
  return {
    ...{ id, customerId, number: id.slice(-8), source: 'bench', externalNumber: id, currency: 'USD' },
    ...{ issuedOn: '2026-01-01', dueOn: '2026-01-31' },
    ...{ netMinor: SHARE_MINOR, taxMinor: '0', totalMinor: SHARE_MINOR },
    ...{ contentHash: '', amountHash: '', lines: [], taxes: [] },
  }
}

/** What open_payment takes to open a card payment of both invoices in full. */
export function paymentOf({ customerId, invoiceIds }: Due, request: object = {}) {
  return {
    ...{ id: newId<'pay'>(), customerId, currency: 'USD', method: 'card' },
    ...{ requestHash: 'bench', createdBy: null },
    items: invoiceIds.map((invoiceId) => ({ invoiceId, amountMinor: SHARE_MINOR })),
    attempt: { id: newId<'att'>(), operation: 'checkout.sessions.create', request, requestHash: '' },
  }
}

/** Payments of two invoices each, ready to settle. */
export async function openPayments(
  owner: pg.Client,
  customers: readonly CustomerId[],
  count: number,
): Promise<PaymentId[]> {
  const payments = (await issuePairs(owner, customers, count)).map((due) => paymentOf(due))
  const { rows } = await owner.query(
    `SELECT count(*)::int AS opened FROM jsonb_array_elements($1::jsonb) AS p WHERE (open_payment(p.value, $2)->>'ok')::boolean`,
    [JSON.stringify(payments), PAID_AT],
  )
  if (rows[0].opened !== count) throw new Error(`only ${rows[0].opened} of ${count} payments were opened`)
  await refreshStatistics(owner)
  return payments.map(({ id }) => id)
}

/**
 * Both sides plan by the same statistics. Sessions that planned while the tables were small would else keep such plans until
 * the server's own analysis, which comes at random moments.
 */
export async function refreshStatistics(owner: pg.Client): Promise<void> {
  await owner.query('ANALYZE')
}

/** The provider's word that such a payment has arrived in full. */
export function arrivalOf(paymentId: PaymentId): SettleDetail {
  return {
    ...{ receivedMinor: '15000', settledOn: parseBusinessDate(PAID_ON), cause: 'provider' },
    ...{ stripePaymentIntentId: `pi_${paymentId}`, stripeChargeId: `ch_${paymentId}` },
    ...{ method: 'card', cardBrand: 'visa', cardLast4: '4242', wallet: null, bankName: null },
  }
}
