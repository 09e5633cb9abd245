import { asId, type CustomerId, type PaymentId, type PersonId, type SavedMethodId } from '#app/books/ids.ts'
import { type Result, refuse } from '#app/books/refusals.ts'
import { GatewayFault } from '#app/gateways/gateway-fault.ts'
import type { BankLinkProvider } from '#app/gateways/plaid/port.ts'
import type { Acceptance, CardProcessor } from '#app/gateways/stripe/port.ts'
import { isPositive } from '#app/money/money.ts'
import type { Cart, CartItem } from '#app/payments/cart/cart.ts'
import { hashCart } from '#app/payments/cart/cart-hash.server.ts'
import { placeCart } from '#app/payments/cart/place-cart.server.ts'
import { prepareCharge } from '#app/payments/methods/prepare-charge.server.ts'
import type { PaymentState } from '#app/payments/payment.ts'
import { syncPayment } from '#app/payments/reading/sync-payment.server.ts'
import { CREATE_CHARGE } from '#app/payments/writes/operations.ts'
import { sendAttempt } from '#app/payments/writes/send-attempt.server.ts'
import { db } from '#app/platform/db.server.ts'
import { log } from '#app/platform/log.server.ts'
import { sha256 } from '#app/platform/sha256.server.ts'
import type { BusinessDate } from '#app/platform/time.ts'

export type ChargeMethod = {
  readonly processor: CardProcessor
  /** Who is asked about linked bank accounts; this deployment's provider unless another one is given. */
  readonly banks?: BankLinkProvider | null
  readonly customerId: CustomerId
  /** Who pays; null for autopay, which nobody is present at. */
  readonly personId: PersonId | null
  readonly cart: Cart
  readonly methodId: SavedMethodId
  readonly channel: 'portal' | 'autopay'
  /** The click by which this debit was agreed to; null where a standing mandate covers it. */
  readonly acceptance: Acceptance | null
  /** The day on which the money is taken to arrive, for discounts; today when left out. */
  readonly arrivesOn?: BusinessDate
}

/** The payment of this form, and how far it got while we looked. */
export type Charged = { readonly paymentId: PaymentId; readonly state: PaymentState }

/**
 * Pays a cart by a method that the processor keeps, without its page. Amounts are held and the charge is stored before anything is
 * sent; the same form again is the same payment. A decline is no refusal: the payment has failed, and says why. An unclear
 * answer leaves it being checked. Refusals: those of placeCart, METHOD_NOT_FOUND, METHOD_NOT_USABLE, ACCOUNT_BALANCE_TOO_LOW,
 * PROVIDER_UNAVAILABLE.
 */
export async function chargeMethod(options: ChargeMethod): Promise<Result<Charged>> {
  const { processor, customerId, cart, methodId } = options
  const requestHash = sha256(`${hashCart(customerId, cart)} ${methodId}`)
  const known = await db.payment.findUnique({ where: { id: cart.paymentId } })
  if (known !== null) {
    const paymentId = asId<'pay'>(known.id)
    if (known.customerId !== customerId) return refuse('PAYMENT_NOT_FOUND')
    if (known.requestHash !== requestHash) return refuse('PAYMENT_SUBMITTED_DIFFERENTLY', { paymentId })
    return { ok: true, paymentId, state: known.state }
  }
  const { banks, acceptance } = options
  const prepared = await prepareCharge({
    ...{ processor, customerId, methodId, paymentId: cart.paymentId, currency: cart.currency },
    ...{ amountMinor: totalOf(cart), invoices: cart.items.filter(isPaid).length, acceptance },
    ...(banks === undefined ? {} : { banks }),
  })
  if (!prepared.ok) return prepared
  const { personId, channel, arrivesOn } = options
  const { method, request } = prepared
  const opened = await placeCart({
    ...{ customerId, cart, requestHash, mayDispute: false, payer: { personId, payLinkId: null, channel } },
    ...(arrivesOn === undefined ? {} : { arrivesOn }),
    opening: {
      ...{ operation: CREATE_CHARGE, request, method: method.kind, savedMethodId: methodId },
      surchargeMinor: 0n,
    },
  })
  if (!opened.ok) return opened
  if (opened.created && opened.attemptId !== null) await sendAttempt(processor, opened.attemptId)
  return { ok: true, paymentId: cart.paymentId, state: await learn(processor, cart.paymentId) }
}

/** Where the payment stands after the charge; a processor that cannot be read just now leaves it to the jobs. */
async function learn(processor: CardProcessor, paymentId: PaymentId): Promise<PaymentState> {
  try {
    const state = await syncPayment(processor, paymentId, 'request')
    if (state !== null) return state
  } catch (error) {
    if (!(error instanceof GatewayFault)) throw error
    log.warn({ paymentId, code: error.code }, 'a charge could not be read back at once')
  }
  return (await db.payment.findUniqueOrThrow({ where: { id: paymentId } })).state
}

/** Whether money goes to an item: credit may cover it. */
const isPaid = ({ amount }: CartItem): boolean => isPositive(amount)

const totalOf = (cart: Cart): bigint => cart.items.reduce((total, item) => total + item.amount.minor, 0n)
