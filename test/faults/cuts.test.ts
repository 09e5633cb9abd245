/**
 * Connections to the database are cut, stand still, come late, and lose the answer to a COMMIT that was carried out, while payers
 * pay. Whoever is turned away gets a page that says to try again; nothing that was said is lost, and nothing is done twice.
 * CUTS raises the count, TEST_SEED replays a run.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seededRandom } from '#scripts/seeded-random.ts'
import { type Accounts, compareAccounts, drain } from '#test/faults/accounts.ts'
import { drawTrouble, invoicesFor, makeTrouble, PACE, type Trouble } from '#test/faults/cut-run.ts'
import { brokenPromises, type House, openHouse } from '#test/faults/house.ts'
import { makeOpenInvoices } from '#test/faults/house-buyers.ts'
import { keepHistory } from '#test/faults/keep-history.ts'
import { startLoad } from '#test/faults/load.ts'
import type { OpenInvoice } from '#test/faults/open-invoices.ts'
import { type Deed, unkeptWords } from '#test/faults/payer.ts'
import type { Page } from '#test/faults/visitor.ts'
import { signed } from '#test/support/payment-history.ts'

const CUTS = Number(process.env.CUTS ?? 5)
const SEED = Number(process.env.TEST_SEED ?? 20_261_123)

let house: House
let invoices: OpenInvoice[]
/** How often each status was answered, and answers that are wrong whatever failed behind them. */
const statuses = new Map<number, number>()
const wrong: string[] = []

beforeAll(async () => {
  house = await openHouse({ webs: 1, workers: 1 })
  invoices = await makeOpenInvoices(house.origin, invoicesFor(CUTS), seededRandom(SEED), notice)
}, 120_000)
afterAll(() => house?.stop(), 60_000)

