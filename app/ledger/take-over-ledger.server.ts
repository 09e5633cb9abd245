import { newId } from '#app/books/ids.ts'
import type { DeployedContracts } from '#app/gateways/chain/deployed-contracts.ts'
import type { Chain, LedgerSigner } from '#app/gateways/chain/port.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { type Tx, withTransaction } from '#app/platform/db.server.ts'
import {
  continueOldStream,
  type Deployed,
  type DeploymentRefusal,
  oldHeadOn,
  refuseUnfinished,
} from './continue-stream.server.ts'
import { lockAccount } from './store-transaction.server.ts'
import { LEDGER_KIND, listDeployments } from './stream-of-books.server.ts'

type Books = NonNullable<DeployedContracts['books']>

/**
 * Makes the books know a ledger contract that was deployed by somebody else's key, as `deployments/CHAINID.json` says. Nothing is
 * deployed; when it follows an older one, its first entry, which commits the old stream's head, is signed and stored along with it.
 * Refused when this writer may not write there, when nothing stands at the address, or when the stream holds entries that
 * these books never made.
 */
export async function takeOverLedger(chain: Chain, signer: LedgerSigner, books: Books): Promise<Deployed> {
  const known = await findKnown(chain.chainId, books)
  if (known !== undefined) return { ok: true, deployment: known, isNew: false }
  const unfit = await refuseUnfit(chain, signer, books)
  if (unfit !== null) return { ok: false, refusal: unfit }
  const headBefore = await oldHeadOn(chain)
  const fees = await chain.suggestFees()
  const minedCount = await chain.minedCount(signer.address)

  return withTransaction(async (tx) => {
    const nonce = await lockAccount(tx, signer, minedCount)
    const meanwhile = await findKnown(chain.chainId, books, tx)
    if (meanwhile !== undefined) return { ok: true, deployment: meanwhile, isNew: false }
    const older = await listDeployments(undefined, tx)
    const refusal = await refuseUnfinished(tx, older, headBefore)
    if (refusal !== null) return { ok: false, refusal }
    const now = await readNow(tx)
    const deployment = await tx.chainDeployment.create({
      data: {
        id: newId(),
        kind: LEDGER_KIND,
        chainId: chain.chainId,
        address: books.ledger,
        writerAddress: signer.address,
        fromBlock: books.fromBlock,
        createdAt: now,
      },
    })
    await continueOldStream(tx, signer, { older, contract: books.ledger, nonce, fees, now })
    return { ok: true, deployment, isNew: true }
  })
}

/** Only the newest deployment counts: an older one was followed by another, and its stream has ended. */
async function findKnown(chainId: bigint, books: Books, client?: Tx) {
  const last = (await listDeployments(undefined, client)).at(-1)
  return last?.chainId === chainId && last.address === books.ledger ? last : undefined
}

async function refuseUnfit(
  chain: Chain,
  signer: LedgerSigner,
  { ledger, writer }: Books,
): Promise<DeploymentRefusal | null> {
  if (writer !== signer.address)
    return {
      code: 'OTHER_WRITER',
      sentence: `PaymentLedger ${ledger} on chain ${chain.chainId} is written by ${writer}, and LEDGER_WRITER_KEY belongs to ${signer.address}. Set the key of ${writer}.`,
    }
  if (!(await chain.hasCode(ledger)))
    return {
      code: 'CONTRACT_MISSING',
      sentence: `There is no contract at ${ledger} on chain ${chain.chainId}. Check CHAIN_RPC_URL, and the file in deployments/.`,
    }
  const count = Number.parseInt((await chain.streamHead(ledger, writer)).slice(-8), 16)
  if (count === 0) return null
  return {
    code: 'STREAM_IN_USE',
    sentence: `${writer} has written ${count} entries into PaymentLedger ${ledger} that these books do not know. Connect the database that made them, or deploy another ledger.`,
  }
}
