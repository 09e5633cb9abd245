import { requireCardProcessor } from '#app/payments/card-processor.server.ts'
import { receiveWebhook } from '#app/payments/webhooks/receive-webhook.server.ts'
import { log } from '#app/platform/log.server.ts'
import type { Route } from './+types/stripe.ts'

/**
 * Takes the processor's webhooks: 200 once the event is stored, 400 when the signature does not prove where it comes from,
 * 500 when it could not be stored, so that it is sent again.
 */
export async function action({ request }: Route.ActionArgs): Promise<Response> {
  const configured = requireCardProcessor()
  if (!configured.ok) return new Response('No card processor is configured.', { status: 404 })
  const rawBody = await request.text()
  const signature = request.headers.get('stripe-signature') ?? ''
  try {
    const received = await receiveWebhook(configured.processor, rawBody, signature)
    if (received !== 'forged') return new Response(null, { status: 200 })
  } catch (error) {
    log.error({ err: error }, 'a webhook could not be stored')
    return new Response('Try again.', { status: 500 })
  }
  log.warn('a webhook with a wrong signature was turned away')
  return new Response('The signature is not right.', { status: 400 })
}

/** Only the processor has business here. */
export function loader(): Response {
  return new Response('Webhooks are posted.', { status: 405, headers: { allow: 'POST' } })
}
