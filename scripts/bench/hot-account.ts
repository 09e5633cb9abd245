import pg from 'pg'
import type { CustomerId } from '#app/books/ids.ts'
import { workThrough } from '#scripts/bench/load.ts'
import { createCustomers, openPayments } from '#scripts/bench/open-payments.ts'
import { type BenchRow, comparePairs } from '#scripts/bench/pairs.ts'
import { settleThroughApp } from '#scripts/bench/posting.ts'
import { type BenchSettings, CONNECTIONS } from '#scripts/bench/settings.ts'

/**
 * The same postings through the app, all of them of one customer, against as many spread over fifty: what an account that
 * everybody writes to costs.
 */
export async function benchHotAccount({ ownerUrl, rounds, isQuick }: BenchSettings): Promise<BenchRow[]> {
  const count = isQuick ? 500 : 2_000
  const owner = new pg.Client(ownerUrl)
  await owner.connect()
  try {
    const customers = await createCustomers(owner, 51)
    const rateOf = async (payers: readonly CustomerId[]): Promise<number> =>
      (await workThrough(await openPayments(owner, payers, count), CONNECTIONS, settleThroughApp)).perSecond
    const result = await comparePairs({
      rounds,
      baseline: () => rateOf(customers.slice(1)),
      subject: () => rateOf(customers.slice(0, 1)),
    })
    return [
      {
        name: `Posting settled payments, ${CONNECTIONS} at once: all of one customer / spread over 50`,
        unit: 'postings per second',
        goal: { atLeast: 0.8 },
        ...result,
      },
    ]
  } finally {
    await owner.end()
  }
}
