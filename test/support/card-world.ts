import {
  asId,
  type CustomerId,
  decodeId,
  encodeId,
  type InvoiceId,
  newId,
  type PaymentId,
  type PersonId,
  type SavedMethodId,
} from '#app/books/ids.ts'
import { createStripeProcessor } from '#app/gateways/stripe/client.server.ts'
import type { CardProcessor, ProcessorEvent } from '#app/gateways/stripe/port.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { money } from '#app/money/money.ts'
import { createPerson, grantBuyerRights } from '#app/parties/people.server.ts'
import type { Cart } from '#app/payments/cart/cart.ts'
import { type Charged, chargeMethod } from '#app/payments/charge-method.server.ts'
import { setUpMethod, syncSetup } from '#app/payments/methods/set-up-method.server.ts'
import { payInvoices } from '#app/payments/pay-invoices.server.ts'
import { syncPayment } from '#app/payments/reading/sync-payment.server.ts'
import { processWebhook } from '#app/payments/webhooks/process-webhook.server.ts'
import { storeEvent } from '#app/payments/webhooks/receive-webhook.server.ts'
import { db } from '#app/platform/db.server.ts'
import { createCustomer, createSupplier, issueInvoice } from '#test/support/books.ts'
import { type SandboxProcess, startSandbox } from '#test/support/sandbox.ts'

export const WEBHOOK_SECRET = 'whsec_tests'
const USD = parseCurrency('USD')

export type CardWorld = {
  sandbox: SandboxProcess
  processor: CardProcessor
  /** A processor on the same sandbox that soon gives up waiting for a new checkout, for time-outs. */
  impatient: CardProcessor
  stop: () => Promise<void>
}

/** The supplier and a card processor of its own: the real sandbox process, without webhooks. */
export async function openCardWorld(): Promise<CardWorld> {
  await createSupplier()
  const sandbox = await startSandbox()
  return cardWorldOn(sandbox)
}

/** The processors on a sandbox that runs already. */
export function cardWorldOn(sandbox: SandboxProcess): CardWorld {
  const config = {
    secretKey: 'sk_test_sandbox',
    webhookSecrets: [WEBHOOK_SECRET],
    api: { host: '127.0.0.1', port: sandbox.port, protocol: 'http' as const },
  }
  const processor = createStripeProcessor(config)
  const { createCheckout } = createStripeProcessor({ ...config, timeoutMs: 400 })
  return { sandbox, processor, impatient: { ...processor, createCheckout }, stop: () => sandbox.stop() }
}

export type Buyer = { customerId: CustomerId; personId: PersonId; invoiceIds: InvoiceId[] }

let made = 0

/** A buyer who may pay, with an open invoice for each amount (minor units of USD). */
export async function createBuyer(amounts: readonly bigint[]): Promise<Buyer> {
  made += 1
  const customerId = asId<'cst'>(await createCustomer())
  const personId = await createPerson({ name: `Payer ${made}`, email: `payer${made}@buyer.test` })
  await grantBuyerRights(personId, customerId, ['view', 'pay'])
  const invoiceIds = []
  for (const amount of amounts) invoiceIds.push(asId<'inv'>(await issueInvoice(customerId, amount)))
  return { customerId, personId, invoiceIds }
}

/** A cart over a buyer's invoices; each in full unless an amount is given for its place. */
export async function cartOf(buyer: Buyer, amounts: readonly (bigint | undefined)[] = []): Promise<Cart> {
  const invoices = await db.invoice.findMany({
    where: { id: { in: buyer.invoiceIds } },
    orderBy: { id: 'asc' },
  })
  return {
    paymentId: newId<'pay'>(),
    currency: USD,
    items: buyer.invoiceIds.map((id, index) => ({
      invoiceId: id,
      amount: money(amounts[index] ?? invoices.find((each) => each.id === id)?.openMinor ?? 0n, USD),
    })),
  }
}

/** Pays a cart as its buyer would; the processor may be another one. */
export function pay(
  world: Pick<CardWorld, 'processor'>,
  buyer: Buyer,
  cart: Cart,
  processor = world.processor,
) {
  const { customerId, personId } = buyer
  return payInvoices({ processor, customerId, personId, cart, origin: 'http://localhost:3000' })
}