function notice(path: string, page: Page | null): void {
  if (page === null) return
  const { status, body, retryAfter } = page
  statuses.set(status, (statuses.get(status) ?? 0) + 1)
  if (status < 500) return
  // The header is for programs that fetch pages and files; our own script reads the sentence.
  const saysWhen = retryAfter !== null || path.endsWith('.data')
  const saysWhatToDo = status === 503 && /try again/i.test(body) && saysWhen
  const tellsOfInside = /\bat \S+ \(|\.ts:\d+|Prisma|ECONN|Connection terminated/.test(body)
  if (!saysWhatToDo || tellsOfInside) wrong.push(`${status} ${path.split('?')[0]}: ${body.slice(0, 300)}`)
}

test('webhooks that are forged, stale or changed are turned away and noted', async () => {
  const body = JSON.stringify({ id: 'evt_forged', object: 'event', type: 'charge.succeeded', created: 1 })
  const stale = { timestamp: Math.floor(Date.now() / 1000) - 301 }
  const bring = async (payload: string, signature: string): Promise<number> => {
    const headers = { 'stripe-signature': signature }
    const url = `${house.origin}/webhooks/stripe`
    return (await fetch(url, { method: 'POST', body: payload, headers })).status
  }
  const answers = [
    await bring(body, signed(body, { secret: 'whsec_wrong' })),
    await bring(body, signed(body, stale)),
    await bring(`${body} `, signed(body)),
    await bring(body, ''),
  ]
  expect(answers).toEqual([400, 400, 400, 400])
  const noted = house.logLines().filter(({ level }) => level === 'warn')
  expect(noted.filter(({ msg }) => msg === 'a webhook with a wrong signature was turned away')).toHaveLength(
    4,
  )
  expect(await house.sql('SELECT id FROM webhook_inbox WHERE id = $1', ['evt_forged'])).toEqual([])
})

test('without a database every page, file and form answers that we are not available, and works again after it', async () => {
  const [invoice] = invoices
  if (invoice === undefined) throw new Error('there is no invoice')
  const { buyer, customerId, invoiceId } = invoice
  const base = `/c/${customerId}`
  const pages = [
    ...[base, `${base}/invoices`, `${base}/invoices/${invoiceId}`, `${base}/pay?pick=${invoiceId}`],
    ...[
      `${base}/payments`,
      `${base}/invoices.csv`,
      `${base}/invoices/${invoiceId}/invoice.pdf`,
      `${base}/invoices.data`,
    ],
  ]
  const ask = (): Promise<Page[]> =>
    Promise.all([
      ...pages.map((path) => buyer.get(path)),
      buyer.post(`${base}/pay?pick=${invoiceId}`, new URLSearchParams({ intent: 'pay' })),
      buyer.post('/sign-in', new URLSearchParams({ email: 'nobody@buyers.example', password: 'not mine' })),
    ])
  house.database.refuse()
  house.database.cut('reset')
  try {
    expect((await ask()).map(({ status }) => status)).toEqual(Array(pages.length + 2).fill(503))
  } finally {
    house.database.resume()
  }
  await house.untilReady()
  expect((await ask()).map(({ status }) => status)).toEqual([...pages.map(() => 200), 400, 302])
  expect(wrong).toEqual([])
})

test(`${CUTS} troubles with the connections to the database under load: nothing lost, nothing twice`, {
  timeout: 3_600_000,
}, async () => {
  const random = seededRandom(SEED + 2)
  const startedAt = performance.now()
  const load = startLoad(invoices, house.sandboxUrl, seededRandom(SEED + 1), PACE)
  const troubles: (Trouble & { atSecond: number; happened: boolean })[] = []
  try {
    for (let place = 0; place < CUTS; place += 1) {
      await sleep(random.between(200, 1_200))
      const trouble = drawTrouble(place, random)
      const atSecond = Math.round((performance.now() - startedAt) / 100) / 10
      troubles.push({ ...trouble, atSecond, happened: await makeTrouble(house.database, trouble) })
      await house.untilReady()
    }
  } finally {
    await load.stop()
  }
  const { deeds } = load
  try {
    const drainSeconds = await drain(house)
    const accounts = await compareAccounts(house)
    console.log(summaryOf(troubles, deeds, accounts, drainSeconds))
    expect(wrong).toEqual([])
    expect(accounts.differences).toEqual([])
    expect(accounts.settledPayments).toBe(accounts.charges)
    expect(await unkeptWords(deeds, house)).toEqual([])
    expect(await brokenPromises(house)).toEqual([])
    expect(deeds.filter((deed) => deed.saidSettled).length).toBeGreaterThan(CUTS)
  } catch (error) {
    keepHistory(`cuts-failed-${SEED}`, {
      seed: SEED,
      troubles,
      deeds,
      wrong,
      log: house.logLines().slice(-2_000),
    })
    throw error
  }
})

function summaryOf(
  troubles: readonly { happened: boolean }[],
  deeds: readonly Deed[],
  accounts: Accounts,
  drainSeconds: number,
): string {
  const count = (isCounted: (deed: Deed) => boolean): number => deeds.filter(isCounted).length
  const answers = [...statuses].toSorted(([a], [b]) => a - b).map(([status, times]) => `${times} × ${status}`)
  return [
    `seed ${SEED}: ${troubles.filter((each) => each.happened).length} of ${CUTS} troubles happened`,
    `${deeds.length} payments begun, ${count((deed) => deed.cardTaken)} cards taken, ${count((deed) => deed.saidSettled)} said settled, ${count((deed) => deed.gaveUp !== null)} given up`,
    `answers ${answers.join(', ')}; ${house.restarts()} processes ended by themselves and were started again`,
    `drained in ${drainSeconds.toFixed(0)} s: ${accounts.charges} charges, ${accounts.settledPayments} settled payments, ${accounts.ledgerEvents} ledger events, ${accounts.entriesOnChain} entries on chain, ${accounts.differences.length} differences`,
  ].join('; ')
}
