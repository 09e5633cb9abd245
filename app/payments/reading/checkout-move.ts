/**
 * What a fresh reading of a checkout means for our payment. Plain values in and out: no clock, no database, no network.
 * Money counts only when the processor says `succeeded`; everything before that is a hint about where the buyer is.
 */
import type { ChargeReading, CheckoutReading, IntentReading } from '#app/gateways/stripe/port.ts'
import { type BusinessDate, businessDateIn } from '#app/platform/time.ts'

export type Move =
  | {
      readonly to: 'awaiting_customer' | 'requires_action' | 'processing'
      readonly failureCode: string | null
    }
  | { readonly to: 'failed' | 'expired' | 'canceled'; readonly failureCode: string | null }
  | { readonly to: 'settled'; readonly intent: IntentReading }
  /** The reading makes no sense for a payment of ours; a person must look. */
  | { readonly to: 'exception'; readonly why: string }

/** Where the payment goes next. `isCanceling`: a payer asked us to close the checkout. */
export function nextMove(reading: CheckoutReading, isCanceling: boolean): Move {
  const { intent } = reading
  const failureCode = intent?.failureCode ?? null
  if (intent?.status === 'succeeded') return { to: 'settled', intent }
  if (intent?.status === 'processing') return { to: 'processing', failureCode: null }
  if (intent?.status === 'awaiting_capture')
    return { to: 'exception', why: 'captured by hand at the processor' }
  switch (reading.status) {
    case 'open':
      return intent?.status === 'awaiting_action'
        ? { to: 'requires_action', failureCode }
        : { to: 'awaiting_customer', failureCode }
    case 'expired':
      return { to: isCanceling ? 'canceled' : 'expired', failureCode }
    case 'complete':
      return completeMove(intent)
  }
}

/** Where a charge of a saved method leads. Nobody waits on a page: what is not paid or on its way has failed. */
export function chargeMove(intent: IntentReading | null): Move {
  switch (intent?.status) {
    case undefined:
      return { to: 'exception', why: 'a charge without a payment' }
    case 'succeeded':
      return { to: 'settled', intent }
    case 'processing':
      return { to: 'processing', failureCode: null }
    case 'awaiting_action':
    case 'awaiting_confirmation':
      return { to: 'requires_action', failureCode: null }
    case 'awaiting_method':
      return { to: 'failed', failureCode: intent.failureCode }
    case 'canceled':
      return { to: 'canceled', failureCode: intent.failureCode }
    case 'awaiting_capture':
      return { to: 'exception', why: 'captured by hand at the processor' }
  }
}

/** A complete checkout whose money has not come: still to be confirmed by the customer, failed, or taken off. */
function completeMove(intent: IntentReading | null): Move {
  switch (intent?.status) {
    case undefined:
      return { to: 'exception', why: 'complete without a payment' }
    case 'awaiting_action':
    case 'awaiting_confirmation':
      return { to: 'requires_action', failureCode: null }
    case 'awaiting_method':
      return { to: 'failed', failureCode: intent?.failureCode ?? null }
    case 'canceled':
      return { to: 'canceled', failureCode: intent?.failureCode ?? null }
    case 'succeeded':
    case 'processing':
    case 'awaiting_capture':
      throw new Error(`Decided before: ${intent?.status}`)
  }
}

/**
 * The day on which money counts as paid: that of the charge; of a bank debit, which is charged days before its bank has answered,
 * today, since it is read at once when it has settled and the processor does not say when that was.
 */
export function settlementDay(
  timeZone: string,
  charge: Pick<ChargeReading, 'method' | 'createdAt'> | null,
  now: Date,
): BusinessDate {
  const isDelayed = charge === null || charge.method === 'us_bank_account'
  return effectiveDay(timeZone, isDelayed ? now : charge.createdAt, now)
}

/**
 * The day of something that happened at the processor, in the supplier's zone, and never after today, should the
 * processor's clock run ahead of ours.
 */
export function effectiveDay(timeZone: string, happenedAt: Date, now: Date): BusinessDate {
  const day = businessDateIn(timeZone, happenedAt)
  const today = businessDateIn(timeZone, now)
  if (day > today) return today
  return day
}
