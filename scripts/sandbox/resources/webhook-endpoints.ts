import type Stripe from 'stripe'
import { invalidRequest } from '#scripts/sandbox/api/api-error.ts'
import { type ListParams, listObjects } from '#scripts/sandbox/api/lists.ts'
import { readMetadata } from '#scripts/sandbox/api/metadata.ts'
import { type Operation, operation } from '#scripts/sandbox/api/operation.ts'
import { newProviderId, randomText } from '#scripts/sandbox/ids.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

const CONFIGURED_ID = 'we_configured'

/** Endpoints that register receivers of events: create, list. */
export const WEBHOOK_ENDPOINT_OPERATIONS: readonly Operation[] = [
  operation<Stripe.WebhookEndpointCreateParams>('POST', '/v1/webhook_endpoints', createEndpoint),
  operation<ListParams>('GET', '/v1/webhook_endpoints', (sandbox, params) =>
    listObjects(sandbox, 'webhook_endpoint', '/v1/webhook_endpoints', params),
  ),
]

function createEndpoint(
  sandbox: Sandbox,
  params: Stripe.WebhookEndpointCreateParams,
): Stripe.WebhookEndpoint {
  const url = URL.parse(params.url)
  if (!url || !['http:', 'https:'].includes(url.protocol))
    throw invalidRequest('Not a valid URL', 'url', 'url_invalid')
  const secret = `whsec_${randomText(32)}`
  const endpoint = endpointOf(sandbox, newProviderId('we'), params.url, params.enabled_events)
  const stored = {
    ...endpoint,
    api_version: params.api_version ?? null,
    description: params.description ?? null,
    metadata: readMetadata(params.metadata),
  }
  sandbox.store.insert<'webhook_endpoint'>(stored, { secret })
  return { ...stored, secret }
}

/** Makes the stored endpoint of the environment (WEBHOOK_URL, WEBHOOK_SECRET) what it is now; without one it is disabled. */
export function applyConfiguredEndpoint(sandbox: Sandbox): void {
  const wanted = sandbox.config.webhook
  const known = sandbox.store.find('webhook_endpoint', CONFIGURED_ID)
  if (!wanted) {
    if (known) sandbox.store.update({ ...known, status: 'disabled' })
    return
  }
  if (!known) {
    sandbox.store.insert<'webhook_endpoint'>(endpointOf(sandbox, CONFIGURED_ID, wanted.url, ['*']), {
      secret: wanted.secret,
    })
    return
  }
  sandbox.store.update({ ...known, url: wanted.url, status: 'enabled' })
  sandbox.store.setSecrets('webhook_endpoint', CONFIGURED_ID, { secret: wanted.secret })
}

function endpointOf(
  sandbox: Sandbox,
  id: string,
  url: string,
  enabledEvents: string[],
): Stripe.WebhookEndpoint {
  return {
    id,
    object: 'webhook_endpoint',
    api_version: null,
    application: null,
    created: sandbox.clock.now(),
    description: null,
    enabled_events: enabledEvents,
    livemode: false,
    metadata: {},
    status: 'enabled',
    url,
  }
}
