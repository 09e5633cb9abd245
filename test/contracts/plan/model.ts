/**
 * A small model of InstallmentPlan, written from its interface alone: instalments are counted and added one by one. It knows neither slots
 * nor bits nor EIP-712. Of several reasons to refuse a call, the first counts, in this order: who calls, where the plan stands, what
 * the terms say, whose signature it is, which instalments are meant, what the token does.
 */
import { type Account, move, movementRefusal, type Token } from './token-model.ts'

/** Who may be written into terms; the last two never rightly. */
export type Party = Account | 'nobody' | 'contract'

export type PlanTerms = {
  payer: Party
  payee: Party
  each: bigint
  last: bigint
  start: bigint
  period: bigint
  count: number
  grace: bigint
  offerExpires: bigint
}

export type PlanStatus = 'None' | 'Active' | 'Defaulted' | 'Done' | 'Cancelled'
export type Plan = { terms: PlanTerms; status: PlanStatus; paid: number }
export type World = { plans: Plan[]; token: Token }

/** What is handed in as a party's signature; only `own` is one of these terms. */
export const SIGNATURES = ['own', 'ofAnother', 'forAnotherPlan', 'highS', 'none'] as const
export type SignatureKind = (typeof SIGNATURES)[number]

/** A call that the contract offers, in the words of the model. Plans are named by their place in the world. */
export type Call =
  | { name: 'agree'; by: Account; plan: number; payeeSigns: SignatureKind }
  | { name: 'agreeSigned'; by: Account; plan: number; payerSigns: SignatureKind; payeeSigns: SignatureKind }
  | { name: 'cancelOffer' | 'cancel' | 'markDefault'; by: Account; plan: number }
  | { name: 'pull'; by: Account; plan: number; instalments: number }
  | { name: 'payEarly' | 'markSettled'; by: Account; plan: number; paidBefore: number; instalments: number }
  | { name: 'pullMany'; by: Account; pulls: readonly { plan: number; instalments: number }[] }

/** What a call answers: for each plan whether it was pulled, whether a plan is now in default, or nothing. */
export type Answer = boolean[] | boolean | null

export type Standing = {
  status: PlanStatus
  paid: number
  due: number
  missed: number
  overdueAmount: bigint
}

const DAY = 86_400n
const SHORTEST = DAY
const LONGEST = 366n * DAY

export function offeredPlan(terms: PlanTerms): Plan {
  return { terms, status: 'None', paid: 0 }
}

export function standingOf(plan: Plan, now: bigint): Standing {
  const { status, paid } = plan
  if (!isRunning(plan)) return { status, paid, due: 0, missed: 0, overdueAmount: 0n }
  const due = reached(plan.terms, (dueAt) => dueAt <= now)
  return {
    status,
    paid,
    due,
    missed: missedOf(plan, now),
    overdueAmount: sumOf(plan.terms, paid, overdueOf(plan, now)),
  }
}

/** The error that a call is refused with, or null when it is not. Changes nothing. */
export function refusalOf(world: World, call: Call, now: bigint): string | null {
  if (call.name === 'pullMany') return null
  const plan = planAt(world, call.plan)
  return (
    callerRefusal(plan.terms, call) ??
    statusRefusal(plan, call) ??
    agreementRefusal(plan.terms, call, now) ??
    instalmentsRefusal(plan, call, now) ??
    tokenRefusal(world.token, plan, call)
  )
}

/** Does a call that is not refused. */
export function perform(world: World, call: Call, now: bigint): Answer {
  if (call.name === 'pullMany') return call.pulls.map((pull) => tryPull(world, call.by, pull, now))
  const plan = planAt(world, call.plan)
  switch (call.name) {
    case 'agree':
    case 'agreeSigned':
      plan.status = 'Active'
      return null
    case 'cancelOffer':
    case 'cancel':
      plan.status = 'Cancelled'
      return null
    case 'markSettled':
      settle(plan, call.instalments, now)
      return null
    case 'markDefault':
      return collectOrDefault(world.token, plan, now)
    default:
      pay(world.token, plan, call.instalments, now)
      return null
  }
}

function planAt(world: World, index: number): Plan {
  const plan = world.plans[index]
  if (plan === undefined) throw new Error(`there is no plan ${index}`)
  return plan
}

// Instalments

function dueAt(terms: PlanTerms, index: number): bigint {
  return terms.start + BigInt(index) * terms.period
}

/** How many instalments from the first have a due time of this kind. */
function reached(terms: PlanTerms, isReached: (dueAt: bigint) => boolean): number {
  let count = 0
  while (count < terms.count && isReached(dueAt(terms, count))) count += 1
  return count
}

/** Instalments that are due and unpaid. */
export function overdueOf(plan: Plan, now: bigint): number {
  const due = reached(plan.terms, (at) => at <= now)
  return due > plan.paid ? due - plan.paid : 0
}

/** Instalments that are unpaid after the last second of their grace. */
export function missedOf(plan: Plan, now: bigint): number {
  const over = reached(plan.terms, (at) => at + plan.terms.grace < now)
  return over > plan.paid ? over - plan.paid : 0
}

function sumOf(terms: PlanTerms, from: number, instalments: number): bigint {
  let sum = 0n
  for (let index = from; index < from + instalments; index += 1)
    sum += index === terms.count - 1 ? terms.last : terms.each
  return sum
}

/** Whether nothing can come of a plan any more. */
export function isOver({ status, terms }: Plan, now: bigint): boolean {
  return status === 'Done' || status === 'Cancelled' || (status === 'None' && now > terms.offerExpires)
}

