import type { Receipt } from '#app/gateways/chain/port.ts'
import { db, type Tx } from '#app/platform/db.server.ts'

/** One of our transactions with the chain's word about it. */
export type Mined = { id: string; receipt: Receipt }

/** Our transactions on a chain that are not known to be mined. */
export async function waitingHashes(chainId: bigint): Promise<{ id: string; hash: string }[]> {
  return db.chainTransaction.findMany({
    where: { chainId, status: { state: { in: ['queued', 'sent'] } } },
    select: { id: true, hash: true },
  })
}

/**
 * A transaction is in a block, and so is the end of every other with its nonce. If it succeeded, so did what it replaces:
 * an entry names the transaction that it was first sent with.
 */
export async function markMined(tx: Tx, { id, receipt }: Mined, now: Date): Promise<void> {
  const { blockNumber, blockHash, gasUsed, succeeded } = receipt
  await tx.$executeRaw`
    WITH RECURSIVE family AS (
      SELECT same.id, same.replaces_id FROM chain_transaction own JOIN chain_transaction same USING (chain_id, sender, nonce)
       WHERE own.id = ${id}::uuid
      UNION SELECT t.id, t.replaces_id FROM chain_transaction t JOIN family f ON t.id = f.replaces_id WHERE ${succeeded}
    )
    UPDATE chain_transaction_status
       SET state = (CASE WHEN ${succeeded} THEN 'recorded' ELSE 'reverted' END)::chain_state, block_number = ${blockNumber},
           block_hash = ${blockHash}, gas_used = ${gasUsed}, recorded_at = ${now}, final_at = NULL, last_error = NULL, updated_at = ${now}
     WHERE chain_transaction_id IN (SELECT id FROM family)`
}

/** Everything recorded at or below a block is final from now on. */
export async function markFinal(chainId: bigint, number: bigint, now: Date): Promise<void> {
  await db.chainTransactionStatus.updateMany({
    where: { state: 'recorded', blockNumber: { lte: number }, transaction: { chainId } },
    data: { state: 'final', finalAt: now, updatedAt: now },
  })
}

/** What stood above the last shared block (all of it, when there is none) goes back to be sent again. */
export async function putBack(tx: Tx, chainId: bigint, shared: bigint | null, now: Date): Promise<void> {
  await tx.chainTransactionStatus.updateMany({
    where: {
      transaction: { chainId },
      state: { in: ['sent', 'recorded', 'final', 'reverted'] },
      OR: [{ blockNumber: { gt: shared ?? -1n } }, { blockNumber: null }],
    },
    data: {
      state: 'sent',
      sentAt: null,
      blockNumber: null,
      blockHash: null,
      gasUsed: null,
      recordedAt: null,
      finalAt: null,
      updatedAt: now,
    },
  })
}
