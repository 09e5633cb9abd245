import { bytesToHex } from '@noble/hashes/utils.js'
import type { Chain } from '#app/gateways/chain/port.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db } from '#app/platform/db.server.ts'
import { alarm, endAlarm } from './chain-alarm.server.ts'

/** What is not mined is sent again after this long: nodes forget what waits in their pool. */
const AGAIN_AFTER_MS = 10_000
const PAGE_SIZE = 500

type Stored = { id: string; nonce: number; sender: string; hash: string; raw: Uint8Array }

/**
 * Sends every stored transaction of a chain that is not known to be mined, in nonce order, the same bytes each time. Of several
 * with one nonce only the newest is sent. Stops at the first that the chain refuses, since what follows would wait behind
 * it. Answers how many the chain took. Throws GatewayFault when the chain does not answer.
 */
export async function broadcastWaiting(chain: Chain): Promise<number> {
  const now = await readNow()
  const waiting = await listWaiting(chain.chainId, new Date(now.getTime() - AGAIN_AFTER_MS))
  const sent: string[] = []
  try {
    for (const stored of waiting) {
      const answer = await chain.broadcast(`0x${bytesToHex(stored.raw)}`)
      if (answer.kind === 'refused') {
        await noteRefusal(stored, answer.reason, now)
        break
      }
      if (answer.kind === 'nonce_used' && !(await isOursMined(chain, stored))) {
        await noteTakenNonce(chain, stored, now)
        continue
      }
      sent.push(stored.id)
    }
  } finally {
    if (sent.length > 0) await noteSent(sent, now)
  }
  if (sent.length === waiting.length && sent.length > 0)
    await endAlarm('chain.refused', 'the chain takes transactions again')
  return sent.length
}

async function listWaiting(chainId: bigint, sentBefore: Date): Promise<Stored[]> {
  return db.$queryRaw<Stored[]>`
    SELECT id, nonce, sender, hash, raw FROM (
      SELECT DISTINCT ON (t.sender, t.nonce) t.id, t.nonce, t.sender, t.hash, t.raw, s.state, s.sent_at
        FROM chain_transaction t JOIN chain_transaction_status s ON s.chain_transaction_id = t.id
       WHERE t.chain_id = ${chainId} AND s.state IN ('queued', 'sent')
       ORDER BY t.sender, t.nonce, t.created_at DESC, t.id DESC) AS newest
     WHERE state = 'queued' OR sent_at IS NULL OR sent_at < ${sentBefore}
     ORDER BY sender, nonce LIMIT ${PAGE_SIZE}`
}

/** Whether it is a transaction of ours that took the nonce. */
async function isOursMined(chain: Chain, stored: Stored): Promise<boolean> {
  const siblings = await db.chainTransaction.findMany({
    where: { chainId: chain.chainId, sender: stored.sender, nonce: stored.nonce },
    select: { hash: true },
  })
  for (const { hash } of siblings) if ((await chain.findReceipt(hash)) !== null) return true
  return false
}

/**
 * Somebody else used our key, so this transaction can never be mined: it counts as refused and is signed anew. The contract
 * takes its entries once, whatever else happens. A person has to find out who holds the key.
 */
async function noteTakenNonce(chain: Chain, stored: Stored, now: Date): Promise<void> {
  const { id, nonce, sender, hash } = stored
  if ((await chain.minedCount(sender)) <= nonce) return
  await db.chainTransactionStatus.update({
    where: { chainTransactionId: id },
    data: { state: 'reverted', lastError: 'its nonce was used by a foreign transaction', updatedAt: now },
  })
  await alarm('chain.nonce-taken', { subjectId: id, nonce, sender, hash })
}

async function noteSent(ids: string[], now: Date): Promise<void> {
  await db.chainTransactionStatus.updateMany({
    where: { chainTransactionId: { in: ids }, state: { in: ['queued', 'sent'] } },
    data: { state: 'sent', sentAt: now, lastError: null, updatedAt: now },
  })
}

async function noteRefusal(stored: Stored, reason: string, now: Date): Promise<void> {
  await db.chainTransactionStatus.update({
    where: { chainTransactionId: stored.id },
    data: { lastError: reason, sentAt: now, state: 'sent', updatedAt: now },
  })
  await alarm('chain.refused', { subjectId: stored.id, nonce: stored.nonce, reason })
}
