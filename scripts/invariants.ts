/**
 * npm run invariants: checks every invariant on the configured database and prints a table, or with --json the same as
 * data. Exits with 1 when one is broken, 2 when it could not be checked.
 */
import { parseArgs } from 'node:util'
import { withProduct } from '#scripts/supervisor/running.ts'

type Result = {
  name: string
  meaning: string
  count: number
  breaches: readonly { subject: string; detail: string }[]
}

async function check(): Promise<Result[]> {
  const { checkSqlInvariants, SHOWN_BREACHES } = await import(
    '#app/books/invariants/check-invariants.server.ts'
  )
  const { findWrongCommitments } = await import('#app/ledger/check-commitments.server.ts')
  const { db } = await import('#app/platform/db.server.ts')
  try {
    const results: Result[] = await checkSqlInvariants()
    const wrong: Result['breaches'][number][] = []
    for await (const breach of findWrongCommitments()) wrong.push(breach)
    results.push({
      name: 'commitment-opens',
      meaning: 'Each stored commitment is the salted hash of its event, under the key of its subject',
      count: wrong.length,
      breaches: wrong.slice(0, SHOWN_BREACHES),
    })
    return results
  } finally {
    await db.$disconnect()
  }
}

function print(results: readonly Result[]): void {
  const width = Math.max(...results.map((result) => result.name.length))
  for (const { name, meaning, count, breaches } of results) {
    console.log(`${count === 0 ? 'holds ' : 'BROKEN'}  ${name.padEnd(width)}  ${meaning}`)
    for (const { subject, detail } of breaches)
      console.log(`        ${' '.repeat(width)}    ${subject}: ${detail}`)
    if (count > breaches.length)
      console.log(`        ${' '.repeat(width)}    and ${count - breaches.length} more`)
  }
  const broken = results.filter((result) => result.count > 0).length
  console.log(
    broken === 0
      ? `All ${results.length} invariants hold.`
      : `${broken} of ${results.length} invariants are broken.`,
  )
}

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } })
try {
  const results = await withProduct(check)
  if (values.json) console.log(JSON.stringify(results, null, 2))
  else print(results)
  process.exitCode = results.some((result) => result.count > 0) ? 1 : 0
} catch (error) {
  console.error(
    `The invariants could not be checked: ${error instanceof Error ? error.message : String(error)}`,
  )
  process.exitCode = 2
}
