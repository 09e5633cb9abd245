import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { closeSync, existsSync, globSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ENV_NAMES } from '#app/platform/env-schema.ts'
import { stopLeftover } from '#scripts/database/cluster.ts'
import { projectPath } from '#scripts/supervisor/node-services.ts'
import { readVitestReport } from '#scripts/testing/vitest-report.ts'

export type PartResult = {
  passed: number
  /** One readable text per failure. */
  failures: string[]
}

export type TestRun = {
  /** Temporary folder of this run: outputs, and everything that the tests themselves put into a temporary folder. */
  folder: string
  children: Set<ChildProcess>
  isStopped: boolean
}

type Part = (run: TestRun) => Promise<PartResult>

/** Begins a run that ends its tools when this process is told to stop. A space in the path, so that nothing depends on there being none. */
export function beginTestRun(name: string): TestRun {
  const run: TestRun = {
    folder: mkdtempSync(join(tmpdir(), `quittance ${name} `)),
    children: new Set(),
    isStopped: false,
  }
  const stop = (): void => {
    run.isStopped = true
    for (const { pid } of run.children) if (pid !== undefined) process.kill(-pid, 'SIGTERM')
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
  if (process.connected) process.on('disconnect', stop)
  return run
}

/** Tests see none of the settings of a product that runs beside them. */
function testEnvironment(run: TestRun): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => name === 'LOG_LEVEL' || !ENV_NAMES.includes(name),
  )
  return { ...Object.fromEntries(inherited), NODE_ENV: 'test', NO_COLOR: '1', TMPDIR: run.folder }
}

/** Runs a tool in a process group of its own, so that all it started can be ended with it. Its output is returned. */
async function runTool(
  run: TestRun,
  tool: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number; output: string }> {
  const file = join(run.folder, `${randomUUID()}.txt`)
  const log = openSync(file, 'w')
  const child = spawn(process.execPath, [projectPath(tool), ...args], {
    cwd: projectPath('.'),
    detached: true,
    env: { ...testEnvironment(run), ...env },
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  run.children.add(child)
  const code = await new Promise<number>((resolve) => {
    child.once('exit', (exitCode) => resolve(exitCode ?? 1))
    child.once('error', () => resolve(1))
  })
  await endGroup(child)
  run.children.delete(child)
  return { code, output: readFileSync(file, 'utf8') }
}

/** Ends a process that leads a group, with whatever it left running there: that gets a moment, then is killed. */
export async function endGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    try {
      process.kill(-child.pid, signal)
    } catch {
      return
    }
    await sleep(300)
  }
}

const tools =
  (...steps: [tool: string, args: readonly string[]][]): Part =>
  async (run) => {
    for (const [tool, args] of steps) {
      const { code, output } = await runTool(run, tool, args)
      if (code !== 0) return { passed: 0, failures: [output.trim()] }
    }
    return { passed: 1, failures: [] }
  }

/** Runs tests of one vitest project, all or those that `args` choose; `output` is what they printed. */
export async function runVitest(
  run: TestRun,
  project: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<PartResult & { output: string }> {
  const report = join(run.folder, `${project}.json`)
  rmSync(report, { force: true })
  const { code, output } = await runTool(
    run,
    'node_modules/vitest/vitest.mjs',
    ['run', '--project', project, '--reporter=json', `--outputFile.json=${report}`, ...args],
    env,
  )
  if (run.isStopped) return { passed: 0, failures: [`${project} was stopped.`], output }
  const result = existsSync(report)
    ? readVitestReport(readFileSync(report, 'utf8'))
    : { passed: 0, failures: [] }
  const isUnexplained = code !== 0 && result.failures.length === 0
  if (isUnexplained || result.passed + result.failures.length === 0)
    return {
      ...result,
      failures: [`vitest --project ${project} ended with ${code}:\n${output.trim()}`],
      output,
    }
  return { ...result, output }
}

const vitest =
  (project: string): Part =>
  (run) =>
    runVitest(run, project)

/** The parts by name. */
export const PARTS: Readonly<Record<string, Part>> = {
  lint: tools([
    'node_modules/@biomejs/biome/bin/biome',
    ['check', '--error-on-warnings', '--max-diagnostics=50', '.'],
  ]),
  types: tools(
    ['node_modules/@react-router/dev/bin.cjs', ['typegen']],
    ['node_modules/typescript/bin/tsc', ['--noEmit']],
  ),
  unit: vitest('unit'),
  contracts: vitest('contracts'),
  integration: vitest('integration'),
  crashes: vitest('crashes'),
  build: tools(['scripts/build.ts', []]),
  e2e: vitest('e2e'),
  faults: vitest('faults'),
}

/**
 * The order in which they run, cheapest first. Lanes of one stage run beside each other: each of them alone leaves a
 * processor idle for most of its time.
 */
export const STAGES: readonly (readonly (readonly string[])[])[] = [
  [['lint']],
  [['types', 'unit'], ['contracts']],
  [['integration']],
  [
    ['build', 'e2e'],
    ['crashes', 'faults'],
  ],
]

/** Ends what an interrupted run could leave behind: its process group, and databases, which have sessions of their own. */
export async function endTestRun(run: TestRun): Promise<void> {
  for (const child of run.children) await endGroup(child)
  for (const file of globSync(join(run.folder, '**/postmaster.pid'))) await stopLeftover(dirname(file))
}
