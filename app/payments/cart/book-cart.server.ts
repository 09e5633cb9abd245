import { asId, type CustomerId, encodeId, newId, type PaymentId, type PersonId } from '#app/books/ids.ts'
import type { Refusal, Result } from '#app/books/refusals.ts'
import { openDispute } from '#app/disputes/open-dispute.server.ts'
import type { StoredRequest } from '#app/gateways/stripe/port.ts'
import { recordAudit } from '#app/parties/audit.server.ts'
import type { CartPlan, PlannedItem } from '#app/payments/cart/plan-cart.ts'
import { DISAGREE } from '#app/payments/cart/short-pay.ts'
import type { Cart } from '#app/payments/cart.ts'
import { sha256 } from '#app/payments/cart-hash.server.ts'
import { type OpenPayment, openPayment } from '#app/payments/posting.server.ts'
import { CREATE_CHECKOUT } from '#app/payments/writes/operations.ts'
import type { Tx } from '#app/platform/db.server.ts'

/** Who pays: a buyer, or whoever holds a pay link. */
export type Payer = {
  readonly personId: PersonId | null
  readonly payLinkId: string | null
}

export type BookCart = {
  readonly customerId: CustomerId
  readonly payer: Payer
  readonly cart: Cart
  readonly plan: CartPlan
  readonly requestHash: string
  /** The request to the processor, whole. */
  readonly request: StoredRequest
}

/** A refusal that must take back what the transaction has written before it. */
export class RefusedMidway extends Error {
  readonly refusal: Refusal

  constructor(refusal: Refusal) {
    super(`Refused midway: ${refusal.code}`)
    this.refusal = refusal
  }
}

/**
 * Opens the payment of a planned cart and the disputes that come with it, and says so in the audit log. Throws RefusedMidway once
 * something was written.
 */
export async function bookCart(
  tx: Tx,
  booking: BookCart,
  now: Date,
): Promise<Result<{ created: boolean; attemptId: string | null }>> {
  const opened = await openPayment(tx, paymentOf(booking), now)
  if (!opened.ok || !opened.created) return opened
  const disputes = booking.plan.disputes.map((each) => ({
    ...each,
    id: newId<'dsp'>(),
    customerId: booking.customerId,
    reason: DISAGREE,
  }))
  for (const dispute of disputes) {
    const result = await openDispute(tx, dispute, now)
    if (!result.ok) throw new RefusedMidway(result.refusal)
  }
  await note(tx, booking, 'payment.opened', booking.cart.paymentId, {})
  for (const { id, invoiceId } of disputes)
    await note(tx, booking, 'dispute.opened', id, { invoiceId: encodeId('inv', invoiceId) })
  return opened
}

async function note(
  tx: Tx,
  { customerId, payer: { personId, payLinkId } }: BookCart,
  action: string,
  subjectId: string,
  detail: Readonly<Record<string, string>>,
): Promise<void> {
  const actor = personId === null ? {} : { actorId: personId }
  const link = payLinkId === null ? {} : { payLinkId }
  await recordAudit(
    { actorKind: 'buyer', ...actor, action, customerId, subjectId, detail: { ...detail, ...link } },
    tx,
  )
}

function paymentOf({ customerId, payer, cart, plan, requestHash, request }: BookCart): OpenPayment {
  return {
    id: cart.paymentId,
    customerId,
    currency: cart.currency,
    method: 'card',
    ...(payer.payLinkId === null ? {} : { channel: 'guest', payLinkId: payer.payLinkId }),
    onAccountMinor: plan.onAccountMinor.toString(),
    requestHash,
    createdBy: payer.personId,
    items: plan.items.map(itemOf),
    attempt: {
      id: newId<'att'>(),
      operation: CREATE_CHECKOUT,
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

/** How many applications of credit one form may make: the last four hexadecimal digits of their ids count them. */
const MOST_USES = 0x10000

/**
 * The id of the n-th credit application that a form makes: the form's own id with a counter for its end. The same form names the
 * same applications again, and all of them are found from the form's id.
 */
export function creditUseId(paymentId: PaymentId, index: number): string {
  if (index >= MOST_USES) throw new Error(`A form makes no ${index} applications`)
  return asId<'alo'>(paymentId.slice(0, -4) + index.toString(16).padStart(4, '0'))
}
