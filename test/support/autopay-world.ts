/** A customer with autopay, ready to be debited: a method saved at the real sandbox, an order, and its jobs. */
import type Stripe from 'stripe'
import { type AutopayId, asId, type InvoiceId, newId } from '#app/books/ids.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { drawUpAgreement } from '#app/payments/autopay/orders/draw-up-agreement.server.ts'
import { enrollAutopay } from '#app/payments/autopay/orders/enroll.server.ts'
import type { AutopayTerms } from '#app/payments/autopay/orders/order.ts'
import { syncMethods } from '#app/payments/methods/sync-methods.server.ts'
import { ensureProcessorCustomer } from '#app/payments/processor-customer.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db } from '#app/platform/db.server.ts'
import { addDays, type BusinessDate, businessDateIn, toDatabaseDate } from '#app/platform/time.ts'
import { issueInvoice } from '#test/support/books.ts'
import { type Buyer, type CardWorld, createBuyer } from '#test/support/card-world.ts'

export const ACCEPTANCE = { ipAddress: '203.0.113.7', userAgent: 'A browser of the tests' }

export type Payer = Buyer & { enrollmentId: AutopayId; terms: AutopayTerms }

/** The day that it is for the supplier. */
export async function today(): Promise<BusinessDate> {
  const { timeZone } = await db.supplier.findFirstOrThrow()
  return businessDateIn(timeZone, await readNow())
}

/** Keeps one of the processor's test methods for a customer. Answers our id of it. */
export async function saveTestMethod(
  { sandbox, processor }: CardWorld,
  customerId: Buyer['customerId'],
  token: string,
): Promise<AutopayTerms['methodId']> {
  const { processorCustomerId } = await ensureProcessorCustomer(processor, customerId)
  const { stripe } = sandbox
  const methodId = token.startsWith('pm_card')
    ? (await stripe.paymentMethods.attach(token, { customer: processorCustomerId })).id
    : await saveBankAccount(stripe, processorCustomerId, token)
  await syncMethods(processor, customerId)
  const { id } = await db.savedMethod.findUniqueOrThrow({ where: { providerMethodId: methodId } })
  return asId<'met'>(id)
}

/** A bank account needs its mandate from the start. */
async function saveBankAccount(stripe: Stripe, customer: string, token: string): Promise<string> {
  const { ipAddress: ip_address, userAgent: user_agent } = ACCEPTANCE
  const setup = await stripe.setupIntents.create({
    ...{ customer, payment_method: token, confirm: true, allowed_payment_method_types: ['us_bank_account'] },
    mandate_data: { customer_acceptance: { type: 'online', online: { ip_address, user_agent } } },
  })
  return typeof setup.payment_method === 'string' ? setup.payment_method : (setup.payment_method?.id ?? '')
}

/** 2 % of invoices issued today, when they are paid within so many days; by settling or by beginning to pay. */
type Early = { readonly days: number; readonly basis: 'settled' | 'initiated' }

async function grantDiscount(customerId: string, { days, basis }: Early): Promise<void> {
  await db.discountTerm.create({
    data: {
      ...{ id: newId(), customerId, rateBps: 200, days, basis, excludesTax: false },
      ...{ validFrom: toDatabaseDate(addDays(await today(), -1)), createdAt: new Date() },
    },
  })
}

/** A buyer whose invoices of these amounts are due in so many days, with autopay by one of the processor's test methods. */
export async function createPayer(
  world: CardWorld,
  amounts: readonly bigint[],
  options: { token?: string; dueIn?: number; terms?: Partial<AutopayTerms>; early?: Early } = {},
): Promise<Payer> {
  const buyer = await createBuyer([])
  const dueOn = addDays(await today(), options.dueIn ?? 5)
  if (options.early !== undefined) await grantDiscount(buyer.customerId, options.early)
  const dates = options.early === undefined ? { dueOn } : { dueOn, issuedOn: await today() }
  const invoiceIds = []
  for (const amount of amounts)
    invoiceIds.push(asId<'inv'>(await issueInvoice(buyer.customerId, amount, dates)))
  const methodId = await saveTestMethod(world, buyer.customerId, options.token ?? 'pm_card_visa')
  const terms: AutopayTerms = {
    ...{
      methodId,
      currency: parseCurrency('USD'),
      scope: { kind: 'all' },
      daysBefore: 0,
      limitMinor: 500_000n,
    },
    ...options.terms,
  }
  return { ...buyer, invoiceIds, terms, enrollmentId: await agree(buyer, terms) }
}

/** Agrees to terms as their buyer does: reads the text, ticks, sends. */
export async function agree(buyer: Buyer, terms: AutopayTerms): Promise<AutopayId> {
  const agreement = await drawUpAgreement(buyer.customerId, 'Pat Payer', terms)
  if (!agreement.ok) throw new Error(agreement.refusal.code)
  const enrolled = await enrollAutopay({
    ...{ customerId: buyer.customerId, personId: buyer.personId, personName: 'Pat Payer', terms },
    ...{ shownHash: agreement.hash, acceptance: ACCEPTANCE },
  })
  if (!enrolled.ok) throw new Error(enrolled.refusal.code)
  return enrolled.enrollmentId
}

/** Ends every order that earlier tests left, so that their debits are not in the way. */
export async function endEveryOrder(): Promise<void> {
  await db.autopayRun.updateMany({
    where: { state: 'noticed' },
    data: { state: 'skipped', reason: 'autopay_ended' },
  })
  await db.autopayEnrollment.updateMany({ data: { state: 'ended' } })
}

/** The runs of an order, by day and attempt. */
export function runsOf({ enrollmentId }: Pick<Payer, 'enrollmentId'>) {
  return db.autopayRun.findMany({
    where: { enrollmentId },
    orderBy: [{ debitOn: 'asc' }, { attemptNo: 'asc' }],
    include: { items: { orderBy: { invoiceId: 'asc' } } },
  })
}

/** What is open on an invoice, minor units. */
export async function openOf(invoiceId: InvoiceId | undefined): Promise<bigint> {
  return (await db.invoice.findUniqueOrThrow({ where: { id: invoiceId ?? '' } })).openMinor
}
