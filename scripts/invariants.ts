/**
 * npm run invariants: checks every invariant on the configured database and prints a table, or with --json the same as
 * data. With --drained, ledger events that the chain does not hold yet count as breaches too. Without CHAIN_RPC_URL the
 * chain is not asked. Exits with 1 when an invariant is broken, 2 when they could not be checked.
 */
import { parseArgs } from 'node:util'
import { withProduct } from '#scripts/supervisor/running.ts'

type Result = {
  name: string
  meaning: string
  count: number
  breaches: readonly { subject: string; detail: string }[]
}

const { values } = parseArgs({
  options: { json: { type: 'boolean', default: false }, drained: { type: 'boolean', default: false } },
})

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
    results.push(...(await checkChain()))
    return results
  } finally {
    await db.$disconnect()
  }
}

async function checkChain(): Promise<Result[]> {
  const { env } = await import('#app/platform/env.server.ts')
  if (env.chain === undefined) return []
  const { compareWithChain } = await import('#app/ledger/check-chain.server.ts')
  const { breaches, waiting } = await compareWithChain(env.chain.rpcUrl)
  const late =
    values.drained && waiting !== 0
      ? [{ subject: 'the queue', detail: `${waiting} events are not on chain` }]
      : []
  return [
    {
      name: 'chain-holds-entries',
      meaning: `The chain holds what the books queued, once each and in order (${waiting} events on their way)`,
      count: breaches.length + late.length,
      breaches: [...breaches, ...late],
    },
  ]
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
