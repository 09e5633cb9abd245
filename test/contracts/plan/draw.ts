/** Random plans, calls, times and troubles of the token, drawn so that histories get somewhere and touch every limit. */
import type { Random } from '#scripts/seeded-random.ts'
import { type Call, SIGNATURES, type SignatureKind, type World } from './calls.ts'
import { missedOf, overdueOf, type Plan, type PlanTerms, standingOf } from './instalments.ts'
import { refusalOf } from './refusals.ts'
import { ACCOUNTS, type Account, FOREVER, MANNERS, type TokenEvent } from './token-model.ts'

const DAY = 86_400n
const MOST = 2n ** 96n - 1n
const USUAL_AMOUNT = 300_000

const NAMES = [
  'agree',
  'agreeSigned',
  'cancelOffer',
  'pull',
  'pull',
  'pull',
  'pull',
  'pullMany',
  'pullMany',
  'payEarly',
  'payEarly',
  'markSettled',
  'markDefault',
  'markDefault',
  'markDefault',
  'markDefault',
  'cancel',
] as const satisfies readonly Call['name'][]

const AGREEMENTS = ['agree', 'agreeSigned'] as const
const DEFAULTS = ['markDefault'] as const
const PAYMENTS = ['pull', 'pull', 'pullMany', 'payEarly', 'markSettled'] as const

/** What calls at random are mostly refused with. */
const PLAIN_REASONS = ['StatusInvalid', 'OfferExpired', 'CallerInvalid'].map(
  (reason) => `InstallmentPlan_${reason}`,
)

export function drawTerms(random: Random, now: bigint): PlanTerms {
  const payer = random.pick(ACCOUNTS)
  const each = drawAmount(random)
  const terms: PlanTerms = {
    payer,
    payee: random.pick(ACCOUNTS.filter((account) => account !== payer)),
    each,
    last: random.unit() < 0.7 ? each + BigInt(random.between(0, 12)) : drawAmount(random),
    start: now + BigInt(random.between(-10, 20)) * DAY + BigInt(random.between(0, 3)),
    period: drawDuration(random),
    count: random.between(1, 8),
    grace: drawDuration(random),
    offerExpires: now + BigInt(random.between(1, 40)) * DAY,
  }
  return random.unit() < 0.14 ? { ...terms, ...random.pick(spoilt(terms, now)) } : terms
}

/** One field that no plan can have, or an extreme that it just may have. */
function spoilt(terms: PlanTerms, now: bigint): Partial<PlanTerms>[] {
  return [
    { payer: 'nobody' },
    { payee: 'nobody' },
    { payer: 'contract' },
    { payee: 'contract' },
    { payee: terms.payer },
    { count: 0 },
    { last: 0n },
    { each: 0n },
    { each: 0n, count: 1 },
    { each: MOST },
    { each: MOST, last: MOST },
    { count: 65_535 },
    { period: DAY - 1n },
    { period: 366n * DAY + 1n },
    { period: 0n },
    { grace: DAY - 1n },
    { grace: 366n * DAY + 1n },
    { start: 2n ** 40n - 1n },
    { start: 0n },
    { start: now - terms.grace },
    { offerExpires: now },
    { offerExpires: 0n },
  ]
}

function drawAmount(random: Random): bigint {
  return BigInt(random.unit() < 0.1 ? random.between(1, 3) : random.between(1, USUAL_AMOUNT))
}

function drawDuration(random: Random): bigint {
  if (random.unit() < 0.05) return random.pick([DAY, 366n * DAY])
  return DAY + BigInt(random.between(0, 20 * Number(DAY)))
}

/** Mostly a moment later, else one of the next limits of a plan, the second after it, or some days on. */
export function drawTime(random: Random, { plans }: World, now: bigint): bigint {
  const kind = random.unit()
  if (kind < 0.5) return now + 1n
  if (kind < 0.6) return now + BigInt(random.between(1, 20)) * (DAY / 2n)
  // The extremes lie centuries off, from where nothing could be agreed any more.
  const next = limitsOf(random.pick(plans))
    .map((at) => at + BigInt(random.between(0, 1)))
    .filter((at) => at > now && at < now + 400n * DAY)
    .toSorted((a, b) => (a < b ? -1 : 1))
  return next.length === 0 ? now + 1n : random.pick(next.slice(0, 3))
}

/** The last seconds at which an offer is open; of an agreed plan, when its next instalments are due and when their grace ends. */
function limitsOf({ terms, status, paid }: Plan): bigint[] {
  const { start, grace, period, offerExpires } = terms
  if (status === 'None') return [offerExpires, start + grace]
  return [0n, 1n, 2n, 3n].flatMap((index) => {
    const dueAt = start + (BigInt(paid) + index) * period
    return [dueAt, dueAt + grace]
  })
}

