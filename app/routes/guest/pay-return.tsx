import type { ReactNode } from 'react'
import { PayReturnPage } from '#app/components/cart/pay-return-page.tsx'
import { requireGuestPayment } from '#app/parties/links/open-pay-link.server.ts'
import { lookBack } from '#app/routes/buyer/look-back.server.ts'
import type { Route } from './+types/pay-return.ts'

/** Where the card service sends the holder of a pay link back to. What happened is read again from the card service. */
export async function loader({ request, params }: Route.LoaderArgs) {
  const { paymentId } = await requireGuestPayment(params)
  return lookBack(request, paymentId, `/l/${params.token}/payments/${params.paymentId}`)
}

export default function PayReturn({ loaderData }: Route.ComponentProps): ReactNode {
  return <PayReturnPage {...loaderData} />
}
