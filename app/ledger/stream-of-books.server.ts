import { bytesToHex } from '@noble/hashes/utils.js'
import { db, type Tx } from '#app/platform/db.server.ts'
import type { ChainDeployment } from '#app/platform/generated/client.ts'
import { foldEntries } from './chain-reader.ts'
import { continuationKeyOf } from './commitment.ts'
import type { ChainEntry, LedgerStream } from './stream.ts'

/** What the books call the ledger contract in `chain_deployment.kind`. */
export const LEDGER_KIND = 'PaymentLedger'

type HashedEntry = Pick<ChainEntry, 'subjectKey' | 'commitment'>

/** The ledger deployments on one chain, or on all, oldest first. */
export async function listDeployments(chainId?: bigint, client: Tx = db): Promise<ChainDeployment[]> {
  return client.chainDeployment.findMany({
    where: { kind: LEDGER_KIND, ...(chainId === undefined ? {} : { chainId }) },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  })
}

/** The stream that a deployment holds. */
export function streamOf(deployment: ChainDeployment): LedgerStream {
  return {
    chainId: deployment.chainId,
    contract: deployment.address,
    writer: deployment.writerAddress,
    fromBlock: deployment.fromBlock,
  }
}

/**
 * The entries of a deployment's stream as our books have queued them, the continuation of an older stream included.
 * `deployments` are all deployments, oldest first.
 */
export async function entriesOfBooks(
  deployment: ChainDeployment,
  deployments: readonly ChainDeployment[],
  client: Tx = db,
): Promise<HashedEntry[]> {
  const index = deployments.findIndex((each) => each.id === deployment.id)
  const older = deployments[index - 1]
  const first = older === undefined ? [] : [await continuationOf(older, deployments, client)]
  const rows = await client.$queryRaw<{ subjectKey: Uint8Array; commitment: Uint8Array }[]>`
    SELECT c.subject_key AS "subjectKey", c.commitment
      FROM ledger_entry l JOIN commitment c ON c.ledger_event_id = l.ledger_event_id
     WHERE l.chain_deployment_id = ${deployment.id}::uuid ORDER BY l.position`
  const own = rows.map((row) => ({
    subjectKey: `0x${bytesToHex(row.subjectKey)}`,
    commitment: `0x${bytesToHex(row.commitment)}`,
  }))
  return [...first, ...own]
}

/** The entry with which a stream continues `older`: its key, and the head that its entries add up to. */
export async function continuationOf(
  older: ChainDeployment,
  deployments: readonly ChainDeployment[],
  client: Tx = db,
): Promise<HashedEntry> {
  const { chainId, contract, writer } = streamOf(older)
  return {
    subjectKey: `0x${bytesToHex(continuationKeyOf(chainId, contract, writer))}`,
    commitment: foldEntries(await entriesOfBooks(older, deployments, client)),
  }
}
