import { type ReactNode, useEffect } from 'react'
import { Link, redirect, useNavigate } from 'react-router'
import { encodeId } from '#app/books/ids.ts'
import { paymentHref } from '#app/components/cart-view.ts'
import { notFound, requireBuyer, requirePerson } from '#app/parties/require.server.ts'
import { lookAgain } from '#app/payments/look-again.server.ts'
import { hasEnded } from '#app/payments/payment.ts'
import { findPaymentOfCheckout } from '#app/payments/payment-queries.server.ts'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import type { Route } from './+types/pay-return.ts'

/** How often the page looks again before it hands over to the payment's own page, which waits longer. */
const MOST_LOOKS = 20

/**
 * Where the card service sends the buyer back to. The address proves nothing: the payment must be of a customer whose
 * payments this person may see, and what happened is read again from the card service.
 */
export async function loader({ request }: Route.LoaderArgs) {
  await requirePerson(request)
  const address = new URL(request.url).searchParams
  const payment = await findPaymentOfCheckout(address.get('session_id') ?? '')
  if (payment === null) throw notFound()
  await requireBuyer(request, payment.customerId, 'view')
  const state = await lookAgain(payment.id)
  const page = paymentHref(`/c/${encodeId('cst', payment.customerId)}`, payment.id)
  const looks = Number(address.get('looks') ?? '0')
  // Buyers are sent here when they are done: whatever has not ended, a bank's check included, is news that is late.
  if (hasEnded(state) || !(looks < MOST_LOOKS)) throw redirect(page, 303)
  address.set('looks', String(Math.max(0, Math.trunc(looks)) + 1))
  return { page, next: `/pay/return?${address}` }
}

export default function PayReturn({ loaderData }: Route.ComponentProps): ReactNode {
  const { next } = loaderData
  const navigate = useNavigate()
  useEffect(() => {
    const timer = setTimeout(() => void navigate(next, { replace: true }), 2_000)
    return () => clearTimeout(timer)
  }, [next, navigate])
  return (
    <div className="stack">
      <title>Your payment is on its way</title>
      <noscript>
        <meta httpEquiv="refresh" content={`2;url=${next}`} />
      </noscript>
      <PageHeader title="Your payment is on its way" />
      <Notice tone="amber" live="polite">
        <p>
          We are asking the card service whether it has arrived. This page goes on by itself. Do not pay
          again.
        </p>
      </Notice>
      <p>
        <Link to={loaderData.page}>See this payment</Link>
      </p>
    </div>
  )
}
