import { bytesToHex } from '@noble/hashes/utils.js'
import type { Chain, Fees, LedgerSigner } from '#app/gateways/chain/port.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db, withTransaction } from '#app/platform/db.server.ts'
import { log } from '#app/platform/log.server.ts'
import { endAlarm } from './chain-alarm.server.ts'
import { lockAccount, storeTransaction } from './store-transaction.server.ts'

/** A transaction that was refused on chain is tried again after this long, then after twice that, and so on. */
const FIRST_RETRY_MS = 60_000
const LONGEST_RETRY_MS = 3_600_000
/** A transaction that no block takes for this long is offered again with a higher fee. */
const STUCK_AFTER_MS = 3 * 60_000

/**
 * Signs anew what the chain took and refused, oldest first, when nothing else is on its way. The same entries at the same
 * position: the contract accepts them exactly once, whichever copy comes first. Answers how many.
 */
export async function resendReverted(
  chain: Chain,
  signer: LedgerSigner,
  firstRetryMs: number = FIRST_RETRY_MS,
): Promise<number> {
  const ofAccount = { transaction: { chainId: signer.chainId, sender: signer.address } }
  const isBusy = await db.chainTransactionStatus.count({
    where: { state: { in: ['queued', 'sent'] }, ...ofAccount },
  })
  if (isBusy > 0) return 0
  const roots = await db.chainTransaction.findMany({
    where: {
      chainId: signer.chainId,
      sender: signer.address,
      replacesId: null,
      status: { state: 'reverted' },
    },
    orderBy: { nonce: 'asc' },
    include: { replacedBy: true, status: true },
  })
  const [first] = roots
  if (first === undefined) {
    await endAlarm('chain.reverted', 'every entry that was refused is on its way again or recorded')
    return 0
  }
  const now = await readNow()
  const last = Math.max(...[first, ...first.replacedBy].map((each) => each.createdAt.getTime()))
  const waitMs = Math.min(firstRetryMs * 2 ** first.replacedBy.length, LONGEST_RETRY_MS)
  if (now.getTime() - last < waitMs) return 0

  const fees = await chain.suggestFees()
  const minedCount = await chain.minedCount(signer.address)
  for (const root of roots) {
    await withTransaction(async (tx) => {
      const nonce = await lockAccount(tx, signer, minedCount)
      const signed = signer.signAgain(`0x${bytesToHex(root.raw)}`, { nonce, fees })
      await storeTransaction(tx, signer, { signed, nonce, purpose: root.purpose, now, replacesId: root.id })
    })
  }
  log.warn({ count: roots.length }, 'transactions that the chain refused are sent again')
  return roots.length
}

/** Offers the oldest waiting transaction again with fees at least an eighth higher, when the chain passes it over for minutes. */
export async function raiseStuckFee(
  chain: Chain,
  signer: LedgerSigner,
  stuckAfterMs: number = STUCK_AFTER_MS,
): Promise<boolean> {
  const now = await readNow()
  const oldest = await db.chainTransaction.findFirst({
    where: { chainId: signer.chainId, sender: signer.address, status: { state: 'sent' } },
    orderBy: [{ nonce: 'asc' }, { createdAt: 'desc' }],
  })
  if (oldest === null || now.getTime() - oldest.createdAt.getTime() < stuckAfterMs) return false
  if ((await chain.minedCount(signer.address)) !== oldest.nonce) return false
  const raw = `0x${bytesToHex(oldest.raw)}`
  const fees = higher(signer.feesOf(raw), await chain.suggestFees())
  if (fees === null) return false
  await withTransaction(async (tx) => {
    await lockAccount(tx, signer, oldest.nonce)
    const signed = signer.signAgain(raw, { nonce: oldest.nonce, fees })
    await storeTransaction(tx, signer, {
      signed,
      nonce: oldest.nonce,
      purpose: oldest.purpose,
      now,
      replacesId: oldest.id,
    })
  })
  log.warn({ nonce: oldest.nonce }, 'a transaction that waited too long is offered with a higher fee')
  return true
}

/** Nodes replace a waiting transaction only for a clearly higher fee. Null when the market asks for no more than was offered. */
function higher(offered: Fees, suggested: Fees): Fees | null {
  if (suggested.maxFeePerGas <= offered.maxFeePerGas) return null
  const raise = (old: bigint, wanted: bigint): bigint => {
    const least = old + old / 8n + 1n
    return wanted > least ? wanted : least
  }
  return {
    maxFeePerGas: raise(offered.maxFeePerGas, suggested.maxFeePerGas),
    maxPriorityFeePerGas: raise(offered.maxPriorityFeePerGas, suggested.maxPriorityFeePerGas),
  }
}
