import { asId, type CustomerId, newId, type PaymentId, type PersonId } from '#app/books/ids.ts'
import { type Result, refuse } from '#app/books/refusals.ts'
import { GatewayFault } from '#app/gateways/gateway-fault.ts'
import type { BankLinkProvider } from '#app/gateways/plaid/port.ts'
import type { Acceptance, CardProcessor } from '#app/gateways/stripe/port.ts'
import { recordAudit } from '#app/parties/audit.server.ts'
import type { Cart } from '#app/payments/cart/cart.ts'
import { hashCart } from '#app/payments/cart/cart-hash.server.ts'
import { reviewDebit } from '#app/payments/linked-banks/raise-review.server.ts'
import { type PreparedCharge, prepareCharge } from '#app/payments/methods/prepare-charge.server.ts'
import type { SavedMethod } from '#app/payments/methods/saved-method.ts'
import type { PaymentState } from '#app/payments/payment.ts'
import { openPayment } from '#app/payments/posting.server.ts'
import { syncPayment } from '#app/payments/reading/sync-payment.server.ts'
import { CREATE_CHARGE } from '#app/payments/writes/operations.ts'
import { sendAttempt } from '#app/payments/writes/send-attempt.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db, withTransaction } from '#app/platform/db.server.ts'
import { log } from '#app/platform/log.server.ts'
import { sha256 } from '#app/platform/sha256.server.ts'

export type ChargeMethod = {
  readonly processor: CardProcessor
  /** Who is asked about linked bank accounts; this deployment's provider unless another one is given. */
  readonly banks?: BankLinkProvider | null
  readonly customerId: CustomerId
  /** Who pays; null for autopay, which nobody is present at. */
  readonly personId: PersonId | null
  readonly cart: Cart
  readonly methodId: PaymentMethodId
  readonly channel: 'portal' | 'autopay'
  /** The click by which this debit was agreed to; null where a standing mandate covers it. */
  readonly acceptance: Acceptance | null
}
type PaymentMethodId = SavedMethod['id']

/** The payment of this form, and how far it got while we looked. */
export type Charged = { readonly paymentId: PaymentId; readonly state: PaymentState }

/**
 * Pays a cart by a method that the processor keeps, without its page. Amounts are held and the charge is stored before anything is
 * sent; the same form again is the same payment. A decline is no refusal: the payment has failed, and says why. An unclear
 * answer leaves it being checked. Refusals: those of open_payment, METHOD_NOT_FOUND, METHOD_NOT_USABLE, ACCOUNT_BALANCE_TOO_LOW,
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
    ...{ amountMinor: totalOf(cart), invoices: cart.items.length, acceptance },
    ...(banks === undefined ? {} : { banks }),
  })
  if (!prepared.ok) return prepared
  const opened = await openCharge(options, requestHash, prepared)
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

const totalOf = (cart: Cart): bigint => cart.items.reduce((total, item) => total + item.amount.minor, 0n)

async function openCharge(
  { customerId, personId, cart, methodId, channel }: ChargeMethod,
  requestHash: string,
  { method, request }: PreparedCharge,
): Promise<Result<{ created: boolean; attemptId: string | null }>> {
  const now = await readNow()
  const attempt = {
    id: newId<'att'>(),
    operation: CREATE_CHARGE,
    request,
    requestHash: sha256(JSON.stringify(request)),
  }
  const payment = {
    ...{ id: cart.paymentId, customerId, currency: cart.currency, method: method.kind, channel },
    ...{ savedMethodId: methodId, requestHash, createdBy: personId, attempt },
    items: cart.items.map(({ invoiceId, amount }) => ({ invoiceId, amountMinor: amount.minor.toString() })),
  }
  return withTransaction(async (tx) => {
    const result = await openPayment(tx, payment, now)
    if (!result.ok || !result.created) return result
    if (method.kind === 'us_bank_account') {
      const debit = { paymentId: cart.paymentId, customerId, savedMethodId: methodId }
      await reviewDebit(tx, { ...debit, amountMinor: totalOf(cart) }, now)
    }
    const actor =
      personId === null
        ? ({ actorKind: 'system' } as const)
        : ({ actorKind: 'buyer', actorId: personId } as const)
    const entry = { ...actor, action: 'payment.opened', customerId, subjectId: cart.paymentId }
    await recordAudit({ ...entry, detail: { channel, methodId } }, tx)
    return result
  })
}
