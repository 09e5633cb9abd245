import { BUYER_LIMIT_KILOBYTES } from '#scripts/bench/bytes.ts'
import { type BenchRow, isMissed } from '#scripts/bench/pairs.ts'
import type { PartResult } from '#scripts/bench/parts.ts'

/** Prints what was measured as Markdown, a table of each kind. */
export function printResults(results: readonly PartResult[]): void {
  const rows = results.flatMap((each) => each.rows)
  printTable(
    ['what', 'ratio', 'spread', 'goal', 'ours', 'baseline'],
    ['---', '---:', '---:', '---:', '---:', '---:'],
    rows.map(ratioCells),
  )
  for (const { note } of rows) if (note !== undefined) console.log(`\n${note}`)
  printTable(
    ['buyer page', 'JavaScript in all, KB gzip'],
    ['---', '---:'],
    results.flatMap((each) => each.pages).map(({ page, gzipKilobytes }) => [page, gzipKilobytes.toFixed(1)]),
  )
  printTable(
    ['entries in a batch', 'gas per entry', 'goal'],
    ['---:', '---:', '---:'],
    results.flatMap((each) => each.gas).map((row) => [row.batch, row.gasPerEntry, row.goal].map(String)),
  )
  for (const part of results.flatMap((each) => each.unmeasured))
    console.log(`\n${part} could not be measured.`)
}

/** How many goals were missed; a part that could not be measured counts as one. */
export function missedGoals(results: readonly PartResult[]): number {
  return results
    .flatMap(({ rows, pages, gas, unmeasured }) => [
      ...rows.map(isMissed),
      ...pages.map(({ gzipKilobytes }) => gzipKilobytes > BUYER_LIMIT_KILOBYTES),
      ...gas.map(({ gasPerEntry, goal }) => gasPerEntry > goal),
      ...unmeasured.map(() => true),
    ])
    .filter(Boolean).length
}

function ratioCells(row: BenchRow): string[] {
  const { name, ratio, spread, goal, subject, baseline, unit } = row
  const wanted = goal === null ? 'none' : 'atLeast' in goal ? `≥ ${goal.atLeast}` : `≤ ${goal.atMost}`
  return [
    name,
    ratio.toFixed(2),
    spread.map((each) => each.toFixed(2)).join(' – '),
    wanted,
    `${figure(subject)} ${unit}`,
    figure(baseline),
  ]
}

/** Two digits at least: rates are tens and hundreds, times can be a millisecond or two. */
function figure(value: number): string {
  return value.toFixed(value < 10 ? 1 : 0)
}

function printTable(head: readonly string[], alignment: readonly string[], rows: readonly string[][]): void {
  if (rows.length === 0) return
  console.log('')
  for (const cells of [head, alignment, ...rows]) console.log(`| ${cells.join(' | ')} |`)
}
