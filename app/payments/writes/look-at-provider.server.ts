import { encodeId } from '#app/books/ids.ts'
import type {
  CardProcessor,
  ChargeReading,
  CheckoutReading,
  DisputeReading,
  IntentReading,
  RefundReading,
} from '#app/gateways/stripe/port.ts'

/** Everything that one look at the processor found. A payment has a checkout, or is a charge of a saved method. */
export type Found = {
  readonly checkout: CheckoutReading | null
  readonly intent: IntentReading | null
  readonly refunds: readonly RefundReading[]
  readonly disputes: readonly DisputeReading[]
}

/** What of a payment tells where to look. */
export type Looked = {
  readonly id: string
  readonly currency: string
  readonly stripeCheckoutSessionId: string | null
  readonly stripePaymentIntentId: string | null
  readonly reversals: readonly unknown[]
  readonly refunds: readonly unknown[]
  readonly chargebacks: readonly unknown[]
}

/**
 * Reads what the processor knows of a payment; `why` says what speaks against its being this payment's. Null while nothing at
 * the processor is known for it. Throws a GatewayFault when the processor cannot be read.
 */
export async function lookAtProvider(
  processor: CardProcessor,
  payment: Looked,
): Promise<Found | { readonly why: string } | null> {
  const { stripeCheckoutSessionId: checkoutId, stripePaymentIntentId: intentId } = payment
  if (checkoutId === null && intentId === null) return null
  const checkout = checkoutId === null ? null : await processor.readCheckout(checkoutId)
  const intent =
    checkoutId === null && intentId !== null ? await processor.readIntent(intentId) : checkout?.intent
  const seen = checkout ?? intent ?? null
  if (seen === null) return { why: 'the processor does not know it' }
  const why = strangeness(payment, seen, intent?.charge ?? null)
  if (why !== null) return { why }
  const taken = await takenBack(processor, payment, intent?.charge ?? null)
  return { checkout, intent: intent ?? null, ...taken }
}

/** Why this cannot be the payment's own, or null. */
function strangeness(
  payment: Looked,
  seen: CheckoutReading | IntentReading,
  charge: ChargeReading | null,
): string | null {
  if (seen.reference !== encodeId('pay', payment.id)) return 'it carries the reference of another payment'
  const currencies = [seen.currency, charge?.currency].filter((each) => each)
  return currencies.some((each) => each !== payment.currency) ? 'it is in another currency' : null
}

async function takenBack(
  processor: CardProcessor,
  payment: Looked,
  charge: ChargeReading | null,
): Promise<Pick<Found, 'refunds' | 'disputes'>> {
  if (charge === null) return { refunds: [], disputes: [] }
  // What has been booked is read for as long as the payment is: a dispute that was won is not on the charge any more.
  const isKnown = [payment.reversals, payment.refunds, payment.chargebacks].some((each) => each.length > 0)
  const [refunds, disputes] = await Promise.all([
    charge.refundedMinor > 0n || isKnown || payment.refunds.length > 0
      ? processor.listRefunds(charge.chargeId)
      : [],
    charge.isDisputed || isKnown ? processor.listDisputes(charge.chargeId) : [],
  ])
  return { refunds, disputes }
}
