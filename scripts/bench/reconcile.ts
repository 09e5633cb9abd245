import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import pg from 'pg'
import { reconcile } from '#app/reconciliation/runs/reconcile.server.ts'
import { type BenchRow, comparePairs } from '#scripts/bench/pairs.ts'
import type { BenchSettings } from '#scripts/bench/settings.ts'

const TRANSACTIONS = 100_000
/** Charges whose amount is another at the processor: both sides have to find exactly these. */
const WRONG = 100
const AMOUNT = 10_000
const FEE = 320
const DAYS = 30
/** Most that the process may hold beyond what it held before, in megabytes. */
const MEMORY_LIMIT_MEGABYTES = 60

/**
 * A whole comparison of 100,000 charges with their payments and fees, against one full outer join of the same rows in SQL, which
 * knows no causes, no youth and no cases. What the process holds in memory is measured in a run of its own.
 */
export async function benchReconcile({ ownerUrl, rounds, isQuick }: BenchSettings): Promise<BenchRow[]> {
  const owner = new pg.Client(ownerUrl)
  await owner.connect()
  try {
    await fill(owner)
    const compare = async (): Promise<number> => (await reconcile({ books: null, rpcUrl: undefined })).open
    const growth = await growthOf(compare)
    if (growth > MEMORY_LIMIT_MEGABYTES)
      throw new Error(`comparing holds ${growth.toFixed(0)} MB, more than ${MEMORY_LIMIT_MEGABYTES}`)
    const result = await comparePairs({
      rounds: isQuick ? 1 : rounds,
      baseline: () => rateOf(() => joinOnce(owner)),
      subject: () => rateOf(compare),
    })
    return [
      {
        name: 'Comparing 100,000 transactions with the books, causes and cases / one full outer join in SQL',
        unit: 'transactions per second',
        goal: { atLeast: 0.01 },
        ...result,
        note: `The comparison took ${(TRANSACTIONS / result.subject).toFixed(1)} s and held at most ${growth.toFixed(0)} MB more than before (limit ${MEMORY_LIMIT_MEGABYTES}); both found the ${WRONG} wrong charges`,
      },
    ]
  } finally {
    await owner.end()
  }
}

async function rateOf(compare: () => Promise<number>): Promise<number> {
  const started = performance.now()
  const found = await compare()
  if (found !== WRONG) throw new Error(`${found} of ${WRONG} differences were found`)
  return TRANSACTIONS / ((performance.now() - started) / 1_000)
}

async function joinOnce(owner: pg.Client): Promise<number> {
  const { rows } = await owner.query<{ wrong: number }>(`
    SELECT count(*)::int AS wrong
      FROM (SELECT source_id AS key, sum(amount_minor) AS amount, sum(fee_minor) AS fee FROM provider_transaction GROUP BY 1) AS theirs
      FULL JOIN (SELECT p.stripe_charge_id AS key, sum(l.amount_minor) FILTER (WHERE j.kind = 'payment.settled') AS amount,
                        -sum(l.amount_minor) FILTER (WHERE j.kind = 'provider.fee') AS fee
                   FROM posting l JOIN journal j ON j.id = l.journal_id JOIN payment p ON p.id = j.record_id
                  WHERE l.account_code = 1200 AND p.stripe_charge_id IS NOT NULL GROUP BY 1) AS ours USING (key)
     WHERE theirs.amount IS DISTINCT FROM ours.amount OR theirs.fee IS DISTINCT FROM ours.fee`)
  return rows[0]?.wrong ?? 0
}

/** By how much more memory the process holds at the highest, in megabytes: garbage is collected before each sample. */
async function growthOf(work: () => Promise<unknown>): Promise<number> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const held = (): number => {
    collect()
    const { heapUsed, external } = process.memoryUsage()
    return heapUsed + external
  }
  const before = held()
  let highest = before
  const timer = setInterval(() => {
    highest = Math.max(highest, held())
  }, 500)
  await work()
  clearInterval(timer)
  return (highest - before) / 1_000_000
}

