import { setTimeout as sleep } from 'node:timers/promises'
import { bytesToHex } from '@noble/hashes/utils.js'
import { newId } from '#app/books/ids.ts'
import { isLocalChain } from '#app/gateways/chain/local-chain.ts'
import type { Chain, LedgerSigner } from '#app/gateways/chain/port.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db, type Tx, withTransaction } from '#app/platform/db.server.ts'
import type { ChainDeployment } from '#app/platform/generated/client.ts'
import { broadcastWaiting } from './broadcast.server.ts'
import { continueOldStream, type Deployed, oldHeadOn, refuseUnfinished } from './continue-stream.server.ts'
import { lockAccount, storeTransaction } from './store-transaction.server.ts'
import { LEDGER_KIND, listDeployments } from './stream-of-books.server.ts'

const LOOK_EVERY_MS = 200

/**
 * Makes sure that the books know a ledger contract of this program, written to by this signer, on its chain. A new one goes
 * through the same queue as every transaction: signed and stored first. When it follows an older one, its first entry, stored
 * along with it, commits the old stream's head; refused while the chain does not hold all of that stream. Answers the
 * deployment, and whether it is new.
 */
export async function deployLedger(chain: Chain, signer: LedgerSigner): Promise<Deployed> {
  const current = await findCurrent(signer)
  if (current !== null) return { ok: true, deployment: current, isNew: false }
  const headBefore = await oldHeadOn(chain)
  const fees = await chain.suggestFees()
  const minedCount = await chain.minedCount(signer.address)
  const head = await chain.findBlock('latest')
  // A development chain may start over, with lower numbers.
  const fromBlock = head === null || isLocalChain(chain.chainId) ? 0n : head.number

  return withTransaction(async (tx) => {
    const nonce = await lockAccount(tx, signer, minedCount)
    const meanwhile = await findCurrent(signer, tx)
    if (meanwhile !== null) return { ok: true, deployment: meanwhile, isNew: false }
    const now = await readNow(tx)
    const older = await listDeployments(undefined, tx)
    const refusal = await refuseUnfinished(tx, older, headBefore)
    if (refusal !== null) return { ok: false, refusal }
    const { contract, ...signed } = signer.signDeployment({ nonce, fees })
    const chainTransactionId = await storeTransaction(tx, signer, {
      signed,
      nonce,
      purpose: 'deploy.payment-ledger',
      now,
    })
    const deployment = await tx.chainDeployment.create({
      data: {
        id: newId(),
        kind: LEDGER_KIND,
        chainId: chain.chainId,
        address: contract,
        writerAddress: signer.address,
        chainTransactionId,
        fromBlock,
        createdAt: now,
      },
    })
    await continueOldStream(tx, signer, { older, contract, nonce: nonce + 1, fees, now })
    return { ok: true, deployment, isNew: true }
  })
}

/** Sends what waits until the contract stands on the chain. Answers false when that takes longer than `limitMs`. */
export async function awaitDeployment(
  chain: Chain,
  deployment: ChainDeployment,
  limitMs: number,
): Promise<boolean> {
  for (const startedAt = performance.now(); performance.now() - startedAt < limitMs; ) {
    if (await chain.hasCode(deployment.address)) return true
    await broadcastWaiting(chain)
    await sleep(LOOK_EVERY_MS)
  }
  return false
}

/** The newest deployment, when it is of this program's contract and this signer's; null when a new one is due. */
async function findCurrent(signer: LedgerSigner, client: Tx = db): Promise<ChainDeployment | null> {
  const last = (await listDeployments(undefined, client)).at(-1)
  if (last?.chainId !== signer.chainId || last.writerAddress !== signer.address) return null
  if (last.chainTransactionId === null) return last
  const { raw } = await client.chainTransaction.findUniqueOrThrow({ where: { id: last.chainTransactionId } })
  return signer.isCurrentDeployment(`0x${bytesToHex(raw)}`) ? last : null
}