export function drawTokenEvent(random: Random, { token, plans }: World): TokenEvent {
  const debtor = plans.find(({ status }) => status === 'Defaulted')?.terms.payer
  const poor = ACCOUNTS.find((account) => account === debtor)
  if (poor !== undefined && random.unit() < 0.5)
    return random.pick([
      { name: 'tap', account: poor, amount: drawAmount(random) * 8n },
      { name: 'approve', account: poor, amount: FOREVER },
    ])
  if (token.manner !== 'Proper' && random.unit() < 0.6) return { name: 'setManner', manner: 'Proper' }
  const account = random.pick(ACCOUNTS)
  if (token.blocked[account]) return { name: 'setBlocked', account, isBlocked: false }
  const kind = random.unit()
  if (kind < 0.2) return { name: 'setManner', manner: random.pick(MANNERS) }
  if (kind < 0.27) return { name: 'setBlocked', account, isBlocked: true }
  if (kind < 0.5) return { name: 'tap', account, amount: drawAmount(random) * 8n }
  if (kind < 0.8) {
    const amount = random.pick([0n, drawAmount(random), drawAmount(random) * 8n, FOREVER, FOREVER])
    return { name: 'approve', account, amount }
  }
  const balance = token.balances[account]
  return { name: 'shrink', account, amount: random.pick([balance, balance, balance / 2n]) }
}

/** Mostly a call that the model takes, so that histories get somewhere; of the refusals, rather those with a rare reason. */
export function drawCall(random: Random, world: World, now: bigint): Call {
  for (let tries = 0; ; tries += 1) {
    const call = drawAnyCall(random, world, now)
    const refusal = refusalOf(world, call, now)
    const keeps = refusal !== null && PLAIN_REASONS.includes(refusal) ? 0.08 : 0.4
    if (refusal === null || tries === 6 || random.unit() < keeps) return call
  }
}

function drawAnyCall(random: Random, world: World, now: bigint): Call {
  const atLimit = [...world.plans.keys()].filter((index) => {
    const limits = limitsOf(world.plans[index] as Plan)
    return limits.includes(now) || limits.includes(now - 1n)
  })
  const at = random.pick(atLimit.length > 0 && random.unit() < 0.8 ? atLimit : [...world.plans.keys()])
  const plan = world.plans[at] as Plan
  const isOffer = plan.status === 'None'
  const isMissed = plan.status === 'Active' && missedOf(plan, now) > 0
  const isDue = overdueOf(plan, now) > 0 && plan.status !== 'None'
  const likely = isOffer ? AGREEMENTS : isMissed ? DEFAULTS : isDue ? PAYMENTS : NAMES
  const name = random.pick(random.unit() < 0.6 ? likely : NAMES)
  const by = drawCaller(random, name, plan)
  switch (name) {
    case 'agree':
      return { name, by, plan: at, payeeSigns: drawSignature(random) }
    case 'agreeSigned':
      return { name, by, plan: at, payerSigns: drawSignature(random), payeeSigns: drawSignature(random) }
    case 'pull':
      return { name, by, plan: at, instalments: drawInstalments(random, overdueOf(plan, now)) }
    case 'payEarly':
    case 'markSettled': {
      const left = plan.terms.count - plan.paid
      const paidBefore = random.unit() < 0.9 ? plan.paid : random.pick([0, plan.paid + 1, 65_535])
      const limit = random.unit() < 0.7 && left > 2 ? 2 : left
      return { name, by, plan: at, paidBefore, instalments: drawInstalments(random, limit) }
    }
    case 'pullMany':
      return { name, by, pulls: drawPulls(random, world, now) }
    default:
      return { name, by, plan: at }
  }
}

/** Who usually makes such a call; one in six is made by anybody. */
function drawCaller(random: Random, name: Call['name'], { terms: { payer, payee } }: Plan): Account {
  const usual = {
    agree: [payer],
    payEarly: [payer],
    markSettled: [payee],
    cancelOffer: [payer, payee],
    cancel: [payer, payee],
  }
  const parties = Object.entries(usual).find(([each]) => each === name)?.[1] ?? []
  const accounts = ACCOUNTS.filter((account) => parties.includes(account))
  return random.pick(accounts.length === 0 || random.unit() < 1 / 6 ? ACCOUNTS : accounts)
}

function drawSignature(random: Random): SignatureKind {
  return random.unit() < 0.9 ? 'own' : random.pick(SIGNATURES)
}

function drawInstalments(random: Random, limit: number): number {
  if (random.unit() < 0.1) return random.pick([0, limit + 1, 65_535].filter((each) => each <= 65_535))
  return limit === 0 ? 1 : random.between(1, limit)
}

/** Up to five pulls, of which some may be of one plan. */
function drawPulls(random: Random, { plans }: World, now: bigint): { plan: number; instalments: number }[] {
  return Array.from({ length: random.between(0, 5) }, () => {
    const ready = [...plans.keys()].filter((at) => standingOf(plans[at] as Plan, now).overdueAmount > 0n)
    const plan = random.pick(ready.length > 0 && random.unit() < 0.8 ? ready : [...plans.keys()])
    return { plan, instalments: drawInstalments(random, overdueOf(plans[plan] as Plan, now)) }
  })
}
