/**
 * npm run test:long -- [NAME…] [--seed N] [--fresh]: the full counts, which take too long for every change. Each piece's
 * result is kept in .data/long; a run that was cut off goes on with what is missing. --fresh begins again.
 */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { tableOf } from '#scripts/supervisor/banner.ts'
import { readJson, writeWhole } from '#scripts/supervisor/data-folder.ts'
import { projectPath } from '#scripts/supervisor/node-services.ts'
import { type LongPart, longParts } from '#scripts/testing/long-parts.ts'
import { beginTestRun, endTestRun, runVitest } from '#scripts/testing/parts.ts'

type Kept = {
  name: string
  seed: number
  finishedAt: string
  seconds: number
  passed: number
  failures: string[]
  /** What the tests printed: counts and times. */
  figures: string[]
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: '20261123' },
    fresh: { type: 'boolean', default: false },
  },
})
const firstSeed = Number(values.seed)
const folder = projectPath('.data/long')
mkdirSync(folder, { recursive: true })

const isChosen = ({ name }: LongPart): boolean =>
  positionals.length === 0 || positionals.some((each) => name === each || name.startsWith(`${each}-`))
const chosen = longParts().filter(isChosen)

const run = beginTestRun('long run')

async function resultOf(part: LongPart): Promise<Kept> {
  const file = join(folder, `${part.name}.json`)
  const seed = firstSeed + part.seedOffset
  const earlier = values.fresh ? undefined : readJson<Kept>(file)
  if (earlier?.seed === seed && earlier.failures.length === 0) {
    console.log(`${part.name}: done before, ${earlier.finishedAt}`)
    return earlier
  }
  console.log(`${part.name}, seed ${seed} …`)
  const startedAt = performance.now()
  const env = { ...part.env, TEST_SEED: String(seed) }
  const { passed, failures, output } = await runVitest(
    run,
    part.project,
    [...part.args, '--disableConsoleIntercept'],
    env,
  )
  const kept: Kept = {
    name: part.name,
    seed,
    finishedAt: new Date().toISOString(),
    seconds: Math.round((performance.now() - startedAt) / 1000),
    passed,
    failures,
    figures: [
      [`${passed} tests`, ...Object.entries(part.env).map(([name, value]) => `${name}=${value}`)].join(', '),
      ...output.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('JSON report')),
    ],
  }
  if (!run.isStopped) writeWhole(file, JSON.stringify(kept, null, 2))
  console.log(`  ${failures.length === 0 ? 'ok' : 'FAILED'} (${kept.seconds} s)`)
  for (const line of failures.length === 0 ? kept.figures : failures) console.log(`  ${line}`)
  return kept
}

const results: Kept[] = []
try {
  if (chosen.length === 0)
    throw new Error(
      `There is none of these: ${positionals.join(', ')}. There are: ${longParts()
        .map(({ name }) => name)
        .join(', ')}`,
    )
  for (const part of chosen) if (!run.isStopped) results.push(await resultOf(part))
} finally {
  await endTestRun(run)
  rmSync(run.folder, { recursive: true, force: true })
}

const verdict = ({ failures }: Kept): string => (failures.length === 0 ? 'ok' : 'FAILED')
console.log(
  `\n${tableOf(results.map((each) => [each.name, `seed ${each.seed}`, `${each.seconds} s`, verdict(each)]))}`,
)
const rows = results.map(
  (each) =>
    `| \`npm run test:long -- ${each.name} --seed ${firstSeed}\` | ${each.seed} | ${verdict(each)}, ${each.seconds} s | ${each.figures.join('<br>')} |`,
)
console.log(
  `\nFor docs/evidence.md:\n\n| command | seed | result | figures |\n| --- | --- | --- | --- |\n${rows.join('\n')}`,
)
const failed = results.filter((each) => each.failures.length > 0).length
console.log(`\n${results.length - failed} passed, ${failed} failed`)
process.exit(failed > 0 || results.length < chosen.length ? 1 : 0)
