/**
 * When the model refuses a call. Of several reasons the first counts, in this order: who calls, where the plan stands, what the terms say, whose
 * signature it is, which instalments are meant, what the token does.
 */
import { type Call, planAt, type World } from './calls.ts'
import {
  dueAt,
  isRunning,
  missedOf,
  overdueOf,
  type Party,
  type Plan,
  type PlanTerms,
  partiesOf,
  sumOf,
} from './instalments.ts'
import { movementRefusal, type Token } from './token-model.ts'

/** Bounds of period and grace: a day, and the longest year. */
const SHORTEST = 86_400n
const LONGEST = 366n * 86_400n

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

/** Whether the payer has and allows enough for the next instalment. */
export function canPayNext(token: Token, plan: Plan): boolean {
  const { payer } = partiesOf(plan)
  const amount = sumOf(plan.terms, plan.paid, 1)
  return token.balances[payer] >= amount && token.allowances[payer] >= amount
}
