import { redirect } from 'react-router'
import type { PaymentId } from '#app/books/ids.ts'
import { hasEnded } from '#app/payments/payment.ts'
import { findVerification } from '#app/payments/reading/find-verification.server.ts'
import { lookAgain } from '#app/payments/reading/look-again.server.ts'

/** How often the page looks again before it hands over to the payment's own page, which waits longer. */
const MOST_LOOKS = 20

/**
 * What a payer sees who comes back from the card service: the payment's own page once it is known what happened, until then this
 * page again, `next`, and the payment's, `page`. Throws the redirect.
 */
export async function lookBack(
  request: Request,
  paymentId: PaymentId,
  page: string,
): Promise<{ page: string; next: string }> {
  const { pathname, searchParams: address } = new URL(request.url)
  const state = await lookAgain(paymentId)
  const looks = Number(address.get('looks') ?? '0')
  // A bank takes days, and proving an account too: the payment's page says until when. Whatever else has not ended is late
  // news, a card's check above all: its payer has just answered it.
  const isKnown =
    hasEnded(state) ||
    state === 'processing' ||
    (state === 'requires_action' && (await findVerification(paymentId)) !== null)
  if (isKnown || !(looks < MOST_LOOKS)) throw redirect(page, 303)
  address.set('looks', String(Math.max(0, Math.trunc(looks)) + 1))
  return { page, next: `${pathname.replace(/\.data$/, '')}?${address}` }
}
