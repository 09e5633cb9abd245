/**
 * How long we wait before we look again: payments that are not final are read again from the processor, and a write
 * whose outcome is unknown is asked about at 1, 5 and 30 minutes, 3 and 24 hours; then a person decides.
 * No wait here ends a payment or frees money: only the processor's word does, or a person's after the longest of them.
 */
import type { PaymentState } from '#app/payments/payment.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS

/** How long the processor keeps a checkout open; its shortest is 30 minutes. */
export const CHECKOUT_LIFE_MS = 35 * MINUTE_MS
/** The same key is sent again for so long: processors forget keys after 24 hours. */
export const KEY_LIFE_MS = 23 * HOUR_MS
/** A write that was stored and not sent after this long was left behind by a process that died. */
export const UNSENT_AFTER_MS = 30 * SECOND_MS
/** A write that was sent and not answered after this long will not be answered: every call gives up before. */
export const UNANSWERED_AFTER_MS = 2 * MINUTE_MS
/** An event that names no payment of ours waits so long for the payment to appear. */
export const UNMATCHED_AFTER_MS = 5 * MINUTE_MS
/** Event catch-up reads so much of the past again, for events that became visible late. */
export const CATCH_UP_OVERLAP_MS = 900 * SECOND_MS

/** Clocks differ by a little; whatever was noted so much later than now was noted by a clock that has been set right since. */
export const CLOCK_SLACK_MS = 5 * MINUTE_MS

/** So long after its checkout was last asked for, a person may say that a payment never reached the processor. */
export const DECLARABLE_AFTER_MS = 24 * HOUR_MS

const ASK_AFTER_MS = [MINUTE_MS, 5 * MINUTE_MS, 30 * MINUTE_MS, 3 * HOUR_MS, 24 * HOUR_MS] as const

/** Whether an instant was noted by a clock that ran ahead: how long ago it was cannot be told. */
export function isOfWrongClock(at: Date, now: Date): boolean {
  return at.getTime() - now.getTime() > CLOCK_SLACK_MS
}

/** Whether an unknown write, first sent and last asked about at these instants, is due to be asked about again. */
export function isAskDue(firstSentAt: Date, lastAskedAt: Date, now: Date): boolean {
  if (isOfWrongClock(lastAskedAt, now)) return true
  const dueAt = ASK_AFTER_MS.map((wait) => firstSentAt.getTime() + wait)
  return dueAt.some((at) => at <= now.getTime() && at > lastAskedAt.getTime())
}

/** Whether the last time of asking has passed, so that a person must decide. */
export function isPatienceOver(firstSentAt: Date, now: Date): boolean {
  return now.getTime() >= firstSentAt.getTime() + ASK_AFTER_MS[4]
}

/** Whether a write was sent, and so long ago that whatever it made is there to be found, closed, and nothing new comes of it. */
export function isLongUnheard(lastSentAt: Date | null, now: Date): boolean {
  return lastSentAt !== null && now.getTime() - lastSentAt.getTime() >= DECLARABLE_AFTER_MS
}

/** Whether the same idempotency key may still be sent. One whose age cannot be told may be a day old. */
export function isKeyFresh(firstSentAt: Date, now: Date): boolean {
  return !isOfWrongClock(firstSentAt, now) && now.getTime() - firstSentAt.getTime() < KEY_LIFE_MS
}

/**
 * How long a payment in this state may go unread; null for one that has ended. A checkout that still waits for its buyer
 * is read once it must have closed; money on its way by card is there or not within minutes.
 */
export function readAgainAfterMs(state: PaymentState): number | null {
  switch (state) {
    case 'created':
    case 'awaiting_customer':
      return CHECKOUT_LIFE_MS
    case 'requires_action':
    case 'processing':
      return 15 * MINUTE_MS
    case 'settled':
    case 'failed':
    case 'expired':
    case 'canceled':
      return null
  }
}
