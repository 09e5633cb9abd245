import pg from 'pg'
import { newId, type PersonId } from '#app/books/ids.ts'
import { createStripeProcessor } from '#app/gateways/stripe/client.server.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { money } from '#app/money/money.ts'
import { createPerson } from '#app/parties/people.server.ts'
import { payInvoices } from '#app/payments/pay-invoices.server.ts'
import { payBare } from '#scripts/bench/bare-pay.ts'
import { percentile, workThrough } from '#scripts/bench/load.ts'
import {
  createCustomers,
  type Due,
  issuePairs,
  refreshStatistics,
  SHARE_MINOR,
} from '#scripts/bench/open-payments.ts'
import { type BenchRow, compare, measurePairs } from '#scripts/bench/pairs.ts'
import { type BenchSettings, CONNECTIONS, WEBHOOK_SECRET } from '#scripts/bench/settings.ts'
import { startSandbox } from '#test/support/sandbox.ts'

const CLIENTS = 10
const CUSTOMERS = 50
const USD = parseCurrency('USD')
/**
 * What transactions through Prisma were measured to reach of the same statements by node pg before there was a product (202 to
 * 318 a second of 920 to 1,260): asking the processor as well may not make it less.
 */
const GOAL = { atLeast: 0.25 }
/** Wanted on two cores with nothing else to do; they depend on the machine, so they are shown and are no goals. */
const WANTED = { perSecond: 150, p95Ms: 150 }

/**
 * What the pay form does: a cart of two invoices booked, and a checkout opened at the processor, which is the sandbox in a
 * process of its own and answers at once. Against node `pg` that calls the same SQL functions and makes as many statements,
 * and asks no processor.
 */
export async function benchPay({ url, ownerUrl, rounds, isQuick }: BenchSettings): Promise<BenchRow[]> {
  const count = isQuick ? 200 : 600
  const owner = new pg.Client(ownerUrl)
  await owner.connect()
  const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS, min: CONNECTIONS })
  const sandbox = await startSandbox()
  try {
    const customers = await createCustomers(owner, CUSTOMERS)
    const personId = await createPerson({ name: 'Pia Bench', email: 'payer@bench.test' })
    const throughApp = payThroughApp(sandbox.port, personId)
    // The processor's first payment of a customer costs more than all later ones: it opens the customer's account there.
    await workThrough(await issuePairs(owner, customers, CUSTOMERS), CLIENTS, throughApp)
    const [sample] = await issuePairs(owner, customers, 1)
    if (sample === undefined) throw new Error('no invoice was issued')
    const statements = await statementsOf(() => throughApp(sample))
    const request = await storedRequestOf(owner)
    const throughPg = (due: Due): Promise<void> => payBare(pool, due, { personId, request, statements })

    const measure = async (pay: (due: Due) => Promise<void>): ReturnType<typeof workThrough> => {
      const dues = await issuePairs(owner, customers, count)
      await refreshStatistics(owner)
      return workThrough(dues, CLIENTS, pay)
    }
    const pairs = await measurePairs({
      rounds,
      baseline: () => measure(throughPg),
      subject: () => measure(throughApp),
    })
    const what = `Opening a payment of two invoices and its checkout, ${CLIENTS} at once`
    const rate = compare(pairs, ({ perSecond }) => perSecond)
    const p95 = compare(pairs, ({ latencies }) => percentile(latencies, 0.95))
    const isKept = rate.subject >= WANTED.perSecond && p95.subject <= WANTED.p95Ms
    return [
      {
        name: `${what}: app with sandbox / node pg alone`,
        unit: 'payments per second',
        goal: GOAL,
        ...rate,
        note: `Opening a payment takes ${statements} statements on both sides, and the app asks the processor twice; ${WANTED.perSecond} per second with a p95 of ${WANTED.p95Ms} ms are wanted of one process: ${isKept ? 'kept' : 'missed'}`,
      },
      { name: `${what}, p95: the same`, unit: 'ms', goal: null, ...p95 },
    ]
  } finally {
    await sandbox.stop()
    await pool.end()
    await owner.end()
  }
}

function payThroughApp(port: number, personId: PersonId): (due: Due) => Promise<void> {
  const processor = createStripeProcessor({
    secretKey: 'sk_test_sandbox',
    webhookSecrets: [WEBHOOK_SECRET],
    api: { host: '127.0.0.1', port, protocol: 'http' },
  })
  const amount = money(BigInt(SHARE_MINOR), USD)
  return async ({ customerId, invoiceIds }) => {
    const items = invoiceIds.map((invoiceId) => ({ invoiceId, amount }))
    const cart = { paymentId: newId<'pay'>(), currency: USD, items }
    const paid = await payInvoices({ processor, customerId, personId, cart, origin: 'http://localhost:3000' })
    if (!paid.ok) throw new Error(`a payment was refused: ${paid.refusal.code}`)
    if (paid.checkoutUrl === null) throw new Error('a payment has no checkout')
  }
}

/** How many statements `work` sends to the database: every one of this process goes through node `pg`. */
async function statementsOf(work: () => Promise<void>): Promise<number> {
  const { query } = pg.Client.prototype
  let count = 0
  pg.Client.prototype.query = new Proxy(query, {
    apply(target, self, values) {
      count += 1
      return Reflect.apply(target, self, values)
    },
  })
  try {
    await work()
    return count
  } finally {
    pg.Client.prototype.query = query
  }
}

/** What the app stored of the last checkout that it asked for, so that both sides store as much. */
async function storedRequestOf(owner: pg.Client): Promise<object> {
  const { rows } = await owner.query('SELECT request FROM payment_attempt ORDER BY id DESC LIMIT 1')
  return rows[0].request
}
