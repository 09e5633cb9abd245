/**
 * Whether a webhook comes from Plaid: a token signed with ES256 by one of Plaid's keys, at most five minutes old, over the
 * very bytes of the body. What needs no key is checked first, so that most forgeries cost Plaid nothing.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { compactVerify, decodeJwt, decodeProtectedHeader, errors, type JWK } from 'jose'
import { z } from 'zod'
import { webhookBody } from '#app/gateways/plaid/answers.ts'
import { bankLinkEvent } from '#app/gateways/plaid/mapping.ts'
import type { WebhookRefusal, WebhookVerdict } from '#app/gateways/plaid/port.ts'

/** Half a minute of a clock that runs ahead is let pass. */
const MOST_SECONDS_OLD = 300
const MOST_SECONDS_AHEAD = 30

export type WebhookKey = { readonly jwk: JWK; readonly expiredAtSeconds: number | null }

/** Finds a key by its id, or null when Plaid has none of that id (or was asked too often for unknown ones). */
export type FindWebhookKey = (keyId: string, now: Date) => Promise<WebhookKey | null>

const claims = z.object({ iat: z.number().int(), request_body_sha256: z.string().regex(/^[0-9a-f]{64}$/) })

export async function verifyWebhook(
  findKey: FindWebhookKey,
  rawBody: string,
  token: string,
  now: Date,
): Promise<WebhookVerdict> {
  const read = readToken(token)
  if (typeof read === 'string') return refused(read)
  const nowSeconds = now.getTime() / 1000
  if (nowSeconds - read.iat > MOST_SECONDS_OLD || read.iat - nowSeconds > MOST_SECONDS_AHEAD)
    return refused('too_old')
  const told = Buffer.from(read.request_body_sha256, 'hex')
  if (!timingSafeEqual(told, createHash('sha256').update(rawBody).digest())) return refused('wrong_body')
  const key = await findKey(read.kid, now)
  if (key === null) return refused('unknown_key')
  if (key.expiredAtSeconds !== null && key.expiredAtSeconds <= nowSeconds) return refused('expired_key')
  if (!(await isSignedBy(key, token))) return refused('wrong_signature')
  return readEvent(rawBody, read.iat)
}

const refused = (reason: WebhookRefusal): WebhookVerdict => ({ ok: false, reason })

/** What the token claims, before anything proves it; or why it is none of Plaid's. */
function readToken(token: string): (z.infer<typeof claims> & { kid: string }) | WebhookRefusal {
  try {
    const { alg, kid } = decodeProtectedHeader(token)
    if (alg !== 'ES256') return 'wrong_algorithm'
    if (typeof kid !== 'string' || kid === '' || kid.length > 100) return 'malformed'
    const parsed = claims.safeParse(decodeJwt(token))
    return parsed.success ? { ...parsed.data, kid } : 'malformed'
  } catch (error) {
    // Both decoders throw nothing else for what is no token.
    if (error instanceof TypeError || error instanceof errors.JOSEError) return 'malformed'
    throw error
  }
}

async function isSignedBy({ jwk }: WebhookKey, token: string): Promise<boolean> {
  try {
    await compactVerify(token, jwk, { algorithms: ['ES256'] })
    return true
  } catch (error) {
    if (error instanceof errors.JOSEError) return false
    throw error
  }
}

function readEvent(rawBody: string, issuedAtSeconds: number): WebhookVerdict {
  const body = webhookBody.safeParse(parseJson(rawBody))
  if (!body.success) return refused('malformed')
  // Two events can have the very same body; the time of the signature tells them apart.
  const eventId = createHash('sha256').update(`${issuedAtSeconds}.${rawBody}`).digest('hex')
  return { ok: true, event: bankLinkEvent(body.data, eventId, rawBody) }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
