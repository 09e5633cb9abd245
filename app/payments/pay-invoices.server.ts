import { type CustomerId, encodeId, type PaymentId, type PersonId } from '#app/books/ids.ts'
import { type Result, refuse } from '#app/books/refusals.ts'
import { GatewayFault } from '#app/gateways/gateway-fault.ts'
import type { CardProcessor, CheckoutLine } from '#app/gateways/stripe/port.ts'
import { isZero } from '#app/money/money.ts'
import { getSupplier } from '#app/parties/supplier.server.ts'
import type { Opening, Payer } from '#app/payments/cart/book-cart.server.ts'
import type { Cart } from '#app/payments/cart/cart.ts'
import { hashCart } from '#app/payments/cart/cart-hash.server.ts'
import { checkoutMethods } from '#app/payments/cart/checkout-methods.ts'
import { type ChosenMethod, openByMethod } from '#app/payments/cart/open-by-method.server.ts'
import { placeCart } from '#app/payments/cart/place-cart.server.ts'
import { CHECKOUT_LIFE_MS } from '#app/payments/patience.ts'
import { ensureProcessorCustomer } from '#app/payments/processor-customer.server.ts'
import { CREATE_CHECKOUT } from '#app/payments/writes/operations.ts'
import { sendAttempt } from '#app/payments/writes/send-attempt.server.ts'
import { db } from '#app/platform/db.server.ts'
import { log } from '#app/platform/log.server.ts'
import { sha256 } from '#app/platform/sha256.server.ts'

export type PayInvoices = {
  /** Null where none is configured: then credit alone can pay. */
  readonly processor: CardProcessor | null
  readonly customerId: CustomerId
  /** Who pays; null for whoever holds a pay link. */
  readonly personId: PersonId | null
  readonly payLinkId?: string
  /** Whether who pays may also dispute. */
  readonly mayDispute?: boolean
  readonly cart: Cart
  /** A saved method to be charged; without one the payer chooses on the processor's page. */
  readonly chosen?: ChosenMethod
  /** Scheme, host and port under which the buyer sees us; no trailing slash. */
  readonly origin: string
  /** Paths to which the card service sends a payer without an account. A buyer's own pages when left out. */
  readonly paths?: { readonly back: string; readonly payment: string }
}

/**
 * The payment of this form, and where its buyer pays: null when that is not known (yet), so its own page is next. `isCovered`:
 * credit paid everything, there is no payment, and the id is the form's.
 */
export type Opened = {
  readonly paymentId: PaymentId
  readonly checkoutUrl: string | null
  readonly isCovered: boolean
}

/**
 * Opens a payment for the cart and a checkout for the payment. The same form again, however often and at once, is the same
 * payment; amounts are checked and held under row locks before anything leaves the house. Refusals: those of placeCart,
 * CARD_NOT_OFFERED (currency or amount), PROVIDER_UNAVAILABLE. An unclear answer of the processor is no refusal: the payment's page
 * says that we are checking.
 */
export async function payInvoices(options: PayInvoices): Promise<Result<Opened>> {
  const { processor, customerId, cart } = options
  const requestHash = hashOf(options)
  const known = await findPayment(cart.paymentId)
  if (known !== null) return samePayment(known, customerId, requestHash)

  const opening = asksForNothing(cart) ? { ok: true as const, value: null } : await prepareOpening(options)
  if (!opening.ok) return opening
  const opened = await placeCart({
    ...{ customerId, cart, requestHash, payer: payerOf(options), opening: opening.value },
    mayDispute: options.mayDispute ?? false,
  })
  if (!opened.ok) {
    // The same form may have been faster, and what it holds is what stands in the way of this one.
    const faster = await findPayment(cart.paymentId)
    return faster === null ? opened : samePayment(faster, customerId, requestHash)
  }
  const { paymentId } = cart
  if (opening.value === null) return { ok: true, paymentId, checkoutUrl: null, isCovered: true }
  if (processor === null || !opened.created || opened.attemptId === null)
    return { ok: true, paymentId, checkoutUrl: await waitForCheckout(paymentId), isCovered: false }
  await sendAttempt(processor, opened.attemptId)
  if (options.chosen !== undefined) return { ok: true, paymentId, checkoutUrl: null, isCovered: false }
  const payment = await findPayment(paymentId)
  return { ok: true, paymentId, checkoutUrl: payment?.checkoutUrl ?? null, isCovered: false }
}

function payerOf({ personId, payLinkId }: PayInvoices): Payer {
  return payLinkId === undefined
    ? { personId, payLinkId: null, channel: 'portal' }
    : { personId, payLinkId, channel: 'guest' }
}

/** The same form with another method or fee is another intent. */
function hashOf({ customerId, cart, chosen }: PayInvoices): string {
  const hash = hashCart(customerId, cart)
  return chosen === undefined ? hash : sha256(`${hash} ${chosen.methodId} ${chosen.feeSeenMinor}`)
}

/** Whether credit is to cover the whole cart: no amount is left for a payment. */
function asksForNothing({ items, onAccount }: Cart): boolean {
  return items.every((item) => isZero(item.amount)) && (onAccount === undefined || isZero(onAccount))
}

