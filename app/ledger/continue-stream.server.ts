/**
 * A new ledger contract goes on where the last one ended: its first entry commits the old stream's head. It may take over only
 * once the chain holds all of that stream.
 */
import { concatBytes, hexToBytes } from '@noble/hashes/utils.js'
import type { Chain, Fees, LedgerSigner } from '#app/gateways/chain/port.ts'
import type { Tx } from '#app/platform/db.server.ts'
import type { ChainDeployment } from '#app/platform/generated/client.ts'
import { foldEntries } from './chain-reader.ts'
import { storeTransaction } from './store-transaction.server.ts'
import { continuationOf, entriesOfBooks, listDeployments } from './stream-of-books.server.ts'

/** Why the books take no new contract; `sentence` says what to do first. */
export type DeploymentRefusal = {
  code: 'OLD_STREAM_WAITS' | 'OLD_STREAM_DIFFERS' | 'OTHER_WRITER' | 'CONTRACT_MISSING' | 'STREAM_IN_USE'
  sentence: string
}

export type Deployed =
  | { ok: true; deployment: ChainDeployment; isNew: boolean }
  | { ok: false; refusal: DeploymentRefusal }

/** The head of the last stream, when its contract stands on this chain; null when it does not. */
export async function oldHeadOn(chain: Chain): Promise<string | null> {
  const last = (await listDeployments()).at(-1)
  if (last?.chainId !== chain.chainId || !(await chain.hasCode(last.address))) return null
  return chain.streamHead(last.address, last.writerAddress)
}

/** Under the old writer's lock, so that nothing is added to its stream meanwhile. `headOnChain` is null on another chain. */
export async function refuseUnfinished(
  tx: Tx,
  older: readonly ChainDeployment[],
  headOnChain: string | null,
): Promise<DeploymentRefusal | null> {
  const last = older.at(-1)
  if (last === undefined) return null
  const { chainId, writerAddress } = last
  await tx.$queryRaw`
    SELECT FROM chain_account WHERE chain_id = ${chainId} AND address = ${writerAddress} FOR UPDATE`
  const waiting = await tx.chainTransactionStatus.count({
    where: {
      state: { notIn: ['recorded', 'final'] },
      transaction: { chainId, sender: writerAddress, replacesId: null },
    },
  })
  if (waiting > 0)
    return {
      code: 'OLD_STREAM_WAITS',
      sentence: `${waiting} transactions of the last ledger contract, ${last.address}, are not on chain ${chainId} yet. Let a worker send them first, with that chain's CHAIN_RPC_URL and LEDGER_WRITER_KEY.`,
    }
  const head = foldEntries(await entriesOfBooks(last, older, tx))
  if (headOnChain === null || headOnChain === head) return null
  return {
    code: 'OLD_STREAM_DIFFERS',
    sentence: `The stream in the last ledger contract, ${last.address}, is not the one in the books. Try again in a minute; if it stays so, compare the two before anything is deployed.`,
  }
}

/** Signs and stores the new contract's first entry, when there is an older stream to continue. */
export async function continueOldStream(
  tx: Tx,
  signer: LedgerSigner,
  next: { older: readonly ChainDeployment[]; contract: string; nonce: number; fees: Fees; now: Date },
): Promise<boolean> {
  const last = next.older.at(-1)
  if (last === undefined) return false
  const entry = await continuationOf(last, next.older, tx)
  const entries = concatBytes(hexToBytes(entry.subjectKey.slice(2)), hexToBytes(entry.commitment.slice(2)))
  const { contract, nonce, fees, now } = next
  const signed = signer.signAppend({ contract, expectedCount: 0, entries, nonce, fees })
  await storeTransaction(tx, signer, { signed, nonce, purpose: 'ledger.continue', now })
  return true
}
