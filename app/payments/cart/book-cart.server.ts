import {
  type CustomerId,
  encodeId,
  type InvoiceId,
  newId,
  type PaymentId,
  type PersonId,
  type SavedMethodId,
} from '#app/books/ids.ts'
import type { Refusal, Result } from '#app/books/refusals.ts'
import { openDispute } from '#app/disputes/open-dispute.server.ts'
import type { StoredRequest } from '#app/gateways/stripe/port.ts'
import { recordAudit } from '#app/parties/audit.server.ts'
import type { Cart } from '#app/payments/cart/cart.ts'
import type { CartQuestion } from '#app/payments/cart/cart-facts.server.ts'
import type { CartPlan, PlannedItem } from '#app/payments/cart/plan-cart.ts'
import { DISAGREE } from '#app/payments/cart/short-pay.ts'
import { postCredits } from '#app/payments/credits/apply-credits.server.ts'
import { reviewDebit } from '#app/payments/linked-banks/raise-review.server.ts'
import { type OpenPayment, openPayment } from '#app/payments/posting.server.ts'
import type { Tx } from '#app/platform/db.server.ts'
import { sha256 } from '#app/platform/sha256.server.ts'

/** Who pays: a buyer, whoever holds a pay link, or autopay, at which nobody is present. */
export type Payer = {
  readonly personId: PersonId | null
  readonly payLinkId: string | null
  readonly channel: 'portal' | 'guest' | 'autopay'
}

export type BookCart = {
  readonly customerId: CustomerId
  readonly payer: Payer
  readonly cart: Cart
  readonly plan: CartPlan
  readonly requestHash: string
  /** How the payment begins at the processor; null when credit covers everything. */
  readonly opening: Opening | null
}

/** The write by which a payment begins: a checkout on the processor's page, or the charge of a saved method. */
export type Opening = {
  readonly operation: string
  /** The request, whole: it is stored before it is sent. */
  readonly request: StoredRequest
  readonly method: OpenPayment['method']
  readonly savedMethodId?: SavedMethodId
  /** Minor units of the fee for a saved card. */
  readonly surchargeMinor: bigint
}

/** A refusal that must take back what the transaction has written before it. */
export class RefusedMidway extends Error {
  readonly refusal: Refusal

  constructor(refusal: Refusal) {
    super(`Refused midway: ${refusal.code}`)
    this.refusal = refusal
  }
}

/** What the audit log calls credit that a pay form applied; it keeps the form's hash. */
export const CREDITS_APPLIED = 'credits.applied'

/** What was booked: a payment with its attempt, or only credit. `created` is false for a form that came before. */
export type Booked = { readonly created: boolean; readonly attemptId: string | null }

/**
 * Keeps the credit and the invoices of a cart as they are until the transaction ends; equal forms wait here for the first.
 */
export async function lockCart(
  tx: Tx,
  { customerId, currency, invoiceIds }: Pick<CartQuestion, 'customerId' | 'currency' | 'invoiceIds'>,
  paymentId: PaymentId,
): Promise<void> {
  await tx.$queryRaw`SELECT lock_credits(${customerId}::uuid, ${currency}, ${[...invoiceIds]}::uuid[], ${paymentId}::uuid)::text`
}

/**
 * Applies the credits of a planned cart, opens its payment and the disputes that come with it, and says so in the audit log.
 * Throws RefusedMidway once something was written.
 */
