/** The posting functions of payments, called by name. Each is one statement; their answers are checked for shape. */
import { z } from 'zod'
import type { PaymentId } from '#app/books/ids.ts'
import { answerOf, getValue, type Json, type PostingRows } from '#app/books/posting-answer.ts'
import type { Result } from '#app/books/refusals.ts'
import { type AttemptState, PAYMENT_STATES, type PaymentState } from '#app/payments/payment.ts'
import { type Tx, withTransaction } from '#app/platform/db.server.ts'
import type { BusinessDate } from '#app/platform/time.ts'

export type OpenPayment = {
  readonly id: PaymentId
  readonly customerId: string
  readonly currency: string
  readonly method: 'card' | 'us_bank_account' | 'link'
  readonly channel?: 'portal' | 'guest' | 'autopay'
  readonly savedMethodId?: string
  readonly payLinkId?: string
  readonly requestHash: string
  readonly createdBy: string | null
  readonly items: readonly {
    readonly invoiceId: string
    readonly amountMinor: string
    readonly discountMinor?: string
    readonly discountUntil?: BusinessDate
    readonly discountBasis?: 'settled' | 'initiated'
    readonly shortReason?: string
  }[]
  readonly surchargeMinor?: string
  readonly onAccountMinor?: string
  readonly attempt: {
    readonly id: string
    readonly operation: string
    readonly request: Json
    readonly requestHash: string
  }
}

/** Opens a payment, holds its amounts and stores its first attempt; `created` is false when the same form came before. */
export async function openPayment(
  tx: Tx,
  payment: OpenPayment,
  now: Date,
): Promise<Result<{ created: boolean; attemptId: string | null }>> {
  const rows =
    await tx.$queryRaw<PostingRows>`SELECT open_payment(${JSON.stringify(payment)}::jsonb, ${now}) AS answer`
  return answerOf(rows, { created: z.boolean(), attemptId: z.string().nullable() })
}

/** Stores one more write to the provider before it is sent. */
export async function recordAttempt(
  tx: Tx,
  attempt: Json,
  now: Date,
): Promise<Result<{ attemptId: string }>> {
  const rows =
    await tx.$queryRaw<PostingRows>`SELECT record_attempt(${JSON.stringify(attempt)}::jsonb, ${now}) AS answer`
  return answerOf(rows, { attemptId: z.string() })
}

export type AttemptDetail = {
  readonly responseId?: string
  readonly errorCode?: string | null
  readonly errorText?: string
  readonly providerRequestId?: string | null
}

/** Says what became of an attempt. Raises for a move that its table forbids. */
export async function markAttempt(
  tx: Tx,
  attemptId: string,
  state: AttemptState,
  detail: AttemptDetail,
  now: Date,
): Promise<void> {
  await tx.$queryRaw<PostingRows>`
    SELECT mark_attempt(${attemptId}::uuid, ${state}::attempt_state, ${JSON.stringify(detail)}::jsonb, ${now}) AS answer`
}

export type AdvanceDetail = {
  readonly stripeCheckoutSessionId?: string
  readonly checkoutUrl?: string | null
  readonly stripePaymentIntentId?: string | null
  readonly failureCode?: string | null
  readonly note?: string
  readonly method?: 'us_bank_account'
  readonly cardLast4?: string | null
  readonly bankName?: string | null
  /** When a bank debit is expected to arrive. */
  readonly expectedOn?: BusinessDate
}

/** Why a payment moves: a form, the provider's word, the sweep. */
export type MoveCause = 'request' | 'provider' | 'sweep'

/** Moves a payment forward; backward news changes nothing. Ends free its holds. Answers the state that it is in then. */
export async function advancePayment(
  tx: Tx,
  paymentId: PaymentId,
  to: Exclude<PaymentState, 'settled'>,
  cause: MoveCause,
  detail: AdvanceDetail,
  now: Date,
): Promise<{ changed: boolean; state: PaymentState }> {
  const rows = await tx.$queryRaw<PostingRows>`
    SELECT advance_payment(${paymentId}::uuid, ${to}::payment_state, ${cause}, ${JSON.stringify(detail)}::jsonb, ${now}) AS answer`
  return getValue(answerOf(rows, { changed: z.boolean(), state: z.enum(PAYMENT_STATES) }))
}

