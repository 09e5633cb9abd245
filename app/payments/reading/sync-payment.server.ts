/**
 * The one way in which a payment learns what happened to its money: webhooks, the return page, the sweep and cancelling
 * all end here. The processor is read first, outside of any transaction; then one transaction, one payment at a time,
 * applies what was read. Running it again, late or in another order changes nothing that is already booked.
 */
import { asId, type PaymentId } from '#app/books/ids.ts'
import type { CardProcessor, FeeReading, IntentReading } from '#app/gateways/stripe/port.ts'
import { getSupplier } from '#app/parties/supplier.server.ts'
import { expectedClearing } from '#app/payments/bank-days.ts'
import { keepMandate } from '#app/payments/methods/keep-mandate.server.ts'
import { isOfWrongClock } from '#app/payments/patience.ts'
import { hasEnded, type PaymentState } from '#app/payments/payment.ts'
import {
  advancePayment,
  type MoveCause,
  openException,
  raiseException,
  recordProviderFee,
  settlePayment,
} from '#app/payments/posting.server.ts'
import {
  chargeMove,
  effectiveDay,
  type Move,
  nextMove,
  settlementDay,
} from '#app/payments/reading/checkout-move.ts'
import { bookMoneyBack, noteFailedDebit } from '#app/payments/reading/money-back.server.ts'
import { type Found, lookAtProvider } from '#app/payments/writes/look-at-provider.server.ts'
import { EXPIRE_CHECKOUT } from '#app/payments/writes/operations.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db, type Tx, withTransaction } from '#app/platform/db.server.ts'

type Payment = NonNullable<Awaited<ReturnType<typeof findPayment>>>

type Scene = {
  readonly payment: Payment
  readonly found: Found
  readonly cause: MoveCause
  readonly timeZone: string
  readonly now: Date
  /** A reading that began later than this one is booked already. */
  readonly isOvertaken: boolean
}

/**
 * Reads a payment again at the processor and books what it says. Answers the state afterwards, or null when there is no such
 * payment. A payment of which nothing is known there yet stays as it is. Throws a GatewayFault when the processor cannot be read.
 */
export async function syncPayment(
  processor: CardProcessor,
  paymentId: PaymentId,
  cause: MoveCause,
): Promise<PaymentState | null> {
  const payment = await findPayment(db, paymentId)
  if (payment === null) return null
  const readAt = await readNow()
  const found = await lookAtProvider(processor, payment)
  if (found === null) return payment.state
  if ('why' in found) {
    const detail = { subjectId: payment.id, customerId: payment.customerId, why: found.why }
    await raiseException('payment.checkout-strange', `payment.checkout-strange:${payment.id}`, detail, readAt)
    // It was looked at: the sweep takes others first.
    await db.payment.updateMany({
      where: { id: payment.id, OR: [{ syncedAt: null }, { syncedAt: { lt: readAt } }] },
      data: { syncedAt: readAt },
    })
    return payment.state
  }
  const { timeZone } = await getSupplier()
  const state = await withTransaction((tx) => apply(tx, paymentId, found, cause, timeZone, readAt))
  await keepMandateOf(processor, payment, found)
  return state
}

/** The mandate of a bank debit is kept with who agreed, when and where; it is read once. */
async function keepMandateOf(processor: CardProcessor, payment: Payment, { intent }: Found): Promise<void> {
  const mandateId = intent?.charge?.mandateId ?? null
  if (mandateId === null) return
  if ((await db.mandate.findUnique({ where: { providerMandateId: mandateId } })) !== null) return
  const { id, customerId, createdBy } = payment
  await keepMandate({ processor, customerId, mandateId, paymentId: id, acceptedBy: createdBy })
}

async function findPayment(client: Tx, paymentId: string) {
  return client.payment.findUnique({
    where: { id: paymentId },
    include: {
      reversals: { select: { id: true } },
      refunds: { select: { id: true } },
      chargebacks: { select: { id: true } },
      attempts: { where: { operation: EXPIRE_CHECKOUT }, select: { id: true } },
    },
  })
}

