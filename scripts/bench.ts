/**
 * npm run bench: measures the portal side by side with baselines in one run and prints ratios against their goals, then bytes
 * and gas. Absolute figures depend on the machine and are never gates; a missed goal makes the exit code 1.
 * --quick takes shorter and fewer rounds; --only reconcile measures that part alone.
 */
import { parseArgs } from 'node:util'
import { BUYER_LIMIT_KILOBYTES, measureBuyerPages } from '#scripts/bench/bytes.ts'
import type { BenchRow } from '#scripts/bench/pairs.ts'
import { measureGas } from '#scripts/bench-gas.ts'
import { openDataFolder } from '#scripts/supervisor/data-folder.ts'
import { buildWeb } from '#scripts/web-build.ts'
import { createTestDatabase, startTestCluster, type TestDatabase } from '#test/support/cluster.ts'

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } },
})
const isWhole = values.only === undefined
if (!isWhole && values.only !== 'reconcile') throw new Error('--only takes: reconcile')
const rounds = values.quick ? 3 : 5
const seconds = values.quick ? 2 : 6

async function measure(): Promise<BenchRow[]> {
  if (isWhole) await buildWeb(openDataFolder())
  const { stop, ...cluster } = await startTestCluster()
  try {
    const database = await createTestDatabase(cluster)
    const environment = {
      ...process.env,
      NODE_ENV: 'production',
      MODE: 'demo',
      DATABASE_URL: database.url,
      DATABASE_OWNER_URL: database.ownerUrl,
      AUTH_SECRET: 'a secret that only the benchmark uses',
      LOG_LEVEL: 'error',
      DATABASE_POOL_SIZE: '16',
    }
    Object.assign(process.env, environment)
    const { db } = await import('#app/platform/db.server.ts')
    const rows = isWhole ? await measurePortal(database, environment) : []
    console.log('measuring the comparison with the processor …')
    const { benchReconcile } = await import('#scripts/bench/reconcile.ts')
    rows.push(await benchReconcile(database.ownerUrl, values.quick || !isWhole ? 1 : rounds))
    await db.$disconnect()
    return rows
  } finally {
    await stop()
  }
}

async function measurePortal(database: TestDatabase, environment: NodeJS.ProcessEnv): Promise<BenchRow[]> {
  // These read the settings, so they are loaded when the settings are made.
  const { createBenchCustomer } = await import('#scripts/bench/customer.ts')
  const { benchPosting } = await import('#scripts/bench/posting.ts')
  const { benchList } = await import('#scripts/bench/list.ts')
  const buyer = await createBenchCustomer()
  console.log('measuring postings …')
  const posting = await benchPosting(database.url, database.ownerUrl, rounds, values.quick ? 500 : 2_000)
  console.log('measuring lists …')
  const lists = await benchList({ environment, ...buyer, rounds, seconds })
  return [posting, ...lists]
}

function line(cells: readonly string[]): void {
  console.log(`| ${cells.join(' | ')} |`)
}

const rows = await measure()
line(['what', 'ratio', 'spread', 'goal', 'ours', 'baseline'])
line(['---', '---:', '---:', '---:', '---:', '---:'])
for (const row of rows) {
  const spread = row.spread.map((each) => each.toFixed(2)).join(' – ')
  line([
    row.name,
    row.ratio.toFixed(2),
    spread,
    `≥ ${row.goal}`,
    `${row.subject.toFixed(0)} ${row.unit}`,
    row.baseline.toFixed(0),
  ])
  if (row.note !== undefined) console.log(`\n${row.note}\n`)
}

const pages = isWhole ? measureBuyerPages() : []
if (isWhole) {
  console.log('')
  line(['buyer page', 'JavaScript in all, KB gzip'])
  line(['---', '---:'])
}
for (const { page, gzipKilobytes } of pages) line([page, gzipKilobytes.toFixed(1)])

const gas = isWhole ? await measureGas() : []
if (isWhole) {
  console.log('')
  line(['entries in a batch', 'gas per entry', 'goal'])
  line(['---:', '---:', '---:'])
}
for (const row of gas) line([String(row.batch), String(row.gasPerEntry), String(row.goal)])

const missed =
  rows.filter((row) => row.ratio < row.goal).length +
  pages.filter((each) => each.gzipKilobytes > BUYER_LIMIT_KILOBYTES).length +
  gas.filter((row) => row.gasPerEntry > row.goal).length
console.log(missed === 0 ? '\nEvery goal is met.' : `\n${missed} goals are missed.`)
process.exitCode = missed === 0 ? 0 : 1
