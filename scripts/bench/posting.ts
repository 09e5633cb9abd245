import pg from 'pg'
import { newId } from '#app/books/ids.ts'
import { type BenchRow, comparePairs } from '#scripts/bench/pairs.ts'

const CONNECTIONS = 16
const SETTLED_ON = '2026-03-01'

/**
 * Posting through the app (the room's function over Prisma) against node `pg` calling the same SQL function with as many
 * connections on equal rows: a settled card payment of two invoices. Rounds alternate; every payment is settled once.
 */
export async function benchPosting(
  appUrl: string,
  ownerUrl: string,
  rounds: number,
  paymentsPerRound: number,
): Promise<BenchRow> {
  const { settlePayment } = await import('#app/payments/posting.server.ts')
  const { db } = await import('#app/platform/db.server.ts')
  const owner = new pg.Client(ownerUrl)
  await owner.connect()
  const pool = new pg.Pool({ connectionString: appUrl, max: CONNECTIONS, min: CONNECTIONS })
  const now = new Date('2026-03-01T12:00:00Z')
  const detail = { receivedMinor: '15000', settledOn: SETTLED_ON, cause: 'provider' as const }

  const throughApp = async (id: string): Promise<void> => {
    await settlePayment(db, id as never, detail as never, now)
  }
  const throughPg = async (id: string): Promise<void> => {
    await pool.query('SELECT settle_payment($1::uuid, $2::jsonb, $3::timestamptz) AS answer', [
      id,
      JSON.stringify(detail),
      now,
    ])
  }
  try {
    await createCustomers(owner, 50)
    const result = await comparePairs({
      rounds,
      baseline: async () => ratePerSecond(await openPayments(owner, paymentsPerRound, now), throughPg),
      subject: async () => ratePerSecond(await openPayments(owner, paymentsPerRound, now), throughApp),
    })
    const before = await walSyncs(owner)
    const ids = await openPayments(owner, paymentsPerRound, now)
    const opened = await walSyncs(owner)
    await ratePerSecond(ids, throughApp)
    const syncs = (await walSyncs(owner)) - opened
    return {
      name: 'Posting a settled payment of two invoices, 16 at once: app / node pg',
      unit: 'postings per second',
      goal: 0.5,
      ...result,
      note: `1 statement and ${(syncs / paymentsPerRound).toFixed(2)} WAL fsyncs per posting through the app (${opened - before} to open ${paymentsPerRound} payments in one transaction)`,
    }
  } finally {
    await pool.end()
    await owner.end()
  }
}

async function createCustomers(owner: pg.Client, count: number): Promise<void> {
  await owner.query(`INSERT INTO supplier (id, name, legal_name, address_lines, country_code, email, time_zone, created_at)
    VALUES (new_id(), 'Bench', 'Bench', '{}', 'US', 'bench@example.test', 'UTC', now()) ON CONFLICT DO NOTHING`)
  await owner.query(
    `INSERT INTO customer (id, number, name, address_lines, source, external_id, created_at)
    SELECT new_id(), 'B' || n, 'Bench ' || n, '{}', 'bench', n::text, now() FROM generate_series(1, $1::int) AS n`,
    [count],
  )
}

/** Payments of two invoices each, ready to settle. */
async function openPayments(owner: pg.Client, count: number, now: Date): Promise<string[]> {
  const customers = (
    await owner.query<{ id: string }>(`SELECT id FROM customer WHERE source = 'bench' ORDER BY id`)
  ).rows
  const invoices = Array.from({ length: count * 2 }, (_, index) => {
    const id = newId()
    return {
      id,
      customerId: customers[Math.floor(index / 2) % customers.length]?.id,
      number: id.slice(-8),
      source: 'bench',
      externalNumber: id,
      currency: 'USD',
      issuedOn: '2026-01-01',
      dueOn: '2026-01-31',
      netMinor: '7500',
      taxMinor: '0',
      totalMinor: '7500',
      contentHash: '',
      amountHash: '',
      lines: [],
      taxes: [],
    }
  })
  await owner.query('SELECT issue_invoices($1::jsonb, $2)', [JSON.stringify(invoices), now])
  const payments = Array.from({ length: count }, (_, index) => ({
    id: newId(),
    customerId: invoices[index * 2]?.customerId,
    currency: 'USD',
    method: 'card',
    requestHash: 'bench',
    createdBy: null,
    items: [invoices[index * 2], invoices[index * 2 + 1]].map((invoice) => ({
      invoiceId: invoice?.id,
      amountMinor: '7500',
    })),
    attempt: { id: newId(), operation: 'checkout.sessions.create', request: {}, requestHash: '' },
  }))
  const { rows } = await owner.query(
    `SELECT count(*)::int AS opened FROM jsonb_array_elements($1::jsonb) AS p WHERE (open_payment(p.value, $2)->>'ok')::boolean`,
    [JSON.stringify(payments), now],
  )
  if (rows[0].opened !== count) throw new Error(`only ${rows[0].opened} of ${count} payments were opened`)
  // Both sides plan by the same statistics. Sessions that planned while the tables were small would else keep such plans
  // until the server's own analysis, which comes at random moments.
  await owner.query('ANALYZE')
  return payments.map((payment) => payment.id)
}

async function ratePerSecond(ids: readonly string[], post: (id: string) => Promise<void>): Promise<number> {
  const queue = [...ids]
  const started = performance.now()
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      for (let id = queue.pop(); id !== undefined; id = queue.pop()) await post(id)
    }),
  )
  return ids.length / ((performance.now() - started) / 1_000)
}

async function walSyncs(owner: pg.Client): Promise<number> {
  await owner.query('SELECT pg_stat_force_next_flush()')
  await new Promise((resolve) => setTimeout(resolve, 1_100))
  const { rows } = await owner.query(
    `SELECT coalesce(sum(fsyncs), 0)::int AS fsyncs FROM pg_stat_io WHERE object = 'wal'`,
  )
  return rows[0].fsyncs
}
