import { isLocalChain } from '#app/gateways/chain/local-chain.ts'
import type { Block, Chain } from '#app/gateways/chain/port.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db, withTransaction } from '#app/platform/db.server.ts'
import { log } from '#app/platform/log.server.ts'
import { alarm, ChainDisaster } from './chain-alarm.server.ts'
import { type Mined, markFinal, markMined, putBack, waitingHashes } from './transaction-state.server.ts'

/** Blocks of which we keep number, hash and parent: how deep a reorganisation may go. */
export const WINDOW = 128n
/** Blocks that one round takes, and how many of them go into one database transaction. */
const BLOCKS_AT_ONCE = 512
const BLOCKS_TOGETHER = 32n

/**
 * Brings the books to the chain's head: rolls back to the last block that both share, then takes the blocks after it, a few
 * at a time, each time in one database transaction together with what they say of our transactions, and marks as final
 * what is deep enough. Answers how many blocks it took. Throws ChainDisaster when the chain changed deeper than the window,
 * unless it is a local one.
 */
export async function followChain(
  chain: Chain,
  confirmations: number,
  memory: FollowMemory = { head: null },
): Promise<number> {
  const head = await chain.findBlock('latest')
  if (head === null || head.hash === memory.head) return 0
  const shared = await rollBackToShared(chain, head)
  let taken = 0
  let at = await startingPoint(chain, head, shared)
  while (at.number < head.number && taken < BLOCKS_AT_ONCE) {
    const blocks = await blocksAfter(chain, at, head.number)
    const last = blocks.at(-1)
    const mined = await minedIn(chain, blocks)
    // The chain changed under us: the next round rolls back.
    if (last === undefined || mined === null) break
    await record(chain.chainId, blocks, mined)
    taken += blocks.length
    at = last
  }
  const final = await finalNumber(chain, head.number, confirmations)
  await markFinal(chain.chainId, final, await readNow())
  memory.head = at.hash
  return taken
}

/** The head up to which a follower has done everything, so that a chain that stands still costs one question. */
export type FollowMemory = { head: string | null }

/** The next blocks after a point, each the child of the one before; fewer when the chain changes meanwhile. */
async function blocksAfter(chain: Chain, point: Point, head: bigint): Promise<Block[]> {
  const count = Number(head - point.number < BLOCKS_TOGETHER ? head - point.number : BLOCKS_TOGETHER)
  const numbers = Array.from({ length: count }, (_, index) => point.number + BigInt(index) + 1n)
  const found = await Promise.all(numbers.map((number) => chain.findBlock(number)))
  const linked: Block[] = []
  for (const block of found) {
    const parent = linked.at(-1)?.hash ?? point.hash
    if (block === null || (parent !== null && block.parentHash !== parent)) break
    linked.push(block)
  }
  return linked
}

type StoredPoint = { number: bigint; hash: string }
type Point = { number: bigint; hash: string | null }

async function pointer(chainId: bigint): Promise<StoredPoint | null> {
  return db.chainBlock.findFirst({
    where: { chainId },
    orderBy: { number: 'desc' },
    select: { number: true, hash: true },
  })
}

/** The block after which to go on. Far behind, the receipts of what waits are asked for, and the blocks between left out. */
async function startingPoint(chain: Chain, head: Block, last: StoredPoint | null): Promise<Point> {
  const oldest = head.number - WINDOW
  if (last !== null && last.number >= oldest) return last
  if (oldest <= 0n) return last ?? { number: -1n, hash: null }
  const block = await chain.findBlock(oldest)
  if (block === null) return last ?? { number: oldest, hash: null }
  await leap(chain, block)
  return block
}

async function leap(chain: Chain, target: Block): Promise<void> {
  const mined: Mined[] = []
  for (const { id, hash } of await waitingHashes(chain.chainId)) {
    const receipt = await chain.findReceipt(hash)
    if (receipt !== null && receipt.blockNumber <= target.number) mined.push({ id, receipt })
  }
  await record(chain.chainId, [target], mined)
}

