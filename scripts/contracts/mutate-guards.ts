/**
 * Shows that every guard of the contracts is held by a test: each is switched off in turn, and the contract's Solidity tests must
 * then fail. Works in a copy outside the project: the guards are made switchable there (see guards.ts), compiled once, and each
 * run of the tests names another guard that is off. A run that was stopped goes on where it was, as long as no source has changed.
 *
 * Exit code 1 when a guard can go without any test noticing, unless it is told below why that changes nothing.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { textTable } from '#scripts/report/text-table.ts'
import { type Guard, makeMutable } from './guards.ts'
import { REDUNDANT } from './redundant-guards.ts'

const USAGE = `node scripts/contracts/mutate-guards.ts [options]

  --contract NAME   only the guards of one contract
  --only N,N        only the guards with these numbers
  --list            print the guards with their numbers, run nothing
  --fresh           forget what earlier runs found
  --work DIR        where to copy, compile and keep results; a folder below the system's temporary one by default`

type Place = { contract: string; path: string }
type NumberedGuard = Guard & Place
type Outcome = { killedBy: string[]; seconds: number }
type Results = { sources: string; outcomes: Record<number, Outcome> }

const root = fileURLToPath(new URL('../..', import.meta.url))
const TIME_LIMIT_MS = 10 * 60_000

/** Sources whose guards are tried: ours, but no mocks and no tests. */
function contractPlaces(): Place[] {
  return globSync('contracts/**/*.sol', { cwd: root })
    .filter((path) => !/\.t\.sol$|\/(testing|interfaces)\//.test(path))
    .toSorted()
    .map((path) => ({ contract: basename(path, '.sol'), path }))
}

/** All guards, numbered from 1: zero means that every guard is as written. */
function allGuards(write?: (path: string, source: string) => void): NumberedGuard[] {
  const guards: NumberedGuard[] = []
  for (const place of contractPlaces()) {
    const mutable = makeMutable(readFileSync(join(root, place.path), 'latin1'), guards.length + 1)
    write?.(place.path, mutable.source)
    guards.push(...mutable.guards.map((guard) => ({ ...guard, ...place })))
  }
  return guards
}

/** Without the invariants: a guard is to be held by a test that names it, and random calls take minutes. */
function allTestFiles(): string[] {
  return globSync('contracts/**/*.t.sol', { cwd: root })
    .filter((path) => !path.includes('.invariants.'))
    .toSorted()
}

/** The tests that speak of a contract by their name; those of its users where it has none of its own. */
function testFiles(contract: string): string[] {
  const own = allTestFiles().filter((path) => basename(path).startsWith(`${contract}.`))
  return own.length > 0 ? own : allTestFiles()
}

function sourcesHash(): string {
  const hash = createHash('sha256')
  for (const path of globSync('contracts/**/*.sol', { cwd: root }).toSorted())
    hash.update(path).update(readFileSync(join(root, path)))
  return hash.digest('hex')
}

/** A copy of what Hardhat needs, with switchable guards. The guard that is off is the block's coinbase. */
function makeCopy(work: string): void {
  rmSync(work, { recursive: true, force: true })
  mkdirSync(work, { recursive: true })
  cpSync(join(root, 'contracts'), join(work, 'contracts'), { recursive: true })
  allGuards((path, source) => writeFileSync(join(work, path), source, 'latin1'))
  cpSync(join(root, 'package.json'), join(work, 'package.json'))
  cpSync(join(root, 'hardhat.config.ts'), join(work, 'project.config.ts'))
  symlinkSync(join(root, 'node_modules'), join(work, 'node_modules'))
  writeFileSync(join(work, 'hardhat.config.ts'), CONFIG)
}

const CONFIG = `import project from './project.config.ts'
const coinbase = '0x' + BigInt(process.env.GUARD_OFF).toString(16).padStart(40, '0')
const full = project.test.solidity.profiles.default
const quick = { ...full, coinbase, fuzz: { ...full.fuzz, runs: 64 } }
export default { ...project, test: { solidity: { profiles: { default: { ...full, coinbase }, quick } } } }
`

type Run = { exitCode: number | null; output: string }

/** Runs Hardhat in the copy, with one guard off. */
async function hardhat(work: string, guard: number, args: readonly string[]): Promise<Run> {
  const cli = join(dirname(fileURLToPath(import.meta.resolve('hardhat'))), 'cli.js')
  const child = spawn(process.execPath, [cli, ...args], {
    cwd: work,
    env: { ...process.env, GUARD_OFF: String(guard), NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: TIME_LIMIT_MS,
  })
  let output = ''
  const collect = (chunk: Buffer): void => {
    output += chunk.toString()
  }
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  return { exitCode, output }
}

/** Runs tests with one guard off; the names of those that failed, or one word when they ran into the time limit. */
async function failuresWithout(
  work: string,
  guard: number,
  files: string[],
  profile: string,
): Promise<string[]> {
  const { exitCode, output } = await hardhat(work, guard, [
    'test',
    'solidity',
    '--test-profile',
    profile,
    ...files,
  ])
  if (exitCode === null) return ['(time limit)']
  const failed = [...new Set([...output.matchAll(/^ +\d+\) (\w+)\(.*\)/gm)].map((match) => match[1] ?? ''))]
  if ((exitCode === 0) === failed.length > 0 || !/\d+ passing|\d+ failing/.test(output))
    throw new Error(`The tests did not run:\n${output.slice(-4_000)}`)
  return failed
}

/** A few fuzz runs first, all of them only for a guard that outlived those. */
async function tryWithout(work: string, guard: NumberedGuard): Promise<Outcome> {
  const start = Date.now()
  const files = testFiles(guard.contract)
  let killedBy = await failuresWithout(work, guard.number, files, 'quick')
  if (killedBy.length === 0) killedBy = await failuresWithout(work, guard.number, files, 'default')
  return { killedBy, seconds: Math.round((Date.now() - start) / 1000) }
}

/** The copy and what earlier runs found in it; made anew when a source has changed. */
async function openWork(work: string, fresh: boolean): Promise<Results> {
  const sources = sourcesHash()
  const path = join(work, 'results.json')
  if (existsSync(path) && !fresh) {
    const results = JSON.parse(readFileSync(path, 'utf8')) as Results
    if (results.sources === sources) return results
  }
  makeCopy(work)
  const failed = await failuresWithout(work, 0, allTestFiles(), 'default')
  if (failed.length > 0) throw new Error(`Tests fail with all guards in place: ${failed.join(', ')}`)
  return { sources, outcomes: {} }
}

function describe({ contract, text }: NumberedGuard): string {
  return `${contract}.${text}`
}

function clipped(text: string): string {
  return text.length > 90 ? `${text.slice(0, 89)}…` : text
}

function verdict(guard: NumberedGuard, { killedBy }: Outcome): string {
  const [first, ...others] = killedBy
  if (first !== undefined) return others.length > 0 ? `${first} and ${others.length} more` : first
  const reason = REDUNDANT[describe(guard)]
  return reason === undefined ? 'SURVIVES' : `nothing: ${reason}`
}

function chosenGuards(contract: string | undefined, only: string | undefined): NumberedGuard[] {
  const numbers = only?.split(',').map(Number)
  const guards = allGuards()
  const unknown = Object.keys(REDUNDANT).filter((name) => !guards.some((guard) => describe(guard) === name))
  if (unknown.length > 0) throw new Error(`Called redundant, but no guard: ${unknown.join(', ')}`)
  const chosen = guards.filter(
    (guard) => (!contract || guard.contract === contract) && (!numbers || numbers.includes(guard.number)),
  )
  if (chosen.length === 0) throw new Error('No such guard.')
  return chosen
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      contract: { type: 'string' },
      only: { type: 'string' },
      work: { type: 'string', default: join(tmpdir(), 'quittance-guards') },
      list: { type: 'boolean', default: false },
      fresh: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return console.log(USAGE)
  const guards = chosenGuards(values.contract, values.only)
  if (values.list)
    return console.log(
      guards.map((each) => `${each.number}  ${each.path}:${each.line}  ${each.text}`).join('\n'),
    )

  const results = await openWork(values.work, values.fresh)
  for (const guard of guards) {
    results.outcomes[guard.number] ??= await tryWithout(values.work, guard)
    writeFileSync(join(values.work, 'results.json'), JSON.stringify(results))
    console.error(
      `${guard.number}  ${describe(guard)}  ${verdict(guard, results.outcomes[guard.number] ?? NOTHING)}`,
    )
  }
  const rows = guards.map((guard) => {
    const outcome = results.outcomes[guard.number] ?? NOTHING
    return [clipped(describe(guard)), verdict(guard, outcome), String(outcome.seconds)]
  })
  process.stdout.write(textTable(['guard', 'killed by', 'seconds'], rows, 2))
  const survivors = rows.filter(([, killedBy]) => killedBy === 'SURVIVES').length
  console.log(`\n${guards.length} guards, ${survivors} survive.`)
  if (survivors > 0) process.exitCode = 1
}

const NOTHING: Outcome = { killedBy: [], seconds: 0 }

await main()
