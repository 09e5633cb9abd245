/**
 * npm test: every check, cheapest first; npm run test:PART runs one. Prints each part's result, the failures in full,
 * and, alone on the last line, "N passed, N failed". Exit code 1 when anything failed.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { endTestRun, PARTS, type PartResult, type TestRun } from '#scripts/testing/parts.ts'

async function runPart(name: string, run: TestRun): Promise<PartResult> {
  const startedAt = performance.now()
  const seconds = (): string => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`
  console.log(`${name} …`)
  const ticker = setInterval(() => console.log(`  still running, ${seconds()}`), 30_000)
  try {
    const result = (await PARTS[name]?.(run)) ?? { passed: 0, failures: [`There is no part ${name}.`] }
    const isGreen = result.failures.length === 0
    console.log(
      `  ${isGreen ? 'ok' : 'FAILED'}: ${result.passed} passed, ${result.failures.length} failed (${seconds()})`,
    )
    for (const failure of result.failures) console.log(`\n${failure}\n`)
    return result
  } finally {
    clearInterval(ticker)
  }
}

const chosen = process.argv.slice(2)
const names = chosen.length > 0 ? chosen : Object.keys(PARTS)
// A space in the path, so that nothing depends on there being none.
const run: TestRun = {
  folder: mkdtempSync(join(tmpdir(), 'quittance test run ')),
  child: undefined,
  isStopped: false,
}

const stop = (): void => {
  run.isStopped = true
  if (run.child?.pid !== undefined) process.kill(-run.child.pid, 'SIGTERM')
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
if (process.connected) process.on('disconnect', stop)

const results: PartResult[] = []
try {
  for (const name of names) if (!run.isStopped) results.push(await runPart(name, run))
} finally {
  await endTestRun(run)
  rmSync(run.folder, { recursive: true, force: true })
}
const passed = results.reduce((sum, result) => sum + result.passed, 0)
const failed = results.reduce((sum, result) => sum + result.failures.length, 0)
console.log(`\n${passed} passed, ${failed} failed`)
process.exit(failed > 0 || passed === 0 || run.isStopped ? 1 : 0)
