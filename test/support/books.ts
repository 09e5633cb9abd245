import { newId } from '#app/books/ids.ts'
import { db } from '#app/platform/db.server.ts'

/** The instant that the tests of the books call now. */
export const NOW = new Date('2026-03-01T12:00:00.000Z')

export type PostingAnswer = {
  ok: boolean
  refusal?: { code: string; [fact: string]: unknown }
  [fact: string]: unknown
}

/** The supplier that every posting needs; in New York, so that its day differs from UTC's at night. */
export async function createSupplier(): Promise<void> {
  await db.supplier.create({
    data: {
      id: newId(),
      name: 'Harrow & Finch',
      legalName: 'Harrow & Finch LLC',
      addressLines: ['1 Quay Street'],
      countryCode: 'US',
      email: 'ar@harrow.test',
      timeZone: 'America/New_York',
      createdAt: NOW,
    },
  })
}

/** A customer with an address for receipts. Answers its id. */
export async function createCustomer(
  overrides: { number?: string; email?: string | null } = {},
): Promise<string> {
  const id = newId()
  const number = overrides.number ?? id.slice(-12)
  await db.customer.create({
    data: {
      id,
      number,
      name: `Customer ${number}`,
      email: overrides.email === undefined ? `ap-${number}@buyer.test` : overrides.email,
      addressLines: [],
      source: 'test',
      externalId: number,
      createdAt: NOW,
    },
  })
  return id
}

export type InvoiceRow = {
  id: string
  customerId: string
  number: string
  source: string
  externalNumber: string
  currency: string
  issuedOn: string
  dueOn: string
  poNumber?: string
  netMinor: string
  taxMinor: string
  roundingMinor: string
  totalMinor: string
  contentHash: string
  amountHash: string
  lines: object[]
  taxes: object[]
}

/** One invoice as the posting function takes it: a single line of `totalMinor` without tax. */
export function invoiceRow(
  customerId: string,
  totalMinor: bigint,
  overrides: Partial<InvoiceRow> = {},
): InvoiceRow {
  const id = overrides.id ?? newId()
  const amount = totalMinor.toString()
  return {
    id,
    customerId,
    number: id.slice(-8),
    source: 'test',
    externalNumber: id,
    currency: 'USD',
    issuedOn: '2026-01-10',
    dueOn: '2026-02-09',
    netMinor: amount,
    taxMinor: '0',
    roundingMinor: '0',
    totalMinor: amount,
    contentHash: 'content',
    amountHash: 'amount',
    lines: [
      {
        position: 1,
        description: 'Oak boards',
        quantity: '1',
        unitPriceMinor: amount,
        netMinor: amount,
        taxRateBps: 0,
      },
    ],
    taxes: [{ taxRateBps: 0, netMinor: amount, taxMinor: '0' }],
    ...overrides,
  }
}

/** Issues one invoice and answers its id. */
export async function issueInvoice(
  customerId: string,
  totalMinor: bigint,
  overrides: Partial<InvoiceRow> = {},
): Promise<string> {
  const row = invoiceRow(customerId, totalMinor, overrides)
  await issueInvoices([row])
  return row.id
}

/** Issues invoices in one call. */
export async function issueInvoices(rows: readonly InvoiceRow[]): Promise<PostingAnswer> {
  return answer(await db.$queryRaw`SELECT issue_invoices(${JSON.stringify(rows)}::jsonb, ${NOW}) AS answer`)
}

export type CartItem = {
  invoiceId: string
  amountMinor: bigint
  discountMinor?: bigint
  discountUntil?: string
  discountBasis?: 'settled' | 'initiated'
  shortReason?: string
}

/** JSON with each bigint as decimal text. */
const asJson = (value: unknown): string =>
  JSON.stringify(value, (_key, each) => (typeof each === 'bigint' ? String(each) : each))

/** Opens a card payment over the items; the id is a new form's unless given. */
export async function openPayment(
  customerId: string,
  items: readonly CartItem[],
  overrides: {
    id?: string
    requestHash?: string
    currency?: string
    surchargeMinor?: bigint
    onAccountMinor?: bigint
  } = {},
): Promise<PostingAnswer & { paymentId: string }> {
  const id = overrides.id ?? newId()
  const payment = {
    id,
    customerId,
    currency: 'USD',
    method: 'card',
    createdBy: null,
    requestHash: 'hash',
    ...overrides,
    items,
    attempt: { id: newId(), operation: 'checkout.sessions.create', request: {}, requestHash: 'request' },
  }
  return {
    paymentId: id,
    ...answer(await db.$queryRaw`SELECT open_payment(${asJson(payment)}::jsonb, ${NOW}) AS answer`),
  }
}

