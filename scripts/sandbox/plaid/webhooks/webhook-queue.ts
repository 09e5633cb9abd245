import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

export type WebhookBody = { webhook_type: string; webhook_code: string } & Record<string, unknown>

/**
 * Queues a webhook for the address that a link or item names, in the caller's transaction.
 * @param component its name in the official schema
 * @throws Error when it is not what the official schema allows
 */
export function queueWebhook(
  sandbox: Sandbox,
  url: string | null,
  component: string,
  body: WebhookBody,
): void {
  sandbox.plaidSchema.assertComponent(component, body)
  if (url === null) return
  const sql = 'INSERT INTO plaid_webhook (url, type, body, next_at_ms) VALUES (?, ?, ?, ?)'
  // Pretty-printed as the provider does, which proves that a receiver hashes the raw body.
  sandbox.store.run(
    sql,
    url,
    `${body.webhook_type}/${body.webhook_code}`,
    JSON.stringify(body, null, 2),
    Date.now(),
  )
}
