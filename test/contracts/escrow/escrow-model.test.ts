/**
 * Random histories of calls, made on the contract and on the model: both refuse the same calls, and end with the same balances and states.
 * SEQUENCES raises the count, TEST_SEED replays a run.
 */
import { expect, test } from 'vitest'
import { type Random, seededRandom } from '#scripts/seeded-random.ts'
import { inWords, openCallTally } from '#test/contracts/call-tally.ts'
import { type EscrowChain, openEscrowChain } from './chain.ts'
import {
  apply,
  type Balances,
  type Call,
  type ModelEscrow,
  type ModelTerms,
  offered,
  type Party,
  remaining,
  statusOf,
} from './model.ts'

const SEQUENCES = Number(process.env.SEQUENCES ?? 40)
const SEED = Number(process.env.TEST_SEED ?? 20_261_123)
const CALLS = 26
const DAY = 86_400n
const PURSE = 10n ** 15n

const CALLERS: readonly Party[] = ['payer', 'payee', 'arbiter', 'stranger']
const NAMES = [
  'fund',
  'cancelOffer',
  'markDelivered',
  'markDeliveredAttested',
  'release',
  'refund',
  'dispute',
  'dispute',
  'offerSettlement',
  'acceptSettlement',
  'rule',
  'settle',
  'settle',
  'releaseMany',
] as const
/** Who usually makes a call; one in five is made by anybody. */
const USUAL: Partial<Record<Call['name'], readonly Party[]>> = {
  fund: ['payer'],
  release: ['payer'],
  refund: ['payee'],
  rule: ['arbiter'],
  cancelOffer: ['payee', 'stranger'],
  dispute: ['payer', 'payee'],
  offerSettlement: ['payer', 'payee'],
  acceptSettlement: ['payer', 'payee'],
  markDelivered: ['payer', 'payee'],
}

function drawTerms(random: Random, now: bigint): ModelTerms {
  const amount = BigInt(random.between(2, 2_000_000_000))
  const hasDiscount = random.unit() < 0.3
  return {
    amount,
    offerExpires: now + BigInt(random.between(1, 5)) * DAY,
    deliverBy: now + BigInt(random.between(2, 20)) * DAY,
    window: BigInt(random.between(1, 12)) * DAY,
    arbiterTimeout: BigInt(random.between(1, 12)) * DAY,
    defaultPayeeShareBps: BigInt(random.between(0, 10_000)),
    deemedDelivered: random.unit() < 0.4,
    hasAttestor: random.unit() < 0.4,
    discountUntil: hasDiscount ? now + DAY : 0n,
    discountedAmount: hasDiscount ? BigInt(random.between(1, Number(amount) - 1)) : 0n,
    agencyShareBps: random.unit() < 0.5 ? BigInt(random.between(1, 10_000)) : 0n,
  }
}

function drawAmount(random: Random, upTo: bigint): bigint {
  const kind = random.unit()
  if (kind < 0.15) return upTo
  if (kind < 0.2) return upTo + BigInt(random.between(0, 5))
  return BigInt(Math.floor(random.unit() * Number(upTo))) + (kind < 0.95 ? 1n : 0n)
}

/** Mostly a call that the model takes, so that histories get somewhere; the others are refusals. */
function drawLikelyCall(random: Random, escrow: ModelEscrow, balances: Balances, now: bigint): Call {
  for (let tries = 0; ; tries += 1) {
    const call = drawCall(random, escrow)
    const isTaken = apply(structuredClone(escrow), { ...balances }, call, now)
    if (isTaken || tries === 8 || random.unit() < 0.15) return call
  }
}

function drawCall(random: Random, escrow: ModelEscrow): Call {
  const isFresh = escrow.funded === 0n && escrow.end === null
  const name = isFresh && random.unit() < 0.85 ? 'fund' : random.pick(NAMES)
  const by = random.unit() < 0.2 ? random.pick(CALLERS) : random.pick(USUAL[name] ?? CALLERS)
  switch (name) {
    case 'markDeliveredAttested':
      return { name, by, isGenuine: random.unit() < 0.8 }
    case 'release':
    case 'refund':
    case 'dispute':
      return {
        name,
        by,
        amount: drawAmount(random, random.unit() < 0.5 ? remaining(escrow) : remaining(escrow) / 5n),
      }
    case 'offerSettlement':
    case 'rule': {
      const disputed = escrow.dispute?.amount ?? 10n
      const toPayee = drawAmount(random, disputed)
      return { name, by, toPayee, toPayer: toPayee > disputed ? 0n : disputed - toPayee }
    }
    case 'acceptSettlement': {
      const { amount = 10n, offer = null } = escrow.dispute ?? {}
      const toPayee = offer?.toPayee ?? amount / 2n
      return { name, by, toPayee, toPayer: amount - toPayee }
    }
    default:
      return { name, by }
  }
}

async function open(chain: EscrowChain, random: Random, now: bigint, key: number) {
  const escrow = offered(drawTerms(random, now))
  const terms = await chain.sign(escrow.terms, `0x${key.toString(16).padStart(64, '0')}`)
  expect(await chain.idOf(terms)).toBe(terms.id)
  return { escrow, terms }
}

function stateOf(escrow: ModelEscrow, now: bigint) {
  return {
    status: statusOf(escrow, now),
    remaining: remaining(escrow),
    released: escrow.released,
    disputed: escrow.dispute?.amount ?? 0n,
  }
}

test(`${SEQUENCES} random histories of the contract are those of the model`, {
  timeout: 7_200_000,
}, async () => {
  const random = seededRandom(SEED)
  const chain = await openEscrowChain(PURSE)
  const balances: Balances = { payer: PURSE, payee: 0n, agency: 0n, escrow: 0n }
  const tally = openCallTally()
  let now = (await chain.now()) + 1n
  let key = 0
  for (let sequence = 0; sequence < SEQUENCES; sequence += 1) {
    let { escrow, terms } = await open(chain, random, now, key++)
    for (let n = 0; n < CALLS; n += 1) {
      if (escrow.end !== null && random.unit() < 0.5) {
        expect(await chain.state(terms)).toEqual(stateOf(escrow, now))
        ;({ escrow, terms } = await open(chain, random, now, key++))
      }
      // Mostly moments, sometimes hours or days: most sequences pass a limit or two.
      now += random.unit() < 0.6 ? 1n : BigInt(random.between(1, random.unit() < 0.5 ? 20_000 : 300_000))
      const call = drawLikelyCall(random, escrow, balances, now)
      const isTaken = apply(escrow, balances, call, now)
      const where = `seed ${SEED}, sequence ${sequence}, call ${n}: ${inWords(call)}`
      const refusal = await chain.make(call, terms, now)
      expect(refusal === null, `${where}, ${refusal}`).toBe(isTaken)
      tally.add(call.name, refusal)
    }
    const where = `seed ${SEED}, after sequence ${sequence}`
    expect(await chain.state(terms), where).toEqual(stateOf(escrow, now))
    expect(await chain.balances(), where).toEqual(balances)
  }
  console.log(`seed ${SEED}: ${SEQUENCES} sequences of ${CALLS} calls; ${tally.text()}`)
  expect(tally.refusedShare()).toBeGreaterThan(0.2)
  for (const name of NAMES) expect(tally.takenOf(name), name).toBeGreaterThan(0)
})
