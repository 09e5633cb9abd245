/**
 * Random histories of calls, made on the contract and on the model: after each call both have refused it for the same reason or taken it with
 * the same answer, and have the same balances, allowances and standings. SEQUENCES raises the count, TEST_SEED replays a run.
 */
import { expect, test } from 'vitest'
import { seededRandom } from '#scripts/seeded-random.ts'
import { changingFunctions, inWords, openCallTally, ownErrors } from '#test/contracts/call-tally.ts'
import type { Call, World } from './calls.ts'
import { openPlanChain, type PlanChain, type PlanOnChain } from './chain.ts'
import { drawCall, drawTerms, drawTime, drawTokenEvent } from './draw.ts'
import { isOver, offeredPlan, standingOf } from './instalments.ts'
import { perform } from './model.ts'
import { refusalOf } from './refusals.ts'
import { evenToken, happen } from './token-model.ts'

const SEQUENCES = Number(process.env.SEQUENCES ?? 60)
const SEED = Number(process.env.TEST_SEED ?? 20_261_123)
const CALLS = 26
const PLANS = 3
/** Later than the clock of any machine that runs this, so that a seed gives the same history everywhere. */
const START = 4_000_000_000n
const PURSE = 600_000n

/** Refusals of the token that must be met, too. */
const TOKEN_REASONS = [
  'SafeERC20FailedOperation',
  'ERC20InsufficientAllowance',
  'ERC20InsufficientBalance',
  'HostileToken_Blocked',
  'HostileToken_Paused',
]
const OUTCOMES = [
  'Active to Defaulted',
  'Defaulted to Active',
  'Defaulted to Done',
  'Active to Done',
  'pullMany true',
  'pullMany false',
  'markDefault true',
  'markDefault false',
]

/** The plans of one history on both sides, each at the same place. */
type Both = { world: World; onChain: PlanOnChain[]; now: bigint }

const random = seededRandom(SEED)
const tally = openCallTally()
let key = 0

async function offer({ world, onChain, now }: Both, at: number, chain: PlanChain): Promise<void> {
  key += 1
  const terms = drawTerms(random, now)
  const written = chain.write(terms, key)
  expect(await chain.idOf(written)).toBe(written.id)
  world.plans[at] = offeredPlan(terms)
  onChain[at] = written
}

/** What happens between two calls: a plan takes the place of one that has ended, the token changes, time goes on. */
async function goOn(both: Both, chain: PlanChain): Promise<void> {
  const { world } = both
  const ended = world.plans.findIndex((plan) => isOver(plan, both.now))
  if (ended >= 0 && random.unit() < 0.5) await offer(both, ended, chain)
  if (random.unit() < 0.3) {
    const event = drawTokenEvent(random, world)
    happen(world.token, event)
    both.now += 1n
    await chain.doEvent(event, both.now)
  }
  both.now = drawTime(random, world, both.now)
}

/** Makes the call on both sides. */
async function call(
  { world, onChain, now }: Both,
  made: Call,
  chain: PlanChain,
  where: string,
): Promise<void> {
  const refusal = refusalOf(world, made, now)
  if (refusal === null) {
    const before = world.plans.map(({ status }) => status)
    const answer = await chain.ask(made, onChain, now)
    expect(answer, where).toEqual(perform(world, made, now))
    if (answer !== null) for (const each of [answer].flat()) tally.addOutcome(`${made.name} ${each}`)
    for (const [at, { status }] of world.plans.entries())
      if (status !== before[at]) tally.addOutcome(`${before[at]} to ${status}`)
  }
  expect(await chain.make(made, onChain, now), where).toBe(refusal)
  tally.add(made.name, refusal)
}

async function expectAgreement(
  { world, onChain, now }: Both,
  chain: PlanChain,
  where: string,
): Promise<void> {
  const { balances, allowances } = world.token
  const [seenBalances, seenAllowances, ...standings] = await Promise.all([
    chain.balances(),
    chain.allowances(),
    ...onChain.map(chain.standing),
  ])
  expect({ balances: seenBalances, allowances: seenAllowances, standings }, where).toEqual({
    balances,
    allowances,
    standings: world.plans.map((plan) => standingOf(plan, now)),
  })
}

test(`after each call of ${SEQUENCES} random histories the contract stands as the model`, {
  timeout: 7_200_000,
}, async () => {
  const chain = await openPlanChain(PURSE)
  const startAgain = await chain.remember()
  expect(await chain.servesToken()).toBe(true)
  for (let sequence = 0; sequence < SEQUENCES; sequence += 1) {
    await startAgain()
    const world: World = { plans: [], token: evenToken(PURSE) }
    const both: Both = { world, onChain: [], now: START }
    for (let at = 0; at < PLANS; at += 1) await offer(both, at, chain)
    for (let n = 0; n < CALLS; n += 1) {
      await goOn(both, chain)
      const made = drawCall(random, world, both.now)
      const where = `seed ${SEED}, sequence ${sequence}, call ${n}, time ${both.now}: ${inWords(made)}`
      await call(both, made, chain, where)
      await expectAgreement(both, chain, where)
    }
  }

  console.log(`seed ${SEED}: ${SEQUENCES} sequences of ${CALLS} calls; ${tally.text()}`)
  expect(tally.refusedShare()).toBeGreaterThan(0.2)
  for (const name of changingFunctions(chain.abi))
    expect(tally.takenOf(name), name).toBeGreaterThan(SEQUENCES / 4)
  for (const outcome of OUTCOMES) expect(tally.outcomesOf(outcome), outcome).toBeGreaterThan(0)
  const reasons = ownErrors(chain.abi, 'InstallmentPlan').filter(
    (name) => !name.endsWith('_TokenWithoutCode'),
  )
  expect(tally.reasons()).toEqual(expect.arrayContaining([...reasons, ...TOKEN_REASONS]))
})
