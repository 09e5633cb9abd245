/**
 * npm test: every check, cheapest first; npm run test:PART runs one. Prints each part's result, the failures in full,
 * and, alone on the last line, "N passed, N failed". Exit code 1 when anything failed.
 */
import { rmSync } from 'node:fs'
import { beginTestRun, endTestRun, PARTS, type PartResult, STAGES } from '#scripts/testing/parts.ts'

const run = beginTestRun('test run')
const results: PartResult[] = []

async function runPart(name: string): Promise<void> {
  const startedAt = performance.now()
  const seconds = (): string => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`
  console.log(`${name} …`)
  const ticker = setInterval(() => console.log(`  ${name} is still running, ${seconds()}`), 30_000)
  try {
    const result = (await PARTS[name]?.(run)) ?? { passed: 0, failures: [`There is no part ${name}.`] }
    const verdict = result.failures.length === 0 ? 'ok' : 'FAILED'
    console.log(
      `  ${name} ${verdict}: ${result.passed} passed, ${result.failures.length} failed (${seconds()})`,
    )
    for (const failure of result.failures) console.log(`\n${failure}\n`)
    results.push(result)
  } finally {
    clearInterval(ticker)
  }
}

async function runLane(names: readonly string[]): Promise<void> {
  for (const name of names) if (!run.isStopped) await runPart(name)
}

const chosen = process.argv.slice(2)
const stages = chosen.length > 0 ? [[chosen]] : STAGES
try {
  for (const lanes of stages) await Promise.all(lanes.map(runLane))
} finally {
  await endTestRun(run)
  rmSync(run.folder, { recursive: true, force: true })
}
const passed = results.reduce((sum, result) => sum + result.passed, 0)
const failed = results.reduce((sum, result) => sum + result.failures.length, 0)
console.log(`\n${passed} passed, ${failed} failed`)
process.exit(failed > 0 || passed === 0 || run.isStopped ? 1 : 0)