/** Settled payments with a charge and a fee each, spread over the days that are compared, and the processor's side of them. */
async function fill(owner: pg.Client): Promise<void> {
  await owner.query(`INSERT INTO supplier (id, name, legal_name, address_lines, country_code, email, time_zone, created_at)
    VALUES (new_id(), 'Bench', 'Bench', '{}', 'US', 'bench@example.test', 'UTC', now()) ON CONFLICT DO NOTHING`)
  await owner.query(`INSERT INTO customer (id, number, name, address_lines, source, external_id, created_at)
    SELECT new_id(), 'R' || n, 'Reconcile ' || n, '{}', 'bench-reconcile', n::text, now() FROM generate_series(1, 100) AS n`)
  await owner.query('BEGIN')
  await owner.query(`CREATE TEMP TABLE charged ON COMMIT DROP AS
    SELECT n, new_id() AS payment_id, new_id() AS journal_id, new_id() AS fee_id, 'ch_' || n AS charge, 'txn_' || n AS txn,
           now() - interval '1 day' - (n % ${DAYS}) * interval '1 day' AS at,
           (array(SELECT id FROM customer WHERE source = 'bench-reconcile' ORDER BY id))[1 + n % 100] AS customer_id
      FROM generate_series(1, ${TRANSACTIONS}) AS n`)
  await owner.query(`INSERT INTO payment (id, customer_id, number, currency, amount_minor, received_minor, unallocated_minor, method, state,
      request_hash, stripe_payment_intent_id, stripe_charge_id, settled_on, settled_at, created_at, updated_at)
    SELECT payment_id, customer_id, 'R-' || n, 'USD', ${AMOUNT}, ${AMOUNT}, ${AMOUNT}, 'card', 'settled', 'bench', 'pi_' || n, charge,
           (at AT TIME ZONE 'UTC')::date, at, at, at FROM charged`)
  await owner.query(`INSERT INTO journal (id, kind, posting_key, customer_id, record_id, effective_on, recorded_at)
    SELECT journal_id, 'payment.settled', 'payment.settled:' || payment_id, customer_id, payment_id, (at AT TIME ZONE 'UTC')::date, at FROM charged
    UNION ALL SELECT fee_id, 'provider.fee', 'provider.fee:' || txn, NULL, payment_id, (at AT TIME ZONE 'UTC')::date, at FROM charged`)
  await owner.query(`INSERT INTO posting (journal_id, line_no, account_code, currency, amount_minor, customer_id, effective_on, recorded_at)
    SELECT leg.journal_id, leg.line_no, leg.account, 'USD', leg.amount, leg.customer_id, (at AT TIME ZONE 'UTC')::date, at
      FROM charged CROSS JOIN LATERAL (VALUES (journal_id, 1, 1200, ${AMOUNT}, customer_id), (journal_id, 2, 2200, -${AMOUNT}, customer_id),
        (fee_id, 1, 5000, ${FEE}, NULL), (fee_id, 2, 1200, -${FEE}, NULL)) AS leg(journal_id, line_no, account, amount, customer_id)`)
  await owner.query(`INSERT INTO provider_transaction (id, kind, type, reporting_category, amount_minor, fee_minor, net_minor, is_rounded, currency, source_id,
      source_payment_id, status, created_at, available_on, read_at)
    SELECT txn, 'payment', 'charge', 'charge', ${AMOUNT} + wrong, ${FEE}, ${AMOUNT - FEE} + wrong, false, 'USD', charge, payment_id, 'available', at, at, at
      FROM (SELECT *, CASE WHEN n % ${TRANSACTIONS / WRONG} = 0 THEN 1 ELSE 0 END AS wrong FROM charged) AS each_charge`)
  await owner.query('COMMIT')
  await owner.query('ANALYZE')
}
