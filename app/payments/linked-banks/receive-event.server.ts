import type { BankLinkEvent, BankLinkProvider, WebhookRefusal } from '#app/gateways/plaid/port.ts'
import { recordWebhook } from '#app/payments/posting.server.ts'
import { storable } from '#app/payments/webhooks/receive-webhook.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db, withRetry } from '#app/platform/db.server.ts'

export type Received =
  | { readonly ok: true; readonly isNew: boolean }
  | { readonly ok: false; readonly reason: WebhookRefusal }

/**
 * Takes an event of the bank link service in: proves on the raw body who sent it, stores once where to look, and queues that. Its
 * body is not kept: it can hold a token, and nothing of it is believed. `receivedAt` is real time, as signatures are. Throws when the
 * event could not be proved or stored, so that it is sent again.
 */
export async function receiveBankEvent(
  banks: BankLinkProvider,
  rawBody: string,
  token: string,
  receivedAt: Date,
): Promise<Received> {
  const verdict = await banks.verifyWebhook(rawBody, token, receivedAt)
  if (!verdict.ok) return verdict
  return { ok: true, isNew: await storeBankEvent(verdict.event) }
}

async function storeBankEvent(event: BankLinkEvent): Promise<boolean> {
  const { eventId, kind, type, linkToken, itemId, accountId, endsAt } = event
  const now = await readNow()
  const row = {
    id: eventId,
    provider: 'plaid',
    type,
    objectId: itemId ?? linkToken ?? type,
    payload: { kind, linkToken, itemId, accountId, endsAt: endsAt?.toISOString() ?? null },
    eventAt: now.toISOString(),
  }
  const { fresh } = await withRetry(() => recordWebhook(db, storable(row), now))
  return fresh
}