/** Books money that arrived for a payment. */
export async function settlePayment(
  paymentId: string,
  receivedMinor: bigint,
  settledOn = '2026-03-01',
): Promise<PostingAnswer> {
  const detail = JSON.stringify({ receivedMinor: receivedMinor.toString(), settledOn, cause: 'test' })
  return answer(
    await db.$queryRaw`SELECT settle_payment(${paymentId}::uuid, ${detail}::jsonb, ${NOW}) AS answer`,
  )
}

/** Moves a payment to a state without money. */
export async function advancePayment(paymentId: string, to: string): Promise<PostingAnswer> {
  return answer(
    await db.$queryRaw`SELECT advance_payment(${paymentId}::uuid, ${to}::payment_state, 'test', '{}'::jsonb, ${NOW}) AS answer`,
  )
}

/** Takes back part of a settled payment, under the provider's id. */
export async function reversePayment(
  paymentId: string,
  amountMinor: bigint,
  providerId: string = newId(),
): Promise<PostingAnswer> {
  const reversal = JSON.stringify({
    id: newId(),
    paymentId,
    kind: 'refund',
    amountMinor: amountMinor.toString(),
    providerId,
    effectiveOn: '2026-03-02',
  })
  return answer(await db.$queryRaw`SELECT reverse_payment(${reversal}::jsonb, ${NOW}) AS answer`)
}

/** Brings back what a reversal had taken. */
export async function restorePayment(providerId: string): Promise<PostingAnswer> {
  const restoration = JSON.stringify({ id: newId(), providerId, effectiveOn: '2026-03-05' })
  return answer(await db.$queryRaw`SELECT restore_payment(${restoration}::jsonb, ${NOW}) AS answer`)
}

/** Grants a credit memo and answers its id. */
export async function issueCredit(customerId: string, totalMinor: bigint): Promise<string> {
  const id = newId()
  const rows = [
    {
      id,
      customerId,
      number: id.slice(-8),
      source: 'test',
      externalNumber: id,
      currency: 'USD',
      issuedOn: '2026-01-20',
      reason: 'goods returned',
      netMinor: totalMinor.toString(),
      taxMinor: '0',
      totalMinor: totalMinor.toString(),
    },
  ]
  await db.$queryRaw`SELECT issue_credit_memos(${JSON.stringify(rows)}::jsonb, ${NOW}) AS answer`
  return id
}

/** Applies part of a credit memo; `id` names the allocation. */
export async function applyCredit(
  creditMemoId: string,
  invoiceId: string,
  amountMinor: bigint,
  id: string = newId(),
): Promise<PostingAnswer> {
  return answer(
    await db.$queryRaw`SELECT apply_credit(${id}::uuid, ${creditMemoId}::uuid, ${invoiceId}::uuid, ${amountMinor}, '2026-02-01'::date, ${NOW}) AS answer`,
  )
}

/** Replaces the amounts of an invoice. */
export async function correctInvoice(row: InvoiceRow): Promise<PostingAnswer> {
  return answer(
    await db.$queryRaw`SELECT correct_invoice(${newId()}::uuid, ${JSON.stringify(row)}::jsonb, ${NOW}) AS answer`,
  )
}

/** Disputes part of an invoice; `id` names the dispute. */
export async function openDispute(
  customerId: string,
  invoiceId: string,
  amountMinor: bigint,
  id: string = newId(),
): Promise<PostingAnswer & { disputeId: string }> {
  const dispute = asJson({ id, customerId, invoiceId, amountMinor, reason: 'disagree' })
  return {
    disputeId: id,
    ...answer(await db.$queryRaw`SELECT open_dispute(${dispute}::jsonb, ${NOW}) AS answer`),
  }
}

/** Closes a dispute. */
export async function closeDispute(
  disputeId: string,
  outcome: 'accepted' | 'rejected' | 'withdrawn',
): Promise<PostingAnswer> {
  return answer(
    await db.$queryRaw`SELECT close_dispute(${disputeId}::uuid, ${outcome}::dispute_outcome, ${NOW}) AS answer`,
  )
}

/** What is open and held on an invoice. */
export async function openAndHeld(invoiceId: string): Promise<{ open: bigint; held: bigint }> {
  const invoice = await db.invoice.findUniqueOrThrow({ where: { id: invoiceId } })
  return { open: invoice.openMinor, held: invoice.heldMinor }
}

function answer(rows: unknown): PostingAnswer {
  return (rows as { answer: PostingAnswer }[])[0]?.answer as PostingAnswer
}