/** Opens a payment over all of a buyer's invoices and answers its checkout. */
export async function openCheckout(
  world: CardWorld,
  buyer: Buyer,
  cart?: Cart,
): Promise<{ paymentId: PaymentId; checkoutId: string }> {
  const opened = await pay(world, buyer, cart ?? (await cartOf(buyer)))
  if (!opened.ok) throw new Error(`refused: ${opened.refusal.code}`)
  const payment = await db.payment.findUniqueOrThrow({ where: { id: opened.paymentId } })
  return { paymentId: opened.paymentId, checkoutId: payment.stripeCheckoutSessionId ?? '' }
}

/** The buyer's card on the hosted page. */
export function enterCard(
  world: CardWorld,
  checkoutId: string,
  input: object = {},
): Promise<{ outcome: string }> {
  return world.sandbox.control('POST', `sessions/${checkoutId}/pay`, input)
}

/** Every event of the sandbox, oldest first. */
export function allEvents(world: CardWorld): Promise<readonly ProcessorEvent[]> {
  return world.processor.listEvents(new Date(0))
}

/** Brings every event of the sandbox as its webhook would, and does the jobs. Answers how many were new. */
export async function deliverWebhooks(world: CardWorld): Promise<number> {
  let fresh = 0
  for (const event of await allEvents(world)) {
    if (!(await storeEvent(event))) continue
    fresh += 1
    await processWebhook(world.processor, event.eventId)
  }
  return fresh
}

/** A payment's row. */
export function paymentRow(paymentId: PaymentId) {
  return db.payment.findUniqueOrThrow({ where: { id: paymentId } })
}

/** The sandbox's charges that succeeded for a payment: what the buyer's card really paid. */
export async function chargesOf(
  world: CardWorld,
  paymentId: PaymentId,
): Promise<{ id: string; amount: number }[]> {
  const charges = []
  for await (const charge of world.sandbox.stripe.charges.list({ limit: 100 }))
    if (charge.status === 'succeeded' && decodeId('pay', charge.metadata.payment_id ?? '') === paymentId)
      charges.push({ id: charge.id, amount: charge.amount })
  return charges
}

/** How many checkouts the sandbox holds for a payment. */
export async function checkoutsOf(world: CardWorld, paymentId: PaymentId): Promise<number> {
  let count = 0
  for await (const session of world.sandbox.stripe.checkout.sessions.list({ limit: 100 }))
    if (session.client_reference_id === encodeId('pay', paymentId)) count += 1
  return count
}

/** Brings every event and reads the payment once more: what the portal knows when all is quiet. */
export async function settleDown(world: CardWorld, paymentId: PaymentId): Promise<void> {
  await deliverWebhooks(world)
  await syncPayment(world.processor, paymentId, 'sweep')
}

/** Moves the processor's clock; what was due there happens. */
export function advanceProcessor(
  world: CardWorld,
  by: { seconds: number } | { businessDays: number },
): Promise<unknown> {
  return world.sandbox.control('POST', 'clock/advance', by)
}

/** Saves a method through the portal's own visit to the processor's page. Answers our id of it, or null when none was kept. */
export async function saveMethod(
  world: CardWorld,
  buyer: Buyer,
  input: { card: string; challenge?: 'pass' | 'fail' } | { bank_account: string },
): Promise<SavedMethodId | null> {
  const kind = 'card' in input ? 'card' : 'us_bank_account'
  const origin = 'http://localhost:3000'
  const { customerId, personId } = buyer
  const opened = await setUpMethod({ processor: world.processor, customerId, personId, kind, origin })
  if (!opened.ok) throw new Error(`refused: ${opened.refusal.code}`)
  const setup = await db.methodSetup.findFirstOrThrow({
    where: { customerId },
    orderBy: { createdAt: 'desc' },
  })
  await enterCard(world, setup.stripeCheckoutSessionId ?? '', input)
  await syncSetup(world.processor, setup)
  const { savedMethodId } = await db.methodSetup.findUniqueOrThrow({ where: { id: setup.id } })
  return savedMethodId === null ? null : asId<'met'>(savedMethodId)
}

/** Pays all of a buyer's invoices by a saved method. */
export async function chargeSaved(
  world: CardWorld,
  buyer: Buyer,
  methodId: SavedMethodId,
  options: { cart?: Cart; channel?: 'portal' | 'autopay' } = {},
): Promise<Charged> {
  const { customerId, personId } = buyer
  const charged = await chargeMethod({
    ...{ processor: world.processor, customerId, personId, methodId, acceptance: null },
    cart: options.cart ?? (await cartOf(buyer)),
    channel: options.channel ?? 'portal',
  })
  if (!charged.ok) throw new Error(`refused: ${charged.refusal.code}`)
  return charged
}
