import { createHmac, timingSafeEqual } from 'node:crypto'
import pg from 'pg'
import { z } from 'zod'
import { CONNECTIONS, WEBHOOK_SECRET } from '#scripts/bench/settings.ts'

const SIGNATURE_TOLERANCE_SECONDS = 300

// The app may not write the inbox itself, so this is the owner of the tables.
const pool = new pg.Pool({ connectionString: process.env.DATABASE_OWNER_URL, max: CONNECTIONS })

const event = z.object({
  id: z.string(),
  type: z.string(),
  created: z.number(),
  data: z.object({ object: z.object({ id: z.string() }) }),
})

/**
 * The least that a webhook can cost: its signature checked on the raw body, its fields read, and one INSERT that a second
 * delivery finds there. False when the signature is not right.
 */
export async function takeBareWebhook(rawBody: string, signature: string): Promise<boolean> {
  if (!isSigned(rawBody, signature)) return false
  const { id, type, created, data } = event.parse(JSON.parse(rawBody))
  await pool.query(
    `INSERT INTO webhook_inbox (id, provider, type, object_id, payload, event_at, received_at)
     VALUES ($1, 'stripe', $2, $3, $4::jsonb, to_timestamp($5), now()) ON CONFLICT (id) DO NOTHING`,
    [id, type, data.object.id, rawBody, created],
  )
  return true
}

function isSigned(rawBody: string, signature: string): boolean {
  const [, time, given] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature) ?? []
  if (time === undefined || given === undefined) return false
  const right = createHmac('sha256', WEBHOOK_SECRET).update(`${time}.${rawBody}`).digest()
  const isFresh = Math.abs(Date.now() / 1_000 - Number(time)) <= SIGNATURE_TOLERANCE_SECONDS
  return isFresh && timingSafeEqual(right, Buffer.from(given, 'hex'))
}
