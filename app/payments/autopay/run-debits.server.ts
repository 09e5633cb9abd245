/**
 * Makes the debits whose day has come. Credit that is used first and the payment of a run go under the run's own id: whatever
 * crashes in between, the same run is the same payment. What credit covers whole is not debited. Autopay pays under the same holds as everybody: of an open checkout and a debit of the same money, the
 * later one is refused.
 */
import { type AutopayRunId, asId } from '#app/books/ids.ts'
import type { Refusal } from '#app/books/refusals.ts'
import type { Acceptance, CardProcessor } from '#app/gateways/stripe/port.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { isZero, money } from '#app/money/money.ts'
import { getSupplier } from '#app/parties/supplier.server.ts'
import { COVERED_BY_CREDIT, CREDIT_USED_UP } from '#app/payments/autopay/autopay-words.ts'
import { type ClaimedRun, claimRun, postpone } from '#app/payments/autopay/claim-run.server.ts'
import type { ChargeItem } from '#app/payments/autopay/decide-run.ts'
import { eachInTurn } from '#app/payments/autopay/each-in-turn.server.ts'
import { learnRun } from '#app/payments/autopay/learn-outcomes.server.ts'
import { pauseOrder } from '#app/payments/autopay/orders/end-order.server.ts'
import type { Cart } from '#app/payments/cart/cart.ts'
import { hashCart } from '#app/payments/cart/cart-hash.server.ts'
import { placeCart } from '#app/payments/cart/place-cart.server.ts'
import { chargeMethod } from '#app/payments/charge-method.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db, type Tx, withTransaction } from '#app/platform/db.server.ts'
import type { AutopayEnrollment } from '#app/platform/generated/client.ts'
import { log } from '#app/platform/log.server.ts'
import { addDays, businessDateIn } from '#app/platform/time.ts'

/** Makes all debits that are due now, one after another; answers how many were asked of the processor. */
export async function runDebits(processor: CardProcessor): Promise<number> {
  const seen: string[] = []
  let charged = 0
  await eachInTurn(
    () => claimRun(seen),
    ({ runId }) => runId,
    async (run) => {
      seen.push(run.runId)
      if (run.items !== null && (await chargeRun(processor, run, run.items))) charged += 1
    },
  )
  return charged
}

/** Charges a claimed run and learns what came of it; answers false when nothing was asked of the processor. */
export async function chargeRun(
  processor: CardProcessor,
  run: ClaimedRun,
  items: readonly ChargeItem[],
): Promise<boolean> {
  const { runId, order, arrivesOn } = run
  const cart = cartOf(runId, order.currency, items)
  if (cart.items.every(({ amount }) => isZero(amount))) {
    await coverRun(
      run,
      cart,
      items.every(({ restMinor }) => restMinor === 0n),
    )
    return false
  }
  const step = processor.chargeStep(order.currency)
  if (step === null || items.some(({ amountMinor }) => amountMinor % step !== 0n)) {
    await putBack(runId, order, { code: 'CARD_NOT_OFFERED' })
    return false
  }
  const result = await chargeMethod({
    ...{ processor, customerId: asId<'cst'>(order.customerId), personId: null, cart, arrivesOn },
    methodId: asId<'met'>(order.savedMethodId),
    channel: 'autopay',
    acceptance: await acceptanceFor(order),
  })
  if (!result.ok) {
    await putBack(runId, order, result.refusal)
    return false
  }
  await learnRun(processor, runId)
  return true
}

/** The run's own id names its payment, and the uses of credit before it. */
function cartOf(runId: AutopayRunId, currencyText: string, items: readonly ChargeItem[]): Cart {
  const currency = parseCurrency(currencyText)
  return {
    paymentId: asId<'pay'>(runId),
    currency,
    items: items
      .map(({ invoiceId, amountMinor, seen }) => ({ invoiceId, amount: money(amountMinor, currency), seen }))
      .toSorted((a, b) => (a.invoiceId < b.invoiceId ? -1 : 1)),
  }
}

/** Credit alone is used: the run has succeeded in that moment. */
async function coverRun(
  { runId, order, arrivesOn }: ClaimedRun,
  cart: Cart,
  isWhole: boolean,
): Promise<void> {
  const reason = isWhole ? COVERED_BY_CREDIT : CREDIT_USED_UP
  const customerId = asId<'cst'>(order.customerId)
  const result = await placeCart({
    ...{ customerId, cart, arrivesOn, opening: null, mayDispute: false },
    payer: { personId: null, payLinkId: null, channel: 'autopay' },
    requestHash: hashCart(customerId, cart),
    along: async (tx, _booked, now) => {
      await tx.autopayRun.update({
        where: { id: runId },
        data: { state: 'success', reason, updatedAt: now },
      })
    },
  })
  if (!result.ok) await putBack(runId, order, result.refusal)
}

/** A bank account that the processor holds no mandate for yet is debited under the tick that made the order. */
async function acceptanceFor(order: AutopayEnrollment): Promise<Acceptance | null> {
  const { savedMethodId, ipAddress, userAgent } = order
  const method = await db.savedMethod.findUniqueOrThrow({
    where: { id: savedMethodId },
    include: { mandates: { where: { state: 'active', use: 'multi_use', providerMandateId: { not: null } } } },
  })
  if (method.kind !== 'us_bank_account' || method.mandates.length > 0) return null
  return ipAddress === null || userAgent === null ? null : { ipAddress, userAgent }
}

/** Nothing was asked of the processor: the run says why, and is tried again where that makes sense. */
async function putBack(runId: AutopayRunId, order: AutopayEnrollment, refusal: Refusal): Promise<void> {
  log.info({ runId, refusal: refusal.code }, 'a debit was not begun')
  await withTransaction(async (tx) => {
    await tx.$queryRaw`SELECT id FROM autopay_run WHERE id = ${runId}::uuid FOR UPDATE`
    const run = await tx.autopayRun.findUniqueOrThrow({ where: { id: runId } })
    // A payment of this run exists after all, or somebody else has dealt with it: that is learned elsewhere.
    const payment = await tx.payment.findUnique({ where: { id: runId }, select: { id: true } })
    if (run.state !== 'in_progress' || payment !== null) return
    await writeRefusal(tx, runId, order, refusal, await readNow(tx))
  })
}

async function writeRefusal(
  tx: Tx,
  runId: AutopayRunId,
  order: AutopayEnrollment,
  { code }: Refusal,
  now: Date,
): Promise<void> {
  switch (code) {
    case 'AMOUNT_HELD':
    case 'ACCOUNT_BALANCE_TOO_LOW': {
      const { timeZone } = await getSupplier(tx)
      const reason = code === 'AMOUNT_HELD' ? 'held_elsewhere' : 'balance_too_low'
      return postpone(tx, runId, reason, addDays(businessDateIn(timeZone, now), 1), now)
    }
    case 'AMOUNT_EXCEEDS_PAYABLE':
    case 'BALANCE_MOVED':
      return postpone(tx, runId, 'amount_changed', null, now)
    case 'PROVIDER_UNAVAILABLE':
      return postpone(tx, runId, 'provider_unavailable', null, now)
    case 'METHOD_NOT_FOUND':
    case 'METHOD_NOT_USABLE':
      await tx.autopayRun.update({
        where: { id: runId },
        data: { state: 'error', reason: 'method_gone', updatedAt: now },
      })
      await pauseOrder(tx, order.id, 'method_gone', now)
      return
    default:
      await tx.autopayRun.update({
        where: { id: runId },
        data: { state: 'skipped', reason: 'not_payable', updatedAt: now },
      })
  }
}