function isRunning({ status }: Plan): boolean {
  return status === 'Active' || status === 'Defaulted'
}

// Refusals

type SingleCall = Exclude<Call, { name: 'pullMany' }>

function callerRefusal({ payer, payee }: PlanTerms, { name, by }: SingleCall): string | null {
  const allowed: Partial<Record<Call['name'], readonly Party[]>> = {
    agree: [payer],
    payEarly: [payer],
    markSettled: [payee],
    cancelOffer: [payer, payee],
    cancel: [payer, payee],
  }
  return allowed[name]?.includes(by) === false ? 'InstallmentPlan_CallerInvalid' : null
}

function statusRefusal(plan: Plan, { name }: SingleCall): string | null {
  const isOffer = name === 'agree' || name === 'agreeSigned' || name === 'cancelOffer'
  const isFit = isOffer
    ? plan.status === 'None'
    : isRunning(plan) && !(name === 'markDefault' && plan.status === 'Defaulted')
  return isFit ? null : 'InstallmentPlan_StatusInvalid'
}

function agreementRefusal(terms: PlanTerms, call: SingleCall, now: bigint): string | null {
  if (call.name !== 'agree' && call.name !== 'agreeSigned') return null
  const isTooLate = now > terms.offerExpires || now > dueAt(terms, 0) + terms.grace
  const signatures = [call.payeeSigns, call.name === 'agreeSigned' ? call.payerSigns : 'own']
  return (
    termsRefusal(terms) ??
    (isTooLate ? 'InstallmentPlan_OfferExpired' : null) ??
    (signatures.some((kind) => kind !== 'own') ? 'InstallmentPlan_SignatureInvalid' : null)
  )
}

function termsRefusal({ payer, payee, each, last, count, period, grace }: PlanTerms): string | null {
  const isNobody = [payer, payee].some((party) => party === 'nobody' || party === 'contract')
  if (isNobody || payer === payee) return 'InstallmentPlan_PartiesInvalid'
  if (count === 0 || last === 0n || (each === 0n && count > 1)) return 'InstallmentPlan_AmountsInvalid'
  const isOdd = [period, grace].some((duration) => duration < SHORTEST || duration > LONGEST)
  return isOdd ? 'InstallmentPlan_DurationInvalid' : null
}

function instalmentsRefusal(plan: Plan, call: SingleCall, now: bigint): string | null {
  switch (call.name) {
    case 'pull':
      return isWithin(call.instalments, overdueOf(plan, now)) ? null : 'InstallmentPlan_InstalmentsInvalid'
    case 'payEarly':
    case 'markSettled':
      if (call.paidBefore !== plan.paid) return 'InstallmentPlan_PaidMismatch'
      return isWithin(call.instalments, plan.terms.count - plan.paid)
        ? null
        : 'InstallmentPlan_InstalmentsInvalid'
    case 'markDefault':
      return missedOf(plan, now) === 0 ? 'InstallmentPlan_NothingMissed' : null
    default:
      return null
  }
}

function isWithin(instalments: number, limit: number): boolean {
  return instalments > 0 && instalments <= limit
}

function tokenRefusal(token: Token, plan: Plan, call: SingleCall): string | null {
  if (call.name === 'pull' || call.name === 'payEarly') {
    const { payer, payee } = partiesOf(plan)
    return movementRefusal(token, payer, payee, sumOf(plan.terms, plan.paid, call.instalments))
  }
  if (call.name !== 'markDefault') return null
  // A payer who cannot pay is in default only if the token works, which moving nothing shows.
  const { payer, payee } = partiesOf(plan)
  const amount = canPayNext(token, plan) ? sumOf(plan.terms, plan.paid, 1) : 0n
  return movementRefusal(token, payer, payee, amount) === null ? null : 'InstallmentPlan_TokenFailing'
}

// Effects

/** The parties of an agreed plan, who are accounts. */
function partiesOf({ terms: { payer, payee } }: Plan): { payer: Account; payee: Account } {
  if (payer === 'nobody' || payer === 'contract' || payee === 'nobody' || payee === 'contract')
    throw new Error('such a plan cannot be agreed')
  return { payer, payee }
}

function canPayNext(token: Token, plan: Plan): boolean {
  const { payer } = partiesOf(plan)
  const amount = sumOf(plan.terms, plan.paid, 1)
  return token.balances[payer] >= amount && token.allowances[payer] >= amount
}

function pay(token: Token, plan: Plan, instalments: number, now: bigint): void {
  const { payer, payee } = partiesOf(plan)
  move(token, payer, payee, sumOf(plan.terms, plan.paid, instalments))
  settle(plan, instalments, now)
}

function settle(plan: Plan, instalments: number, now: bigint): void {
  plan.paid += instalments
  if (missedOf(plan, now) === 0) plan.status = 'Active'
  if (plan.paid === plan.terms.count) plan.status = 'Done'
}

function collectOrDefault(token: Token, plan: Plan, now: bigint): boolean {
  const isDefault = !canPayNext(token, plan)
  if (isDefault) plan.status = 'Defaulted'
  else pay(token, plan, 1, now)
  return isDefault
}

/** One of many pulls: it is done exactly when it would be done alone. */
function tryPull(
  world: World,
  by: Account,
  pull: { plan: number; instalments: number },
  now: bigint,
): boolean {
  const alone: Call = { name: 'pull', by, ...pull }
  if (refusalOf(world, alone, now) !== null) return false
  perform(world, alone, now)
  return true
}
