import { concatBytes } from '@noble/hashes/utils.js'
import type { Fees, LedgerSigner } from '#app/gateways/chain/port.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db, type Tx, withTransaction } from '#app/platform/db.server.ts'
import type { ChainDeployment } from '#app/platform/generated/client.ts'
import { hasEnded } from './erased-salts.server.ts'
import { nextEntries, type WaitingEntry } from './next-entries.ts'
import type { NumberFloor } from './number-floor.ts'
import { readHorizon } from './read-horizon.server.ts'
import { lockAccount, storeTransaction } from './store-transaction.server.ts'
import { listDeployments } from './stream-of-books.server.ts'

/** A batch is sent when it is full, or when its oldest entry has waited this long. */
export type BatchRules = { size: number; longestWaitMs: number }

export const BATCH_RULES: BatchRules = { size: 200, longestWaitMs: 1_000 }
/** Batches that may be on their way at once; more wait as events, so that a slow chain does not pile up old fees. */
const MOST_ON_THE_WAY = 32

type Waiting = WaitingEntry & {
  number: bigint
  subjectKey: Uint8Array
  commitment: Uint8Array
  createdAt: Date
}

/**
 * Signs and stores batches of committed events for the newest ledger contract of the signer's chain; broadcasting them is
 * another step. Answers how many batches. `suggestFees` is asked only when there is something to send.
 */
export async function queueBatches(
  signer: LedgerSigner,
  chain: { suggestFees: () => Promise<Fees>; minedCount: (address: string) => Promise<number> },
  floor: NumberFloor,
  rules: BatchRules = BATCH_RULES,
): Promise<number> {
  const waiting = await listWaiting(db, floor, rules)
  if (waiting.length === 0) await raiseFloor(floor)
  if (!isDue(waiting, await readNow(), rules)) return 0
  const fees = await chain.suggestFees()
  const minedCount = await chain.minedCount(signer.address)
  for (let batches = 0; ; batches += 1) {
    const size = await queueBatch(signer, fees, minedCount, floor, rules)
    if (size < rules.size) return batches + (size > 0 ? 1 : 0)
  }
}

/** Events that wait for their commitment are not done either. */
async function raiseFloor(floor: NumberFloor): Promise<void> {
  const horizon = await readHorizon(floor)
  const [row] = await db.$queryRaw<{ isDone: boolean }[]>`
    SELECT NOT EXISTS (
      SELECT FROM ledger_event e
        LEFT JOIN ledger_entry l ON l.ledger_event_id = e.id
        LEFT JOIN commitment c ON c.ledger_event_id = e.id
       WHERE e.number > ${floor.value} AND l.ledger_event_id IS NULL
         AND (c.ledger_event_id IS NOT NULL OR NOT ${hasEnded})) AS "isDone"`
  if (row?.isDone) floor.foundNothing(horizon)
}

function isDue(waiting: readonly Waiting[], now: Date, rules: BatchRules): boolean {
  const oldest = Math.min(...waiting.map((entry) => entry.createdAt.getTime()))
  return waiting.length >= rules.size || (waiting.length > 0 && now.getTime() - oldest >= rules.longestWaitMs)
}

/** One batch under the account's lock, so that nobody else chooses the same entries or position. Answers its size. */
async function queueBatch(
  signer: LedgerSigner,
  fees: Fees,
  minedCount: number,
  floor: NumberFloor,
  rules: BatchRules,
): Promise<number> {
  return withTransaction(async (tx) => {
    const nonce = await lockAccount(tx, signer, minedCount)
    const deployments = await listDeployments(undefined, tx)
    const deployment = deployments.at(-1)
    if (deployment?.chainId !== signer.chainId)
      throw new Error(`no ledger contract is deployed on chain ${signer.chainId}: npm run deploy`)
    if (deployment.writerAddress !== signer.address)
      throw new Error(
        `the ledger's writer is ${deployment.writerAddress}, not ${signer.address}: npm run deploy`,
      )
    if (!(await hasRoom(tx, signer))) return 0

    const waiting = await listWaiting(tx, floor, rules)
    const entries = nextEntries(waiting, await queuedUpTo(tx, waiting))
    if (entries.length === 0) return 0
    const position = await nextPosition(tx, deployment, deployments.length > 1)
    const bytes = concatBytes(...entries.flatMap((entry) => [entry.subjectKey, entry.commitment]))
    const signed = signer.signAppend({
      contract: deployment.address,
      expectedCount: position,
      entries: bytes,
      nonce,
      fees,
    })
    const id = await storeTransaction(tx, signer, {
      signed,
      nonce,
      purpose: 'ledger.append',
      now: await readNow(tx),
    })
    await tx.ledgerEntry.createMany({
      data: entries.map((entry, index) => ({
        ledgerEventId: entry.eventId,
        chainDeploymentId: deployment.id,
        position: position + index,
        chainTransactionId: id,
      })),
    })
    return entries.length
  })
}

async function listWaiting(client: Tx, floor: NumberFloor, { size }: BatchRules): Promise<Waiting[]> {
  return client.$queryRaw<Waiting[]>`
    SELECT e.id AS "eventId", e.number, e.subject_id AS "subjectId", e.sequence, c.subject_key AS "subjectKey", c.commitment,
           c.created_at AS "createdAt"
      FROM ledger_event e
      JOIN commitment c ON c.ledger_event_id = e.id
      LEFT JOIN ledger_entry l ON l.ledger_event_id = e.id
     WHERE e.number > ${floor.value} AND l.ledger_event_id IS NULL
     ORDER BY e.number LIMIT ${size}`
}

async function queuedUpTo(tx: Tx, waiting: readonly Waiting[]): Promise<Map<string, number>> {
  const subjects = [...new Set(waiting.map((entry) => entry.subjectId))]
  const rows = await tx.$queryRaw<{ subjectId: string; sequence: number }[]>`
    SELECT e.subject_id AS "subjectId", max(e.sequence) AS sequence
      FROM ledger_event e JOIN ledger_entry l ON l.ledger_event_id = e.id
     WHERE e.subject_id = ANY(${subjects}::uuid[]) GROUP BY e.subject_id`
  return new Map(rows.map((row) => [row.subjectId, row.sequence]))
}

/** A batch behind a refused one would be refused too, so nothing new is signed until that is mended. */
async function hasRoom(tx: Tx, signer: LedgerSigner): Promise<boolean> {
  const states = await tx.chainTransactionStatus.groupBy({
    by: ['state'],
    where: {
      state: { in: ['queued', 'sent', 'reverted'] },
      transaction: { chainId: signer.chainId, sender: signer.address, replacesId: null },
    },
    _count: true,
  })
  const onTheWay = states
    .filter(({ state }) => state !== 'reverted')
    .reduce((sum, { _count }) => sum + _count, 0)
  return onTheWay < MOST_ON_THE_WAY && states.every(({ state }) => state !== 'reverted')
}

async function nextPosition(tx: Tx, deployment: ChainDeployment, continues: boolean): Promise<number> {
  const last = await tx.ledgerEntry.aggregate({
    where: { chainDeploymentId: deployment.id },
    _max: { position: true },
  })
  return (last._max.position ?? (continues ? 0 : -1)) + 1
}
