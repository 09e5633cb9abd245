/** Where ledger events wait on their way to the chain, for the page of queues. Reads only. */
import type { ChainQueue, Waiting } from '#app/ledger/chain-queue.ts'
import { LEDGER_KIND } from '#app/ledger/stream-of-books.server.ts'
import { db } from '#app/platform/db.server.ts'
import { env } from '#app/platform/env.server.ts'
import { createRpc } from './json-rpc.ts'

/** The whole way of ledger events, from the books to the chain. */
export async function readChainQueue(): Promise<ChainQueue> {
  const [uncommitted, unqueued, transactions, refused, block, deployment] = await Promise.all([
    db.$queryRaw<Waiting[]>`
      SELECT count(*)::int AS count, min(e.recorded_at) AS "oldestAt" FROM ledger_event e
       WHERE NOT EXISTS (SELECT FROM commitment c WHERE c.ledger_event_id = e.id)`,
    db.$queryRaw<Waiting[]>`
      SELECT count(*)::int AS count, min(c.created_at) AS "oldestAt" FROM commitment c
       WHERE NOT EXISTS (SELECT FROM ledger_entry l WHERE l.ledger_event_id = c.ledger_event_id)`,
    db.$queryRaw<ChainQueue['transactions'][number][]>`
      SELECT s.state::text AS state, count(*)::int AS count, min(t.created_at) AS "oldestAt"
        FROM chain_transaction_status s JOIN chain_transaction t ON t.id = s.chain_transaction_id
       GROUP BY s.state ORDER BY s.state`,
    db.$queryRaw<ChainQueue['refused'][number][]>`
      SELECT t.hash, t.nonce, s.state::text AS state, s.last_error AS error
        FROM chain_transaction_status s JOIN chain_transaction t ON t.id = s.chain_transaction_id
       WHERE s.state = 'reverted' OR (s.state IN ('queued', 'sent') AND s.last_error IS NOT NULL)
       ORDER BY t.created_at, t.id LIMIT 20`,
    db.chainBlock.aggregate({ _max: { number: true } }),
    db.chainDeployment.findFirst({ where: { kind: LEDGER_KIND }, orderBy: { createdAt: 'desc' } }),
  ])
  const none: Waiting = { count: 0, oldestAt: null }
  return {
    uncommitted: uncommitted[0] ?? none,
    unqueued: unqueued[0] ?? none,
    transactions,
    refused,
    lastBlock: block._max.number,
    deployment: deployment && {
      chainId: deployment.chainId,
      address: deployment.address,
      writer: deployment.writerAddress,
      since: deployment.createdAt,
    },
  }
}

const BALANCE_TIMEOUT_MS = 1_500

/** What the writer's account holds to pay for gas, in wei; null when no chain is configured or it does not answer soon. */
export async function readWriterBalance(writer: string): Promise<bigint | null> {
  if (env.chain === undefined) return null
  const call = createRpc(env.chain.rpcUrl)
  const late = new Promise<null>((resolve) => setTimeout(resolve, BALANCE_TIMEOUT_MS, null).unref())
  try {
    const answer = await Promise.race([call('eth_getBalance', [writer, 'latest']), late])
    return typeof answer === 'string' && /^0x[0-9a-f]+$/i.test(answer) ? BigInt(answer) : null
  } catch {
    return null
  }
}
