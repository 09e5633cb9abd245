/** The shared ledger as a side of the comparison: every entry on chain is ours, and every event of ours gets there in time. */
import { compareWithChain } from '#app/ledger/check-chain.server.ts'
import { db } from '#app/platform/db.server.ts'
import type { Difference } from '#app/reconciliation/comparison/difference.ts'

/** A chain that does not answer is no difference for so long; events then wait. */
export const CHAIN_HOURS = 24

export type ChainSide = {
  readonly differences: readonly Difference[]
  readonly events: number
  /** Events that the chain does not hold yet. */
  readonly waiting: number
}

/** The chain could not be read, so that nothing can be said of it. */
export class ChainUnread extends Error {
  override readonly name = 'ChainUnread'
}

/** Compares books and chain. Throws ChainUnread when the endpoint does not give what it is asked for. */
export async function compareChain(rpcUrl: string, now: Date): Promise<ChainSide> {
  const events = await db.ledgerEvent.count()
  const { breaches, waiting } = await compareWithChain(rpcUrl)
  const unread = breaches.find(({ isUnread }) => isUnread)
  if (unread !== undefined) throw new ChainUnread(`${unread.subject}: ${unread.detail}`)
  const differs = breaches.map(({ subject, detail }) =>
    difference(`chain:${subject}`, `The chain and the books differ: ${detail}.`, { stream: subject }),
  )
  const late = await lateEvent(now)
  return { differences: late === null ? differs : [...differs, late], events, waiting }
}

/** One case for all that are late, named by the oldest: they wait for the same reason. */
async function lateEvent(now: Date): Promise<Difference | null> {
  const before = new Date(now.getTime() - CHAIN_HOURS * 3_600_000)
  const oldest = await db.ledgerEvent.findFirst({
    where: {
      recordedAt: { lt: before },
      OR: [
        { entry: null },
        { entry: { transaction: { status: { state: { notIn: ['recorded', 'final'] } } } } },
      ],
    },
    orderBy: { number: 'asc' },
    select: { id: true, type: true, recordedAt: true, customerId: true },
  })
  if (oldest === null) return null
  const cause = 'Events of the books are not on the chain a day after they were recorded.'
  const facts = { oldestEvent: oldest.id, type: oldest.type, recordedAt: oldest.recordedAt.toISOString() }
  return difference('chain:late', cause, facts)
}

function difference(subject: string, cause: string, facts: Readonly<Record<string, string>>): Difference {
  return { kind: 'chain-differs', subject, cause, customerId: null, paymentId: null, facts }
}
