import { db } from '#app/platform/db.server.ts'
import { env } from '#app/platform/env.server.ts'
import { WORKER_LOCK_CLASS } from '#app/platform/job-lease.server.ts'

/** `off` means that nothing is configured for this part. */
export type PartState = 'ok' | 'down' | 'off'

export type Health = {
  /** `degraded`: pages work, something behind them does not. */
  status: 'ok' | 'degraded' | 'down'
  database: PartState
  worker: PartState
  chain: PartState
  provider: PartState
}

const LIMIT_MS = 1_500

async function probe(check: () => Promise<boolean>): Promise<PartState> {
  try {
    const limit = new Promise<boolean>((resolve) => setTimeout(resolve, LIMIT_MS, false).unref())
    return (await Promise.race([check(), limit])) ? 'ok' : 'down'
  } catch {
    return 'down'
  }
}

async function databaseAnswers(): Promise<boolean> {
  await db.$queryRaw`SELECT 1`
  return true
}

/** A living worker holds an advisory lock, see job-lease. */
async function workerLives(): Promise<boolean> {
  const rows = await db.$queryRaw<{ lives: boolean }[]>`
    SELECT EXISTS (
      SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = ${WORKER_LOCK_CLASS}::int::oid
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    ) AS lives`
  return rows[0]?.lives === true
}

async function chainAnswers(rpcUrl: string): Promise<boolean> {
  const response = await fetch(rpcUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_blockNumber', params: [] }),
    signal: AbortSignal.timeout(LIMIT_MS),
  })
  const answer: unknown = await response.json()
  return typeof answer === 'object' && answer !== null && 'result' in answer
}

/** Any answer counts, also "no key": it shows that the provider can be reached. */
async function providerAnswers(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(LIMIT_MS), redirect: 'manual' })
  await response.body?.cancel()
  return response.status < 500
}

/** Asks every part that this deployment has, each for at most 1.5 s. Never throws. */
export async function checkHealth(): Promise<Health> {
  const { chain, stripe } = env
  const api = stripe?.api
  const providerUrl =
    api === undefined ? 'https://api.stripe.com/' : `${api.protocol}://${api.host}:${api.port}/`
  const off = Promise.resolve<PartState>('off')
  const [database, worker, chainState, provider] = await Promise.all([
    probe(databaseAnswers),
    probe(workerLives),
    chain === undefined ? off : probe(() => chainAnswers(chain.rpcUrl)),
    stripe === undefined ? off : probe(() => providerAnswers(providerUrl)),
  ])
  const isDegraded = [worker, chainState, provider].includes('down')
  const status = database === 'down' ? 'down' : isDegraded ? 'degraded' : 'ok'
  return { status, database, worker, chain: chainState, provider }
}