/** Our transactions in these blocks; null when the chain changed before their receipts were read. */
async function minedIn(chain: Chain, blocks: readonly Block[]): Promise<Mined[] | null> {
  const blockOf = new Map(
    blocks.flatMap((block) => block.transactionHashes.map((hash) => [hash, block.hash] as const)),
  )
  if (blockOf.size === 0) return []
  const ours = await db.chainTransaction.findMany({
    where: { chainId: chain.chainId, hash: { in: [...blockOf.keys()] } },
    select: { id: true, hash: true },
    orderBy: { nonce: 'asc' },
  })
  const mined: Mined[] = []
  for (const { id, hash } of ours) {
    const receipt = await chain.findReceipt(hash)
    if (receipt === null || receipt.blockHash !== blockOf.get(hash)) return null
    mined.push({ id, receipt })
  }
  return mined
}

/** Blocks, the states of our transactions in them, and the end of the window, all or nothing. */
async function record(chainId: bigint, blocks: readonly Block[], mined: readonly Mined[]): Promise<void> {
  const now = await readNow()
  await withTransaction(async (tx) => {
    const rows = blocks.map(({ number, hash, parentHash }) => ({ chainId, number, hash, parentHash }))
    const last = rows.at(-1)?.number ?? 0n
    await tx.chainBlock.createMany({ data: rows, skipDuplicates: true })
    await tx.chainBlock.deleteMany({ where: { chainId, number: { lt: last - WINDOW } } })
    for (const one of mined) await markMined(tx, one, now)
  })
  for (const { id, receipt } of mined)
    if (!receipt.succeeded)
      await alarm('chain.reverted', { subjectId: id, block: receipt.blockNumber.toString() })
}

/** Undoes what the chain no longer holds. Answers the last block that books and chain share; null when there is none. */
async function rollBackToShared(chain: Chain, head: Block): Promise<StoredPoint | null> {
  const last = await pointer(chain.chainId)
  if (last === null || (await has(chain, last))) return last
  const kept = await db.chainBlock.findMany({
    where: { chainId: chain.chainId, number: { lte: head.number } },
    orderBy: { number: 'desc' },
  })
  let shared: bigint | null = null
  for (const block of kept) {
    if (!(await has(chain, block))) continue
    shared = block.number
    break
  }
  const depth = shared === null ? null : last.number - shared
  if (!isLocalChain(chain.chainId)) await refuseDeepChange(chain, shared, last.number)
  log.warn(
    { chainId: chain.chainId.toString(), shared: shared?.toString(), depth: depth?.toString() },
    'the chain changed: rolling back',
  )
  const now = await readNow()
  await withTransaction(async (tx) => {
    await tx.chainBlock.deleteMany({
      where: { chainId: chain.chainId, ...(shared === null ? {} : { number: { gt: shared } }) },
    })
    await putBack(tx, chain.chainId, shared, now)
  })
  return pointer(chain.chainId)
}

/** Elsewhere than on a development chain, a change beyond the window or of something final is for a person. */
async function refuseDeepChange(chain: Chain, shared: bigint | null, last: bigint): Promise<void> {
  const undone =
    shared === null
      ? null
      : await db.chainTransactionStatus.findFirst({
          where: { state: 'final', blockNumber: { gt: shared }, transaction: { chainId: chain.chainId } },
        })
  if (shared !== null && undone === null) return
  await alarm('chain.reorganised-too-deep', {
    chainId: chain.chainId.toString(),
    lastBlock: last.toString(),
    sharedBlock: shared?.toString() ?? null,
  })
  throw new ChainDisaster(
    `chain ${chain.chainId} changed deeper than ${WINDOW} blocks, or below what was final`,
  )
}

async function has(chain: Chain, block: { number: bigint; hash: string }): Promise<boolean> {
  return (await chain.findBlock(block.number))?.hash === block.hash
}

async function finalNumber(chain: Chain, head: bigint, confirmations: number): Promise<bigint> {
  const deep = head - BigInt(confirmations)
  if (isLocalChain(chain.chainId)) return deep
  const finalized = await chain.findFinalizedNumber()
  return finalized === null || finalized > deep ? deep : finalized
}
