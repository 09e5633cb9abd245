import pg from 'pg'
import type { PaymentId } from '#app/books/ids.ts'
import { settlePayment } from '#app/payments/posting.server.ts'
import { db } from '#app/platform/db.server.ts'
import { workThrough } from '#scripts/bench/load.ts'
import { arrivalOf, createCustomers, openPayments, PAID_AT } from '#scripts/bench/open-payments.ts'
import { type BenchRow, comparePairs } from '#scripts/bench/pairs.ts'
import { type BenchSettings, CONNECTIONS } from '#scripts/bench/settings.ts'

/**
 * Posting through the app (the room's function over Prisma) against node `pg` calling the same SQL function with as many
 * connections on equal rows: a settled card payment of two invoices. Rounds alternate; every payment is settled once.
 */
export async function benchPosting({ url, ownerUrl, rounds, isQuick }: BenchSettings): Promise<BenchRow[]> {
  const count = isQuick ? 500 : 2_000
  const owner = new pg.Client(ownerUrl)
  await owner.connect()
  const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS, min: CONNECTIONS })
  const throughPg = async (id: PaymentId): Promise<void> => {
    await pool.query('SELECT settle_payment($1::uuid, $2::jsonb, $3::timestamptz) AS answer', [
      id,
      JSON.stringify(arrivalOf(id)),
      PAID_AT,
    ])
  }
  try {
    const customers = await createCustomers(owner, 50)
    const rateOf = async (post: (id: PaymentId) => Promise<void>): Promise<number> =>
      (await workThrough(await openPayments(owner, customers, count), CONNECTIONS, post)).perSecond
    const result = await comparePairs({
      rounds,
      baseline: () => rateOf(throughPg),
      subject: () => rateOf(settleThroughApp),
    })
    const before = await walSyncs(owner)
    const ids = await openPayments(owner, customers, count)
    const opened = await walSyncs(owner)
    await workThrough(ids, CONNECTIONS, settleThroughApp)
    const syncs = (await walSyncs(owner)) - opened
    return [
      {
        name: `Posting a settled payment of two invoices, ${CONNECTIONS} at once: app / node pg`,
        unit: 'postings per second',
        goal: { atLeast: 0.5 },
        ...result,
        note: `1 statement and ${(syncs / count).toFixed(2)} WAL fsyncs per posting through the app (${opened - before} to open ${count} payments in one transaction)`,
      },
    ]
  } finally {
    await pool.end()
    await owner.end()
  }
}

/** Settles one payment as the app does. */
export async function settleThroughApp(id: PaymentId): Promise<void> {
  await settlePayment(db, id, arrivalOf(id), PAID_AT)
}

async function walSyncs(owner: pg.Client): Promise<number> {
  await owner.query('SELECT pg_stat_force_next_flush()')
  await new Promise((resolve) => setTimeout(resolve, 1_100))
  const { rows } = await owner.query(
    `SELECT coalesce(sum(fsyncs), 0)::int AS fsyncs FROM pg_stat_io WHERE object = 'wal'`,
  )
  return rows[0].fsyncs
}