async function apply(
  tx: Tx,
  paymentId: PaymentId,
  found: Found,
  cause: MoveCause,
  timeZone: string,
  readAt: Date,
): Promise<PaymentState> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`payment.sync:${paymentId}`}, 0))`
  const payment = await findPayment(tx, paymentId)
  if (payment === null) throw new Error(`Payment ${paymentId} is gone`)
  // Somebody who began to read after us has booked first. Theirs need not be the newer news: it may have been answered
  // before ours. Money and ends never become undone, so they are booked whoever brings them; where the buyer stands is not.
  const now = await readNow(tx)
  const { syncedAt } = payment
  const isOvertaken = syncedAt !== null && syncedAt > readAt && !isOfWrongClock(syncedAt, now)
  const scene: Scene = { payment, found, cause, timeZone, now, isOvertaken }
  await move(tx, scene)
  await bookFees(tx, scene)
  await bookMoneyBack(tx, scene)
  const { state } = await tx.payment.update({
    where: { id: paymentId },
    data: isOvertaken ? {} : { syncedAt: readAt },
    select: { state: true },
  })
  return state
}

async function move(tx: Tx, scene: Scene): Promise<void> {
  const { payment, found, now } = scene
  const next =
    found.checkout === null ? chargeMove(found.intent) : nextMove(found.checkout, payment.attempts.length > 0)
  const id = asId<'pay'>(payment.id)
  switch (next.to) {
    case 'settled':
      return settle(tx, scene, next.intent)
    case 'exception':
      return openException(
        tx,
        'payment.checkout-strange',
        `payment.checkout-strange:${id}`,
        detailOf(payment, { why: next.why }),
        now,
      )
    case 'awaiting_customer':
    case 'requires_action':
    case 'processing':
      if (scene.isOvertaken) return
      return advance(tx, scene, next)
    case 'failed':
    case 'expired':
    case 'canceled':
      return advance(tx, scene, next)
  }
}

async function advance(
  tx: Tx,
  scene: Scene,
  next: Exclude<Move, { to: 'settled' | 'exception' }>,
): Promise<void> {
  const { payment, found, cause, now } = scene
  const { intent } = found
  const charge = intent?.charge ?? null
  const detail = {
    failureCode: next.failureCode,
    stripePaymentIntentId: intent?.intentId ?? null,
    ...(next.to === 'processing' && charge?.method === 'us_bank_account'
      ? {
          method: 'us_bank_account' as const,
          cardLast4: charge.cardLast4,
          bankName: charge.bankName,
          expectedOn: expectedClearing(charge.createdAt),
        }
      : {}),
  }
  const { changed, state } = await advancePayment(tx, asId<'pay'>(payment.id), next.to, cause, detail, now)
  if (changed && next.to === 'failed') await noteFailedDebit(tx, scene)
  // The processor is done with it and we are not: it would hold its invoices for ever.
  if (changed || !hasEnded(next.to) || hasEnded(state)) return
  const facts = detailOf(payment, { state, processorSays: next.to })
  await openException(tx, 'payment.end-refused', `payment.end-refused:${payment.id}`, facts, now)
}

/** Books what was received, whatever it is: settle_payment applies what is open and keeps the rest as credit. */
async function settle(
  tx: Tx,
  { payment, cause, timeZone, now }: Scene,
  intent: IntentReading,
): Promise<void> {
  const { charge } = intent
  const method = charge?.method
  await settlePayment(
    tx,
    asId<'pay'>(payment.id),
    {
      receivedMinor: intent.receivedMinor.toString(),
      settledOn: settlementDay(timeZone, charge, now),
      stripePaymentIntentId: intent.intentId,
      stripeChargeId: charge?.chargeId ?? null,
      method: method === 'link' || method === 'us_bank_account' ? method : 'card',
      cardBrand: charge?.cardBrand ?? null,
      cardLast4: charge?.cardLast4 ?? null,
      wallet: charge?.wallet ?? null,
      bankName: charge?.bankName ?? null,
      cause,
    },
    now,
  )
  if (intent.receivedMinor === payment.amountMinor) return
  const amounts = {
    askedMinor: payment.amountMinor.toString(),
    receivedMinor: intent.receivedMinor.toString(),
  }
  await openException(
    tx,
    'payment.amount-differs',
    `payment.amount-differs:${payment.id}`,
    detailOf(payment, amounts),
    now,
  )
}

/** The processor's fees, once it has worked them out: that of the charge, and those of every movement of a dispute. */
async function bookFees(tx: Tx, scene: Scene): Promise<void> {
  const { intent } = scene.found
  if (intent?.status !== 'succeeded') return
  const fee = intent.charge?.fee
  if (fee && fee.feeMinor !== 0n) await bookFee(tx, scene, fee, 5000)
  for (const each of scene.found.disputes.flatMap((dispute) => dispute.fees))
    if (each.feeMinor !== 0n) await bookFee(tx, scene, each, 5200)
}

/** One fee. One that the books cannot hold (in another currency, as they do not exchange, or not to be read) is for a person. */
async function bookFee(
  tx: Tx,
  { payment, timeZone, now }: Scene,
  fee: FeeReading,
  account: 5000 | 5200,
): Promise<void> {
  const { balanceTransactionId, currency, feeMinor } = fee
  if (feeMinor === null || currency !== payment.currency) {
    const facts = { balanceTransactionId, feeMinor: feeMinor?.toString() ?? null, currency }
    const caseKey = `provider.fee-currency:${balanceTransactionId}`
    return openException(tx, 'provider.fee-currency', caseKey, detailOf(payment, facts), now)
  }
  const effectiveOn = effectiveDay(timeZone, fee.createdAt, now)
  await recordProviderFee(
    tx,
    asId<'pay'>(payment.id),
    { feeMinor: feeMinor.toString(), balanceTransactionId, effectiveOn, account },
    now,
  )
}

function detailOf(payment: Payment, facts: Readonly<Record<string, unknown>>) {
  return { subjectId: payment.id, customerId: payment.customerId, ...facts }
}
