import type { FindWebhookKey, WebhookKey } from '#app/gateways/plaid/verify-webhook.ts'

/** A key is asked for again after so long, to hear of its end. */
const KEY_LIFE_MS = 5 * 60_000
/** Plaid is asked for at most so many keys that it may not have, in so long: forged webhooks can name any. */
const MOST_UNKNOWN = 10
const UNKNOWN_WINDOW_MS = 60_000

/**
 * Plaid's keys for webhooks, kept in memory. A key that is known stays available however many forgeries name others.
 * @param fetchKey asks Plaid; null when it has no such key, throws when it does not answer
 */
export function createWebhookKeys(fetchKey: (keyId: string) => Promise<WebhookKey | null>): FindWebhookKey {
  const known = new Map<string, { key: WebhookKey; at: number }>()
  const underWay = new Map<string, Promise<WebhookKey | null>>()
  let askedAt: number[] = []

  function mayAskForUnknown(at: number): boolean {
    askedAt = askedAt.filter((each) => at - each < UNKNOWN_WINDOW_MS)
    if (askedAt.length >= MOST_UNKNOWN) return false
    askedAt.push(at)
    return true
  }

  async function fetchAndKeep(keyId: string, at: number): Promise<WebhookKey | null> {
    const key = await fetchKey(keyId)
    if (key === null) known.delete(keyId)
    else known.set(keyId, { key, at })
    return key
  }

  return async (keyId, now) => {
    const at = now.getTime()
    const kept = known.get(keyId)
    if (kept !== undefined && at - kept.at < KEY_LIFE_MS) return kept.key
    const running = underWay.get(keyId)
    if (running !== undefined) return running
    if (kept === undefined && !mayAskForUnknown(at)) return null
    const asked = fetchAndKeep(keyId, at).finally(() => underWay.delete(keyId))
    underWay.set(keyId, asked)
    return asked
  }
}
