/**
 * Random histories of calls, made on the contract and on the model: after each call both have refused it for the same reason or taken it, and
 * tell the same of every placement. SEQUENCES raises the count, TEST_SEED replays a run.
 */
import { expect, test } from 'vitest'
import { seededRandom } from '#scripts/seeded-random.ts'
import { changingFunctions, inWords, openCallTally, ownErrors } from '#test/contracts/call-tally.ts'
import { openPlacementChain, PLACES } from './chain.ts'
import { drawCall, drawTime } from './draw.ts'
import { emptyRegistry, perform, refusalOf, seenAt, supplierOf } from './model.ts'

const SEQUENCES = Number(process.env.SEQUENCES ?? 80)
const SEED = Number(process.env.TEST_SEED ?? 20_261_123)
const CALLS = 26
/** Later than the clock of any machine that runs this, so that a seed gives the same history everywhere. */
const START = 4_000_000_000n

/** What every edge of the contract's drawing comes to. */
const OUTCOMES = [
  ...['None', 'Recalled', 'Returned', 'Expired'].map((from) => `${from} to Offered`),
  ...['Offered', 'Held'].map((from) => `${from} to Accepted`),
  'Accepted to Held',
  ...['Offered', 'Accepted', 'Held'].flatMap((from) => [`${from} to Recalled`, `${from} to Returned`]),
  'Expired to Expired',
]

test(`after each call of ${SEQUENCES} random histories the contract stands as the model`, {
  timeout: 7_200_000,
}, async () => {
  const random = seededRandom(SEED)
  const tally = openCallTally()
  const chain = await openPlacementChain()
  const startAgain = await chain.remember()
  for (let sequence = 0; sequence < SEQUENCES; sequence += 1) {
    await startAgain()
    const registry = emptyRegistry()
    let now = START
    for (let n = 0; n < CALLS; n += 1) {
      now = drawTime(random, registry, now)
      const call = drawCall(random, registry, now)
      const where = `seed ${SEED}, sequence ${sequence}, call ${n}, time ${now}: ${inWords(call)}`
      const refusal = refusalOf(registry, call, now)
      if (refusal === null) {
        const placement = registry[supplierOf(call)][call.key]
        const { status } = seenAt(placement, now)
        perform(registry, call)
        tally.addOutcome(`${status} to ${placement.status}`)
      }
      expect(await chain.make(call, now), where).toBe(refusal)
      tally.add(call.name, refusal)
      const expected = PLACES.map(({ supplier, key }) => seenAt(registry[supplier][key], now))
      expect(await chain.placements(), where).toEqual(expected)
    }
  }

  console.log(`seed ${SEED}: ${SEQUENCES} sequences of ${CALLS} calls; ${tally.text()}`)
  expect(tally.refusedShare()).toBeGreaterThan(0.2)
  for (const name of changingFunctions(chain.abi))
    expect(tally.takenOf(name), name).toBeGreaterThan(SEQUENCES / 4)
  for (const outcome of OUTCOMES) expect(tally.outcomesOf(outcome), outcome).toBeGreaterThan(0)
  expect(tally.reasons()).toEqual(expect.arrayContaining(ownErrors(chain.abi, 'PlacementRegistry')))
})
