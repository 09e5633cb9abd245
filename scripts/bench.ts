/**
 * npm run bench: measures the portal side by side with baselines in one run and prints ratios against their goals, then bytes
 * and gas. Absolute figures depend on the machine and are never gates; a missed goal makes the exit code 1.
 * --quick takes shorter and fewer rounds; --only NAME measures that part alone and may be given several times.
 */
import { fork } from 'node:child_process'
import { rmSync } from 'node:fs'
import { ENV_NAMES } from '#app/platform/env-schema.ts'
import { parseBenchArguments } from '#scripts/bench/arguments.ts'
import { BENCH_PARTS, type PartResult, partResult } from '#scripts/bench/parts.ts'
import { missedGoals, printResults } from '#scripts/bench/report.ts'
import { type BenchSettings, CONNECTIONS } from '#scripts/bench/settings.ts'
import { openDataFolder } from '#scripts/supervisor/data-folder.ts'
import { projectPath } from '#scripts/supervisor/node-services.ts'
import { beginTestRun, endGroup, endTestRun } from '#scripts/testing/parts.ts'
import { buildWeb } from '#scripts/web-build.ts'
import { createTestDatabase, startTestCluster, type TestDatabase } from '#test/support/cluster.ts'

const parsed = parseBenchArguments(process.argv.slice(2), Object.keys(BENCH_PARTS))
if (!parsed.ok) {
  console.error(parsed.problem)
  process.exit(2)
}
const { isQuick, parts } = parsed.options

const run = beginTestRun('bench')
// Everything that is started puts its data there, databases included, so that none of it is left behind.
process.env.TMPDIR = run.folder
const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'] as const)
  process.on(signal, () => stopping.abort())

type Database = Pick<TestDatabase, 'url' | 'ownerUrl'>

/** Measures one part in a process of its own, which leads a group: all that it starts ends with it. */
async function measurePart(part: string, { url, ownerUrl }: Database): Promise<PartResult> {
  console.log(`measuring ${part} …`)
  const settings: BenchSettings = {
    url,
    ownerUrl,
    isQuick,
    rounds: isQuick ? 3 : 5,
    seconds: isQuick ? 2 : 6,
  }
  const child = fork(projectPath('scripts/bench/measure.ts'), [part, JSON.stringify(settings)], {
    detached: true,
    env: { ...inheritedSettings(), DATABASE_URL: url, DATABASE_OWNER_URL: ownerUrl },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  run.children.add(child)
  try {
    const answer = await new Promise<unknown>((resolve) => {
      child.once('message', resolve)
      child.once('disconnect', () => resolve({ unmeasured: [part] }))
    })
    return partResult.parse(answer)
  } finally {
    await endGroup(child)
    run.children.delete(child)
  }
}

/** Those of every part, without the settings of a product that runs beside. */
function inheritedSettings(): NodeJS.ProcessEnv {
  return {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !ENV_NAMES.includes(name))),
    NODE_ENV: 'production',
    MODE: 'demo',
    AUTH_SECRET: 'a secret that only the benchmark uses',
    LOG_LEVEL: 'error',
    DATABASE_POOL_SIZE: String(CONNECTIONS),
  }
}

/** Measures the chosen parts, each on a database of its own, until all are done or the run is stopped. */
async function measureChosen(): Promise<PartResult[]> {
  const chosen = Object.entries(BENCH_PARTS).filter(([name]) => parts.includes(name))
  if (chosen.some(([, { needsPages }]) => needsPages)) await buildWeb(openDataFolder(), stopping.signal)
  const cluster = chosen.some(([, { needsDatabase }]) => needsDatabase) ? await startTestCluster() : null
  const results: PartResult[] = []
  for (const [name, { needsDatabase }] of chosen) {
    const database = cluster === null || !needsDatabase ? null : await createTestDatabase(cluster)
    if (run.isStopped) break
    results.push(await measurePart(name, database ?? { url: '', ownerUrl: '' }))
    await database?.drop()
  }
  return results
}

let results: readonly PartResult[] = []
try {
  results = await measureChosen()
} catch (error) {
  if (!run.isStopped) throw error
} finally {
  await endTestRun(run)
  rmSync(run.folder, { recursive: true, force: true })
}
if (run.isStopped) {
  console.error('The measuring was stopped.')
  process.exit(1)
}
printResults(results)
const missed = missedGoals(results)
console.log(missed === 0 ? '\nEvery goal is met.' : `\n${missed} goals are missed.`)
process.exit(missed === 0 ? 0 : 1)
