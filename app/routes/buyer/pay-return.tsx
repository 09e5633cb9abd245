import type { ReactNode } from 'react'
import { encodeId } from '#app/books/ids.ts'
import { paymentHref } from '#app/components/cart/cart-view.ts'
import { PayReturnPage } from '#app/components/cart/pay-return-page.tsx'
import { notFound, requireBuyer, requirePerson } from '#app/parties/require.server.ts'
import { findPaymentOfCheckout } from '#app/payments/overview/payment-queries.server.ts'
import { lookBack } from '#app/routes/buyer/look-back.server.ts'
import type { Route } from './+types/pay-return.ts'

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
  const page = paymentHref(`/c/${encodeId('cst', payment.customerId)}`, payment.id)
  return lookBack(request, payment.id, page)
}

export default function PayReturn({ loaderData }: Route.ComponentProps): ReactNode {
  return <PayReturnPage {...loaderData} />
}
