import { receiveBankEvent } from '#app/payments/linked-banks/receive-event.server.ts'
import { requireBanks } from '#app/payments/linked-banks/require-banks.server.ts'
import { log } from '#app/platform/log.server.ts'
import type { Route } from './+types/plaid.ts'

/**
 * Takes the events of the bank link service: 200 once one is stored, 400 when its token does not prove where it comes from, 500 when
 * that could not be proved or stored now, so that it is sent again.
 */
export async function action({ request }: Route.ActionArgs): Promise<Response> {
  const configured = requireBanks()
  if (!configured.ok) return new Response('No bank link service is configured.', { status: 404 })
  const rawBody = await request.text()
  const token = request.headers.get('plaid-verification') ?? ''
  try {
    // Signatures are of real time, whatever day the portal shows.
    const received = await receiveBankEvent(configured.banks, rawBody, token, new Date())
    if (received.ok) return new Response(null, { status: 200 })
    log.warn({ reason: received.reason }, 'an event of the bank link service was turned away')
    return new Response('The signature is not right.', { status: 400 })
  } catch (error) {
    log.error({ err: error }, 'an event of the bank link service could not be stored')
    return new Response('Try again.', { status: 500 })
  }
}

/** Only the bank link service has business here. */
export function loader(): Response {
  return new Response('Webhooks are posted.', { status: 405, headers: { allow: 'POST' } })
}
