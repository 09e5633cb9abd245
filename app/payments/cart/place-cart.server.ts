import { z } from 'zod'
import type { PaymentId } from '#app/books/ids.ts'
import { type Refusal, type Result, refuse } from '#app/books/refusals.ts'
import { getSupplier, readingOf } from '#app/parties/supplier.server.ts'
import {
  type BookCart,
  type Booked,
  bookCart,
  CREDITS_APPLIED,
  lockCart,
  RefusedMidway,
} from '#app/payments/cart/book-cart.server.ts'
import { cartFacts } from '#app/payments/cart/cart-books.ts'
import { readCartBooks } from '#app/payments/cart/cart-facts.server.ts'
import { type CartFacts, planCart } from '#app/payments/cart/plan-cart.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { type Tx, withTransaction } from '#app/platform/db.server.ts'
import type { BusinessDate } from '#app/platform/time.ts'

export type PlaceCart = Omit<BookCart, 'plan'> & {
  /** Whether who pays may also dispute. */
  readonly mayDispute: boolean
  /** The day on which the money is taken to arrive; today when left out. */
  readonly arrivesOn?: BusinessDate
  /** What is written with it, once it is booked. */
  readonly along?: (tx: Tx, booked: Booked, now: Date) => Promise<void>
}

/**
 * Works out a cart from the books under its locks and books it, in one transaction. A form that came before books nothing more.
 * Refusals: those of planCart, with what else stands against the cart in `also`, and of bookCart; PAYMENT_SUBMITTED_DIFFERENTLY.
 */
export async function placeCart(options: PlaceCart): Promise<Result<Booked>> {
  const { customerId, cart, requestHash, mayDispute, arrivesOn, along, ...booking } = options
  const now = await readNow()
  const { today } = readingOf(await getSupplier(), now)
  const invoiceIds = [...new Set([...(cart.rowIds ?? []), ...cart.items.map((item) => item.invoiceId)])]
  const question = { customerId, currency: cart.currency, invoiceIds }
  try {
    return await withTransaction(async (tx) => {
      await lockCart(tx, question, cart.paymentId)
      const before = await bookedBefore(tx, cart.paymentId)
      if (before !== null)
        return before === requestHash
          ? { ok: true, created: false, attemptId: null }
          : refuse('PAYMENT_SUBMITTED_DIFFERENTLY', { paymentId: cart.paymentId })
      const days = { begins: today, arrives: arrivesOn ?? today }
      const facts = cartFacts(await readCartBooks(question, tx), days, mayDispute)
      const planned = planCart(cart, booking.payer.channel === 'autopay' ? asAnnounced(facts) : facts)
      if (!planned.ok) return refuseAll(planned.refusals)
      const booked = await bookCart(
        tx,
        { ...booking, customerId, cart, plan: planned.plan, requestHash },
        now,
      )
      if (booked.ok) await along?.(tx, booked, now)
      return booked
    })
  } catch (error) {
    if (error instanceof RefusedMidway) return { ok: false, refusal: error.refusal }
    throw error
  }
}

/** The rules on part payments are for people who choose an amount: a debit is what was announced, and the rest is announced anew. */
function asAnnounced({ policy, ...facts }: CartFacts): CartFacts {
  return { ...facts, policy: { ...policy, allowPartial: true, minPartialMinor: 0n, shortNeedsReason: false } }
}

/** The hash of what this form booked before, by credit or as a payment; null when it is new. */
async function bookedBefore(tx: Tx, paymentId: PaymentId): Promise<string | null> {
  const payment = await tx.payment.findUnique({ where: { id: paymentId }, select: { requestHash: true } })
  if (payment !== null) return payment.requestHash
  const noted = await tx.audit.findFirst({ where: { subjectId: paymentId, action: CREDITS_APPLIED } })
  return noted === null ? null : appliedNote.parse(noted.detail).requestHash
}

const appliedNote = z.object({ requestHash: z.string() })

function refuseAll([first, ...also]: readonly Refusal[]): { ok: false; refusal: Refusal } {
  if (first === undefined) throw new Error('A cart was refused for nothing')
  return { ok: false, refusal: { ...first, also } }
}