/** Whether the processor can charge exactly these amounts: some currencies it takes in coarser steps than ours, or not at all. */
function requireChargeable(processor: CardProcessor, { currency, items, onAccount }: Cart): Result<object> {
  const step = processor.chargeStep(currency)
  if (step === null) return refuse('CARD_NOT_OFFERED')
  const uneven = items.find(({ amount }) => amount.minor % step !== 0n)
  if (uneven === undefined && (onAccount?.minor ?? 0n) % step === 0n) return { ok: true }
  return refuse('CARD_NOT_OFFERED', {
    ...(uneven && { invoiceId: uneven.invoiceId }),
    stepMinor: step.toString(),
  })
}

type Known = NonNullable<Awaited<ReturnType<typeof findPayment>>>

async function findPayment(paymentId: PaymentId) {
  return db.payment.findUnique({
    where: { id: paymentId },
    select: { id: true, customerId: true, requestHash: true, state: true, checkoutUrl: true },
  })
}

async function samePayment(
  known: Known,
  customerId: CustomerId,
  requestHash: string,
): Promise<Result<Opened>> {
  const paymentId = known.id as PaymentId
  if (known.customerId !== customerId) return refuse('PAYMENT_NOT_FOUND')
  if (known.requestHash !== requestHash) return refuse('PAYMENT_SUBMITTED_DIFFERENTLY', { paymentId })
  return { ok: true, paymentId, checkoutUrl: await waitForCheckout(paymentId), isCovered: false }
}

/**
 * Where the same form's first arrival leads: another process may be asking the processor just now, so this waits for its
 * answer, up to 5 s. Null when the payment has moved on or the answer takes longer.
 */
async function waitForCheckout(paymentId: PaymentId): Promise<string | null> {
  for (let tries = 0; tries < 20; tries += 1) {
    const payment = await findPayment(paymentId)
    if (payment?.state === 'awaiting_customer') return payment.checkoutUrl
    if (payment?.state !== 'created') return null
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  return null
}

/** How the payment begins at the processor, whole: it is stored before it is sent and never made again. */
async function prepareOpening(options: PayInvoices): Promise<Result<{ value: Opening }>> {
  const { processor, customerId, cart, chosen } = options
  if (processor === null) return refuse('CARD_NOT_OFFERED')
  const offered = requireChargeable(processor, cart)
  if (!offered.ok) return offered
  return chosen === undefined
    ? prepareCheckout({ ...options, processor })
    : openByMethod(processor, customerId, cart, chosen)
}

/** The processor's page, on which the payer chooses how to pay. */
async function prepareCheckout({
  processor,
  customerId,
  cart,
  origin,
  paths,
}: PayInvoices & { readonly processor: CardProcessor }): Promise<Result<{ value: Opening }>> {
  const invoices = await db.invoice.findMany({
    where: { customerId, id: { in: cart.items.map((item) => item.invoiceId) } },
    select: { id: true, number: true },
  })
  const numbers = new Map(invoices.map((each) => [each.id, each.number]))
  const stranger = cart.items.find((item) => !numbers.has(item.invoiceId))
  if (stranger !== undefined) return refuse('INVOICE_NOT_FOUND', { invoiceId: stranger.invoiceId })

  const supplier = await getSupplier()
  const lines = checkoutLines(cart, numbers)
  try {
    const { processorCustomerId, processorNow } = await ensureProcessorCustomer(processor, customerId)
    const page = `/c/${encodeId('cst', customerId)}/payments/${encodeId('pay', cart.paymentId)}`
    const request = processor.checkoutRequest({
      reference: encodeId('pay', cart.paymentId),
      processorCustomerId,
      currency: cart.currency,
      description: `${supplier.name}: ${descriptionOf(cart)}`,
      lines,
      expiresAt: new Date(processorNow.getTime() + CHECKOUT_LIFE_MS),
      successUrl: `${origin}${paths?.back ?? '/pay/return'}?session_id={CHECKOUT_SESSION_ID}`,
      cancelUrl: origin + (paths?.payment ?? page),
      methods: checkoutMethods(
        cart.currency,
        lines.reduce((total, { amountMinor }) => total + amountMinor, 0n),
      ),
    })
    const value = { operation: CREATE_CHECKOUT, request, method: 'card', surchargeMinor: 0n } as const
    return { ok: true, value }
  } catch (error) {
    if (!(error instanceof GatewayFault)) throw error
    log.warn(
      { customerId, operation: error.operation, kind: error.kind, code: error.code },
      'no payment could be prepared',
    )
    return refuse('PROVIDER_UNAVAILABLE')
  }
}

function descriptionOf({ items }: Cart): string {
  if (items.length === 0) return 'credit on account'
  return items.length === 1 ? 'one invoice' : `${items.length} invoices`
}

/** What the card service's page lists: each invoice that money goes to, and what is meant for the account. */
function checkoutLines({ items, onAccount }: Cart, numbers: ReadonlyMap<string, string>): CheckoutLine[] {
  const lines = items.map((item) => ({
    name: `Invoice ${numbers.get(item.invoiceId)}`,
    amountMinor: item.amount.minor,
  }))
  const kept =
    onAccount === undefined ? [] : [{ name: 'Credit on your account', amountMinor: onAccount.minor }]
  return [...lines, ...kept].filter(({ amountMinor }) => amountMinor > 0n)
}
