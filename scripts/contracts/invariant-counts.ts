/**
 * Runs the invariants of the contracts at full length, sums over all runs how many calls each function of each handler got and how
 * many took effect, and prints the sums. How a handler counts: contracts/testing/CallCounts.sol. Takes some minutes.
 *
 * Exit code 1 when an invariant breaks, or when the campaign of a contract is too thin to mean much: see GOALS.
 */
import { spawn } from 'node:child_process'
import { existsSync, globSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { textTable } from '#scripts/report/text-table.ts'

const USAGE = `node scripts/contracts/invariant-counts.ts [--profile NAME]

  --profile NAME   the profile of hardhat.config.ts to run with; long by default, which is what the goals are for`

/** Calls for each contract, calls for each function of its handler, and the part of a contract's calls that takes effect. */
const GOALS = { calls: 100_000, callsEach: 1_000, effectsPercent: 60 }

type Count = { name: string; calls: number; effects: number }

const root = fileURLToPath(new URL('../..', import.meta.url))
/** The one folder that hardhat.config.ts lets tests write to. */
const folder = join(root, 'cache/invariant-counts')

/** Runs the invariants of all contracts; whether they held. All sources are built, because a handler is only found as an artifact. */
async function runInvariants(profile: string): Promise<boolean> {
  const cli = join(dirname(fileURLToPath(import.meta.resolve('hardhat'))), 'cli.js')
  const args = [cli, 'test', 'solidity', '--test-profile', profile, '--grep', '^invariant_']
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, INVARIANT_COUNTS: folder },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (exitCode) => resolve(exitCode === 0))
  })
}

/** The sums of a contract's records, each of which is `[name calls effects]` of one function in one run, the name in hexadecimal. */
export function sumOf(records: string): Count[] {
  const counts = new Map<string, Count>()
  for (const [, hex = '', calls, effects] of records.matchAll(/\[0x([0-9a-f]{64}) (\d+) (\d+)\]/g)) {
    const name = Buffer.from(hex, 'hex').toString('latin1').replace(/\0+$/, '')
    const count = counts.get(name) ?? { name, calls: 0, effects: 0 }
    counts.set(name, { name, calls: count.calls + Number(calls), effects: count.effects + Number(effects) })
  }
  return [...counts.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

function total(counts: readonly Count[]): Count {
  const all = { name: 'all', calls: 0, effects: 0 }
  for (const { calls, effects } of counts) {
    all.calls += calls
    all.effects += effects
  }
  return all
}

/** What of a contract's campaign falls short of the goals. */
export function shortcomings(contract: string, counts: readonly Count[]): string[] {
  const { calls, effects } = total(counts)
  const thin = counts.filter((count) => count.calls < GOALS.callsEach)
  return [
    ...(calls < GOALS.calls ? [`${contract}: ${calls} calls are fewer than ${GOALS.calls}.`] : []),
    ...(effects * 100 < calls * GOALS.effectsPercent
      ? [`${contract}: ${effects} of ${calls} calls took effect, less than ${GOALS.effectsPercent} %.`]
      : []),
    ...thin.map(
      (count) => `${contract}.${count.name}: ${count.calls} calls are fewer than ${GOALS.callsEach}.`,
    ),
  ]
}

function rowsOf(contract: string, counts: readonly Count[]): string[][] {
  return [...counts, total(counts)].map(({ name, calls, effects }) => [
    contract,
    name,
    calls.toLocaleString('en-US'),
    effects.toLocaleString('en-US'),
    `${calls === 0 ? 0 : Math.floor((effects * 100) / calls)} %`,
  ])
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { profile: { type: 'string', default: 'long' }, help: { type: 'boolean', default: false } },
  })
  if (values.help) return console.log(USAGE)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const isHeld = await runInvariants(values.profile)
  const contracts = globSync('contracts/**/*.invariants.t.sol', { cwd: root })
    .map((path) => basename(path, '.invariants.t.sol'))
    .toSorted()
    .map((name) => {
      const path = join(folder, `${name}.txt`)
      return { name, counts: existsSync(path) ? sumOf(readFileSync(path, 'latin1')) : [] }
    })
  const rows = contracts.flatMap(({ name, counts }) => rowsOf(name, counts))
  process.stdout.write(textTable(['contract', 'function', 'calls', 'effects', ''], rows, 2))
  const short = contracts.flatMap(({ name, counts }) => shortcomings(name, counts))
  if (!isHeld) short.unshift('An invariant does not hold, or could not be tried.')
  console.log(short.length > 0 ? `\n${short.join('\n')}` : '\nAll goals are met.')
  if (short.length > 0) process.exitCode = 1
}

if (import.meta.main) await main()
