import { hexToBytes } from '@noble/hashes/utils.js'
import { newId } from '#app/books/ids.ts'
import type { LedgerSigner, SignedTransaction } from '#app/gateways/chain/port.ts'
import type { Tx } from '#app/platform/db.server.ts'

/**
 * Takes the account's lock and answers its next nonce. Everything that decides what the next transaction is must be read
 * after this, in the same database transaction: two workers then never build on the same state. A nonce below
 * `minedCount`, the account's count on the chain, is gone, whoever used it.
 */
export async function lockAccount(tx: Tx, signer: LedgerSigner, minedCount: number): Promise<number> {
  await tx.$executeRaw`
    INSERT INTO chain_account (chain_id, address, next_nonce) VALUES (${signer.chainId}, ${signer.address}, ${minedCount})
    ON CONFLICT (chain_id, address) DO UPDATE SET next_nonce = greatest(chain_account.next_nonce, excluded.next_nonce)`
  const [account] = await tx.$queryRaw<{ nextNonce: number }[]>`
    SELECT next_nonce AS "nextNonce" FROM chain_account
     WHERE chain_id = ${signer.chainId} AND address = ${signer.address} FOR UPDATE`
  if (account === undefined) throw new Error('the chain account is missing')
  return account.nextNonce
}

/**
 * Stores a signed transaction before anything of it leaves this machine, and moves the account's nonce past it. Broadcast
 * comes after the commit, and again until it is mined. Answers the id of its row.
 */
export async function storeTransaction(
  tx: Tx,
  signer: LedgerSigner,
  stored: { signed: SignedTransaction; nonce: number; purpose: string; now: Date; replacesId?: string },
): Promise<string> {
  const { signed, nonce, purpose, now, replacesId = null } = stored
  const id = newId()
  const { chainId, address } = signer
  const raw = Uint8Array.from(hexToBytes(signed.raw.slice(2)))
  await tx.chainTransaction.create({
    data: {
      id,
      chainId,
      sender: address,
      nonce,
      purpose,
      raw,
      hash: signed.hash,
      replacesId,
      createdAt: now,
    },
  })
  await tx.chainTransactionStatus.create({
    data: { chainTransactionId: id, state: 'queued', updatedAt: now },
  })
  await tx.$executeRaw`
    UPDATE chain_account SET next_nonce = greatest(next_nonce, ${nonce + 1})
     WHERE chain_id = ${chainId} AND address = ${address}`
  return id
}
