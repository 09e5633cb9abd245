import { createChainReader } from '#app/ledger/chain-reader.ts'
import { type ChainReadCode, ChainReadError } from '#app/ledger/stream.ts'
import { entriesOfBooks, listDeployments, streamOf } from '#app/ledger/stream-of-books.server.ts'
import { db } from '#app/platform/db.server.ts'

export type ChainComparison = {
  /** Where chain and books differ; `isUnread` where the chain could not be read, so that nothing is known. */
  readonly breaches: readonly { subject: string; detail: string; isUnread: boolean }[]
  /** Ledger events that the chain does not hold yet; none when the queue has drained. */
  readonly waiting: number
}

/** What an endpoint does that says nothing about the entries. */
const UNREAD: ReadonlySet<ChainReadCode> = new Set(['unreachable', 'bad_answer', 'wrong_chain'])

/**
 * Replays every stream of ours from the chain and compares it with the books, entry by entry: what is on chain must be what
 * was queued, once each and in that order. What was queued last may still be on its way.
 */
export async function compareWithChain(rpcUrl: string): Promise<ChainComparison> {
  const reader = createChainReader([rpcUrl])
  const deployments = await listDeployments()
  const breaches: { subject: string; detail: string; isUnread: boolean }[] = []
  let onChain = 0
  for (const deployment of deployments) {
    const subject = `stream of ${deployment.writerAddress} in ${deployment.address}`
    const books = await entriesOfBooks(deployment, deployments)
    try {
      const { entries } = await reader.readStream(streamOf(deployment))
      const differs = entries.findIndex(
        (entry, index) =>
          entry.commitment !== books[index]?.commitment || entry.subjectKey !== books[index]?.subjectKey,
      )
      if (differs >= 0)
        breaches.push({
          subject,
          detail: `entry ${differs} on chain is not entry ${differs} of the books`,
          isUnread: false,
        })
      onChain += entries.length - (deployment === deployments[0] ? 0 : 1)
    } catch (error) {
      if (!(error instanceof ChainReadError)) throw error
      breaches.push({ subject, detail: error.message, isUnread: UNREAD.has(error.code) })
    }
  }
  return { breaches, waiting: (await db.ledgerEvent.count()) - onChain }
}