export type SettleDetail = {
  readonly receivedMinor: string
  readonly settledOn: BusinessDate
  readonly stripePaymentIntentId: string
  readonly stripeChargeId: string | null
  readonly method: 'card' | 'link' | 'us_bank_account'
  readonly cardBrand: string | null
  readonly cardLast4: string | null
  readonly wallet: string | null
  readonly bankName: string | null
  readonly cause: MoveCause
}

/** Books money that arrived; `settled` is false when it was booked before. */
export async function settlePayment(
  tx: Tx,
  paymentId: PaymentId,
  detail: SettleDetail,
  now: Date,
): Promise<{ settled: boolean }> {
  const rows = await tx.$queryRaw<PostingRows>`
    SELECT settle_payment(${paymentId}::uuid, ${JSON.stringify(detail)}::jsonb, ${now}) AS answer`
  return getValue(answerOf(rows, { settled: z.boolean() }))
}

/** Books what the provider kept for itself (5000, for disputes 5200), once per balance transaction. */
export async function recordProviderFee(
  tx: Tx,
  paymentId: PaymentId,
  detail: { feeMinor: string; balanceTransactionId: string; effectiveOn: BusinessDate; account: 5000 | 5200 },
  now: Date,
): Promise<void> {
  const rows = await tx.$queryRaw<PostingRows>`
    SELECT record_provider_fee(${paymentId}::uuid, ${JSON.stringify(detail)}::jsonb, ${now}) AS answer`
  getValue(answerOf(rows, { recorded: z.boolean() }))
}

/** Books money that was taken of a payment, however much is left of it, once per provider id. */
export async function takeFromPayment(tx: Tx, reversal: Json, now: Date): Promise<{ reversed: boolean }> {
  const rows =
    await tx.$queryRaw<PostingRows>`SELECT take_from_payment(${JSON.stringify(reversal)}::jsonb, ${now}) AS answer`
  return getValue(answerOf(rows, { reversed: z.boolean() }))
}

/** Stores a verified event once and queues its processing; `fresh` is false when it is known. */
export async function recordWebhook(tx: Tx, event: Json, now: Date): Promise<{ fresh: boolean }> {
  const rows =
    await tx.$queryRaw<PostingRows>`SELECT record_webhook(${JSON.stringify(event)}::jsonb, ${now}) AS answer`
  return getValue(answerOf(rows, { fresh: z.boolean() }))
}

/**
 * Asks a person to look, once per key: what is seen again by the next reading is no new case, and a case that a person has
 * closed stays closed.
 */
export async function openException(
  tx: Tx,
  kind: string,
  caseKey: string,
  detail: Json & { readonly subjectId: string },
  now: Date,
): Promise<void> {
  if ((await tx.exceptionCase.findUnique({ where: { caseKey }, select: { id: true } })) !== null) return
  await tx.$queryRaw<PostingRows>`SELECT open_exception(${kind}, ${caseKey}, ${JSON.stringify(detail)}::jsonb, ${now}) AS answer`
}

/** Closes a case whose cause has gone, with a sentence on how. */
export async function resolveException(
  tx: Tx,
  caseKey: string,
  resolution: string,
  now: Date,
): Promise<void> {
  await tx.$queryRaw<PostingRows>`SELECT resolve_exception(${caseKey}, ${resolution}, ${now}) AS answer`
}

/** One exception in a transaction of its own. */
export async function raiseException(
  kind: string,
  caseKey: string,
  detail: Json & { readonly subjectId: string },
  now: Date,
): Promise<void> {
  await withTransaction((tx) => openException(tx, kind, caseKey, detail, now))
}
