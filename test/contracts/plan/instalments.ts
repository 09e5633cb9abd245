/** The model's plan: instalments counted and added one by one, each with its time and its amount. */
import type { Account } from './token-model.ts'

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
export type Standing = {
  status: PlanStatus
  paid: number
  due: number
  missed: number
  overdueAmount: bigint
}

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

export function dueAt(terms: PlanTerms, index: number): bigint {
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

export function sumOf(terms: PlanTerms, from: number, instalments: number): bigint {
  let sum = 0n
  for (let index = from; index < from + instalments; index += 1)
    sum += index === terms.count - 1 ? terms.last : terms.each
  return sum
}

/** Whether nothing can come of a plan any more. */
export function isOver({ status, terms }: Plan, now: bigint): boolean {
  return status === 'Done' || status === 'Cancelled' || (status === 'None' && now > terms.offerExpires)
}

export function isRunning({ status }: Plan): boolean {
  return status === 'Active' || status === 'Defaulted'
}

/** The parties of an agreed plan, who are accounts. */
export function partiesOf({ terms: { payer, payee } }: Plan): { payer: Account; payee: Account } {
  if (payer === 'nobody' || payer === 'contract' || payee === 'nobody' || payee === 'contract')
    throw new Error('such a plan cannot be agreed')
  return { payer, payee }
}
