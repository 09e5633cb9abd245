import { redirect } from 'react-router'
import { GatewayFault } from '#app/gateways/gateway-fault.ts'
import { notFound, requireBuyer } from '#app/parties/require.server.ts'
import { requireCardProcessor } from '#app/payments/card-processor.server.ts'
import { findSetup } from '#app/payments/methods/method-queries.server.ts'
import { syncSetup } from '#app/payments/methods/set-up-method.server.ts'
import type { Route } from './+types/methods-return.ts'

/**
 * Where the card service sends the buyer back to. The address proves nothing: the visit must be of this customer, and what came
 * of it is read again. When that cannot be read just now, the method appears a moment later by itself.
 */
export async function loader({ request, params }: Route.LoaderArgs) {
  const { customer } = await requireBuyer(request, params.customerId, 'view')
  const checkoutId = new URL(request.url).searchParams.get('session_id') ?? ''
  const setup = await findSetup(customer.id, checkoutId)
  if (setup === null) throw notFound()
  const page = `/c/${params.customerId}/methods`
  const configured = requireCardProcessor()
  if (!configured.ok) throw redirect(page, 303)
  try {
    const { state, verifyUrl } = await syncSetup(configured.processor, setup)
    const kept = state === 'finished' ? 'finished' : verifyUrl === null ? 'ended' : 'waiting'
    throw redirect(`${page}?kept=${kept}`, 303)
  } catch (error) {
    if (error instanceof GatewayFault) throw redirect(page, 303)
    throw error
  }
}
