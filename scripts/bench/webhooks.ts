import { Agent, request } from 'node:http'
import pg from 'pg'
import { createBenchCustomer } from '#scripts/bench/customer.ts'
import { type Latencies, percentile, workSteadily } from '#scripts/bench/load.ts'
import { type BenchRow, compare, measurePairs } from '#scripts/bench/pairs.ts'
import { signIn, startBaselines, startPortal } from '#scripts/bench/servers.ts'
import { type BenchSettings, WEBHOOK_SECRET } from '#scripts/bench/settings.ts'
import { signatureHeader } from '#scripts/sandbox/webhooks/sign.ts'
import { startSandbox } from '#test/support/sandbox.ts'
import { payBy } from '#test/support/sandbox-payments.ts'

const WEBHOOKS_PER_SECOND = 100
const PAGES_PER_SECOND = 10
/** Every tenth delivery brings an event for the second time. */
const REPEATED = { each: 10, earlier: 5 }
/** Wanted on two cores with nothing else to do; it depends on the machine, so it is shown and is no goal. */
const WANTED_P99_MS = 100
/** The inverse of what is wanted of JSON routes beside node:http, 0.35 of its rate. */
const GOAL = { atMost: 2.9 }

/** Nothing answers there: a webhook is taken in without a call to the processor. */
const PROCESSOR = {
  STRIPE_SECRET_KEY: 'sk_test_bench',
  STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
  STRIPE_API_HOST: '127.0.0.1',
  STRIPE_API_PORT: '9',
  STRIPE_API_PROTOCOL: 'http',
}

/**
 * The answers to signed webhooks while the same process also serves pages, at a steady rate of both, against node:http that
 * checks the same signature and makes one INSERT, beside as many bare pages.
 */
export async function benchWebhooks({ ownerUrl, rounds, seconds }: BenchSettings): Promise<BenchRow[]> {
  const buyer = await createBenchCustomer()
  const template = await paidCheckout()
  const portal = await startPortal(PROCESSOR)
  const baselines = await startBaselines()
  const owner = new pg.Client(ownerUrl)
  await owner.connect()
  try {
    const cookie = await signIn(portal, buyer)
    const measure = async (origin: string, list: string): Promise<Latencies> => {
      const deliveries = deliveriesOf(template, seconds * WEBHOOKS_PER_SECOND)
      const pages = Array.from({ length: seconds * PAGES_PER_SECOND }, () => `${list}?size=50`)
      // Connections that rest are given up before the server closes them, so that no request meets a closed one.
      const agent = new Agent({ keepAlive: true, timeout: 3_000 })
      const [latencies] = await Promise.all([
        workSteadily(deliveries, WEBHOOKS_PER_SECOND, ({ body, signature }) =>
          ask(agent, `${origin}/webhooks/stripe`, { 'stripe-signature': signature }, body),
        ),
        workSteadily(pages, PAGES_PER_SECOND, (path) => ask(agent, origin + path, { cookie })),
      ])
      agent.destroy()
      await requireStored(owner, deliveries)
      return latencies
    }
    const pairs = await measurePairs({
      rounds,
      baseline: () => measure(baselines.origin, '/'),
      subject: () => measure(portal.origin, `${buyer.customerPath}/invoices`),
    })
    const under = `Answer to a webhook, ${WEBHOOKS_PER_SECOND} of them and ${PAGES_PER_SECOND} pages a second`
    const p99 = compare(pairs, (latencies) => percentile(latencies, 0.99))
    return [
      {
        name: `${under}, p50: portal / node:http with one INSERT, bare pages`,
        unit: 'ms',
        goal: GOAL,
        ...compare(pairs, (latencies) => percentile(latencies, 0.5)),
      },
      {
        name: `${under}, p99: the same`,
        unit: 'ms',
        goal: null,
        ...p99,
        note: `Of ${REPEATED.each} webhooks one is a repeated one; the p99 wanted of the portal is ${WANTED_P99_MS} ms: ${p99.subject <= WANTED_P99_MS ? 'kept' : 'exceeded'}`,
      },
    ]
  } finally {
    await owner.end()
    await portal.stop()
    await baselines.stop()
  }
}

type Event = { readonly data: { readonly object: object } }

/** What the processor says of a paid checkout: the sandbox's words, which follow the official schema. */
async function paidCheckout(): Promise<Event> {
  const sandbox = await startSandbox()
  try {
    await payBy(sandbox, {})
    const { data } = await sandbox.stripe.events.list({ type: 'checkout.session.completed' })
    const [event] = data
    if (event === undefined) throw new Error('the sandbox told of no paid checkout')
    return event
  } finally {
    await sandbox.stop()
  }
}

type Delivery = { readonly eventId: string; readonly body: string; readonly signature: string }

let made = 0

/** So many deliveries, signed now; the signatures are good for five minutes. */
function deliveriesOf(template: Event, count: number): Delivery[] {
  const deliveries: Delivery[] = []
  for (let index = 0; index < count; index += 1) {
    const isRepeated = index % REPEATED.each === REPEATED.each - 1
    const earlier = isRepeated ? deliveries[index - REPEATED.earlier] : undefined
    deliveries.push(earlier ?? newDelivery(template))
  }
  return deliveries
}

function newDelivery(template: Event): Delivery {
  made += 1
  const eventId = `evt_bench${made}`
  const object = { ...template.data.object, id: `cs_bench${made}` }
  const body = JSON.stringify({ ...template, id: eventId, data: { ...template.data, object } })
  return { eventId, body, signature: signatureHeader(body, WEBHOOK_SECRET, Math.floor(Date.now() / 1_000)) }
}

/** Each event is in the inbox, once. */
async function requireStored(owner: pg.Client, deliveries: readonly Delivery[]): Promise<void> {
  const ids = new Set(deliveries.map(({ eventId }) => eventId))
  const { rows } = await owner.query('SELECT count(*)::int AS stored FROM webhook_inbox WHERE id = ANY($1)', [
    [...ids],
  ])
  if (rows[0].stored !== ids.size) throw new Error(`${rows[0].stored} of ${ids.size} events were stored`)
}

/** Asks and reads the whole answer; throws unless it is a good one. With a body it is posted. */
function ask(agent: Agent, url: string, headers: Record<string, string>, body?: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST'
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const options = { agent, family: 4, method, headers: { ...headers, ...length } }
    const asking = request(url, options, (answer) => {
      answer.once('error', reject)
      answer.once('end', () =>
        answer.statusCode === 200 ? resolve() : reject(new Error(`${url} answered ${answer.statusCode}`)),
      )
      answer.resume()
    })
    asking.once('error', reject)
    asking.end(body)
  })
}
