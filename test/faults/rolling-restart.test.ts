/**
 * Two web and two worker processes on one database: each in turn is told to end and replaced, as a new release is rolled out, while
 * payers pay. Nobody is turned away, and what was answered stands. RESTARTS raises the count of rounds, TEST_SEED replays a run.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { seededRandom } from '#scripts/seeded-random.ts'
import { compareAccounts, drain } from '#test/faults/accounts.ts'
import { invoicesFor, PACE } from '#test/faults/cut-run.ts'
import { brokenPromises, type House, openHouse } from '#test/faults/house.ts'
import { makeOpenInvoices } from '#test/faults/house-buyers.ts'
import { keepHistory } from '#test/faults/keep-history.ts'
import { startLoad } from '#test/faults/load.ts'
import type { OpenInvoice } from '#test/faults/open-invoices.ts'
import { unkeptWords } from '#test/faults/payer.ts'

const ROUNDS = Number(process.env.RESTARTS ?? 1)
const SEED = Number(process.env.TEST_SEED ?? 20_261_123)

let house: House
let invoices: OpenInvoice[]
const seen = { answered: 0, unanswered: 0, turnedAway: [] as string[] }

beforeAll(async () => {
  house = await openHouse({ webs: 2, workers: 2 })
  invoices = await makeOpenInvoices(
    house.origin,
    invoicesFor(ROUNDS * 4),
    seededRandom(SEED),
    (path, page) => {
      if (page === null) seen.unanswered += 1
      else seen.answered += 1
      if (page !== null && page.status >= 500) seen.turnedAway.push(`${page.status} ${path}`)
    },
  )
}, 120_000)
afterAll(() => house?.stop(), 60_000)

test(`${ROUNDS} rolling restarts of two web and two worker processes under load: nobody is turned away`, {
  timeout: 3_600_000,
}, async () => {
  const random = seededRandom(SEED + 2)
  const load = startLoad(invoices, house.sandboxUrl, seededRandom(SEED + 1), PACE)
  const drains: { name: string; tookMs: number }[] = []
  try {
    for (let round = 0; round < ROUNDS; round += 1)
      for (const each of [...house.webs, ...house.workers]) {
        await sleep(random.between(300, 1_500))
        drains.push({ name: each.name, tookMs: await each.restart() })
      }
    await sleep(500)
  } finally {
    await load.stop()
  }
  const { deeds } = load
  try {
    await drain(house)
    const accounts = await compareAccounts(house)
    const slowest = ['web', 'worker'].map((name) => {
      const times = drains.filter((each) => each.name === name).map(({ tookMs }) => tookMs)
      return `${name} at most ${Math.max(...times)} ms`
    })
    console.log(
      `seed ${SEED}: ${drains.length} restarts in ${ROUNDS} rounds, gone after the word to end: ${slowest.join(', ')}; ${house.restarts()} ended by themselves; ${deeds.length} payments begun, ${deeds.filter((deed) => deed.saidSettled).length} said settled; ${seen.answered} requests answered, ${seen.unanswered} lost their connection and were sent again, ${seen.turnedAway.length} turned away; ${accounts.charges} charges, ${accounts.settledPayments} settled payments, ${accounts.entriesOnChain} of ${accounts.ledgerEvents} ledger events on chain, ${accounts.differences.length} differences`,
    )
    expect(seen.turnedAway).toEqual([])
    expect(deeds.filter((deed) => deed.gaveUp !== null)).toEqual([])
    expect(accounts.differences).toEqual([])
    expect(accounts.settledPayments).toBe(accounts.charges)
    expect(await unkeptWords(deeds, house)).toEqual([])
    expect(await brokenPromises(house)).toEqual([])
  } catch (error) {
    const log = house.logLines().slice(-2_000)
    keepHistory(`restarts-failed-${SEED}`, { seed: SEED, drains, deeds, seen, log })
    throw error
  }
})
