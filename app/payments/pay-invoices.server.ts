import { type CustomerId, encodeId, newId, type PaymentId, type PersonId } from '#app/books/ids.ts'
import { type Result, refuse } from '#app/books/refusals.ts'
import { GatewayFault } from '#app/gateways/gateway-fault.ts'
import type { CardProcessor, StoredRequest } from '#app/gateways/stripe/port.ts'
import { recordAudit } from '#app/parties/audit.server.ts'
import { getSupplier } from '#app/parties/supplier.server.ts'
import type { Cart } from '#app/payments/cart.ts'
import { hashCart, sha256 } from '#app/payments/cart-hash.server.ts'
import { checkoutMethods } from '#app/payments/checkout-methods.ts'
import { CHECKOUT_LIFE_MS } from '#app/payments/patience.ts'
import { openPayment } from '#app/payments/posting.server.ts'
import { ensureProcessorCustomer } from '#app/payments/processor-customer.server.ts'
import { sendAttempt } from '#app/payments/send-attempt.server.ts'
import { CREATE_CHECKOUT } from '#app/payments/writes/operations.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db, withTransaction } from '#app/platform/db.server.ts'
import { log } from '#app/platform/log.server.ts'

export type PayInvoices = {
  readonly processor: CardProcessor
  readonly customerId: CustomerId
  readonly personId: PersonId
  readonly cart: Cart
  /** Scheme, host and port under which the buyer sees us; no trailing slash. */
  readonly origin: string
}

/** The payment of this form, and where its buyer pays: null when that is not known (yet), so its own page is next. */
export type Opened = { readonly paymentId: PaymentId; readonly checkoutUrl: string | null }

/**
 * Opens a payment for the cart and a checkout for the payment. The same form again, however often and at once, is the same
 * payment; amounts are checked and held under row locks before anything leaves the house. Refusals: those of open_payment,
 * INVOICE_NOT_FOUND, CARD_NOT_OFFERED (currency or amount), PROVIDER_UNAVAILABLE. An unclear answer of the processor is no refusal: the payment's page says
 * that we are checking.
 */
export async function payInvoices(options: PayInvoices): Promise<Result<Opened>> {
  const { processor, customerId, personId, cart } = options
  const requestHash = hashCart(customerId, cart)
  const known = await findPayment(cart.paymentId)
  if (known !== null) return samePayment(known, customerId, requestHash)

  const offered = requireChargeable(processor, cart)
  if (!offered.ok) return offered
  const request = await prepareRequest(options)
  if (!request.ok) return request
  const now = await readNow()
  const opened = await withTransaction(async (tx) => {
    const result = await openPayment(
      tx,
      {
        id: cart.paymentId,
        customerId,
        currency: cart.currency,
        method: 'card',
        requestHash,
        createdBy: personId,
        items: cart.items.map((item) => ({
          invoiceId: item.invoiceId,
          amountMinor: item.amount.minor.toString(),
        })),
        attempt: {
          id: newId<'att'>(),
          operation: CREATE_CHECKOUT,
          request: request.value,
          requestHash: sha256(JSON.stringify(request.value)),
        },
      },
      now,
    )
    if (result.ok && result.created)
      await recordAudit(
        {
          actorKind: 'buyer',
          actorId: personId,
          action: 'payment.opened',
          customerId,
          subjectId: cart.paymentId,
        },
        tx,
      )
    return result
  })
  if (!opened.ok) return opened
  if (opened.created && opened.attemptId !== null) {
    await sendAttempt(processor, opened.attemptId)
    const payment = await findPayment(cart.paymentId)
    return { ok: true, paymentId: cart.paymentId, checkoutUrl: payment?.checkoutUrl ?? null }
  }
  return { ok: true, paymentId: cart.paymentId, checkoutUrl: await waitForCheckout(cart.paymentId) }
}

/** Whether the processor can charge exactly these amounts: some currencies it takes in coarser steps than ours, or not at all. */
function requireChargeable(processor: CardProcessor, { currency, items }: Cart): Result<object> {
  const step = processor.chargeStep(currency)
  if (step === null) return refuse('CARD_NOT_OFFERED')
  const uneven = items.find(({ amount }) => amount.minor % step !== 0n)
  if (uneven === undefined) return { ok: true }
  return refuse('CARD_NOT_OFFERED', { invoiceId: uneven.invoiceId, stepMinor: step.toString() })
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
  return { ok: true, paymentId, checkoutUrl: await waitForCheckout(paymentId) }
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

/** The request to the processor, whole: it is stored before it is sent and never made again. */
async function prepareRequest({
  processor,
  customerId,
  cart,
  origin,
}: PayInvoices): Promise<Result<{ value: StoredRequest }>> {
  const invoices = await db.invoice.findMany({
    where: { customerId, id: { in: cart.items.map((item) => item.invoiceId) } },
    select: { id: true, number: true },
  })
  const numbers = new Map(invoices.map((each) => [each.id, each.number]))
  const stranger = cart.items.find((item) => !numbers.has(item.invoiceId))
  if (stranger !== undefined) return refuse('INVOICE_NOT_FOUND', { invoiceId: stranger.invoiceId })

  const supplier = await getSupplier()
  try {
    const { processorCustomerId, processorNow } = await ensureProcessorCustomer(processor, customerId)
    const page = `${origin}/c/${encodeId('cst', customerId)}/payments/${encodeId('pay', cart.paymentId)}`
    const value = processor.checkoutRequest({
      reference: encodeId('pay', cart.paymentId),
      processorCustomerId,
      currency: cart.currency,
      description: `${supplier.name}: ${cart.items.length === 1 ? 'one invoice' : `${cart.items.length} invoices`}`,
      lines: cart.items.map((item) => ({
        name: `Invoice ${numbers.get(item.invoiceId)}`,
        amountMinor: item.amount.minor,
      })),
      expiresAt: new Date(processorNow.getTime() + CHECKOUT_LIFE_MS),
      successUrl: `${origin}/pay/return?session_id={CHECKOUT_SESSION_ID}`,
      cancelUrl: page,
      methods: checkoutMethods(
        cart.currency,
        cart.items.reduce((total, item) => total + item.amount.minor, 0n),
      ),
    })
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
