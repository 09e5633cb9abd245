import autocannon from 'autocannon'
import { createBenchCustomer } from '#scripts/bench/customer.ts'
import { type BenchRow, comparePairs } from '#scripts/bench/pairs.ts'
import { signIn, startBaselines, startPortal } from '#scripts/bench/servers.ts'
import type { BenchSettings } from '#scripts/bench/settings.ts'

const CONNECTIONS = 20
const QUERY = '?size=50'

/**
 * The signed-in list of 50 invoices of the portal, one web process, against the same session and list queries behind a bare
 * React Router page and behind plain node:http, each in one process too.
 */
export async function benchList({ rounds, seconds }: BenchSettings): Promise<BenchRow[]> {
  const buyer = await createBenchCustomer()
  const portal = await startPortal()
  const baselines = await startBaselines()
  const cookie = await signIn(portal, buyer)
  const pages = [
    {
      name: 'List of 50 invoices as a page: portal / bare React Router page',
      goal: 0.6,
      ours: `${buyer.customerPath}/invoices${QUERY}`,
      theirs: `/${QUERY}`,
    },
    {
      name: 'List of 50 invoices as a page: portal / node:http',
      goal: 0.05,
      ours: `${buyer.customerPath}/invoices${QUERY}`,
      theirs: `/plain${QUERY}`,
    },
    {
      name: 'List of 50 invoices as JSON: portal / node:http',
      goal: 0.35,
      ours: `${buyer.customerPath}/invoices.json${QUERY}`,
      theirs: `/plain.json${QUERY}`,
    },
  ]
  const rows: BenchRow[] = []
  try {
    for (const { name, goal, ours, theirs } of pages) {
      const result = await comparePairs({
        rounds,
        baseline: () => requestsPerSecond(baselines.origin + theirs, cookie, seconds),
        subject: () => requestsPerSecond(portal.origin + ours, cookie, seconds),
      })
      rows.push({ name, unit: 'requests per second', goal: { atLeast: goal }, ...result })
    }
    return rows
  } finally {
    await portal.stop()
    await baselines.stop()
  }
}

async function requestsPerSecond(url: string, cookie: string, seconds: number): Promise<number> {
  const result = await autocannon({ url, connections: CONNECTIONS, duration: seconds, headers: { cookie } })
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${url}: ${result.non2xx} answers were not pages, ${result.errors} failed`)
  return result.requests.average
}