export async function bookCart(tx: Tx, booking: BookCart, now: Date): Promise<Result<Booked>> {
  const { customerId, cart, plan, opening } = booking
  const uses = { customerId, uses: plan.credits, formId: cart.paymentId }
  const applied = await postCredits(tx, uses, now)
  if (!applied.ok) return applied
  const opened =
    opening === null
      ? { ok: true as const, created: applied.applied > 0, attemptId: null }
      : await openPayment(tx, paymentOf(booking, opening), now)
  if (!opened.ok) throw new RefusedMidway(opened.refusal)
  if (!opened.created) return opened
  const disputes = plan.disputes.map((each) => ({
    ...each,
    id: newId<'dsp'>(),
    customerId,
    reason: DISAGREE,
  }))
  for (const dispute of disputes) {
    const result = await openDispute(tx, dispute, now)
    if (!result.ok) throw new RefusedMidway(result.refusal)
  }
  if (opening?.method === 'us_bank_account') await reviewBooked(tx, booking, opening, now)
  await writeNotes(tx, booking, disputes)
  return opened
}

/** The debit of a linked account is shown to staff where it is unusual. */
async function reviewBooked(
  tx: Tx,
  { customerId, cart, plan }: BookCart,
  { savedMethodId }: Opening,
  now: Date,
): Promise<void> {
  if (savedMethodId === undefined) return
  const debit = { paymentId: cart.paymentId, customerId, savedMethodId, amountMinor: plan.totalMinor }
  await reviewDebit(tx, debit, now)
}

async function writeNotes(
  tx: Tx,
  booking: BookCart,
  disputes: readonly { id: string; invoiceId: InvoiceId }[],
): Promise<void> {
  const { cart, plan, opening } = booking
  if (plan.credits.length > 0) {
    const applied = plan.credits.reduce((sum, { amount }) => sum + amount.minor, 0n)
    const facts = { amountMinor: applied.toString(), requestHash: booking.requestHash }
    await note(tx, booking, CREDITS_APPLIED, cart.paymentId, facts)
  }
  if (opening !== null) {
    const { savedMethodId: methodId } = opening
    const facts = { channel: booking.payer.channel, ...(methodId === undefined ? {} : { methodId }) }
    await note(tx, booking, 'payment.opened', cart.paymentId, facts)
  }
  for (const { id, invoiceId } of disputes)
    await note(tx, booking, 'dispute.opened', id, { invoiceId: encodeId('inv', invoiceId) })
}

async function note(
  tx: Tx,
  { customerId, payer: { personId, payLinkId, channel } }: BookCart,
  action: string,
  subjectId: string,
  detail: Readonly<Record<string, string>>,
): Promise<void> {
  const actor = {
    actorKind: channel === 'autopay' ? ('system' as const) : ('buyer' as const),
    ...(personId === null ? {} : { actorId: personId }),
  }
  const link = payLinkId === null ? {} : { payLinkId }
  await recordAudit({ ...actor, action, customerId, subjectId, detail: { ...detail, ...link } }, tx)
}

function paymentOf(
  { customerId, payer, cart, plan, requestHash }: BookCart,
  { operation, request, method, savedMethodId, surchargeMinor }: Opening,
): OpenPayment {
  return {
    id: cart.paymentId,
    customerId,
    currency: cart.currency,
    method,
    ...(savedMethodId === undefined ? {} : { savedMethodId }),
    surchargeMinor: surchargeMinor.toString(),
    channel: payer.channel,
    ...(payer.payLinkId === null ? {} : { payLinkId: payer.payLinkId }),
    onAccountMinor: plan.onAccountMinor.toString(),
    requestHash,
    createdBy: payer.personId,
    items: plan.items.map(itemOf),
    attempt: {
      id: newId<'att'>(),
      operation,
      request,
      requestHash: sha256(JSON.stringify(request)),
    },
  }
}

function itemOf(item: PlannedItem): OpenPayment['items'][number] {
  const { invoiceId, amountMinor, discountMinor, discountUntil, discountBasis, shortReason } = item
  return {
    invoiceId,
    amountMinor: amountMinor.toString(),
    discountMinor: discountMinor.toString(),
    ...(discountUntil === null ? {} : { discountUntil }),
    ...(discountBasis === null ? {} : { discountBasis }),
    ...(shortReason === null ? {} : { shortReason }),
  }
}
