/**
 * A small model of InstallmentPlan, written from its interface alone. It knows neither slots nor bits nor EIP-712. What refuses a call
 * stands in refusals.ts, what is due when in instalments.ts.
 */
import { type Answer, type Call, planAt, type World } from './calls.ts'
import { missedOf, type Plan, partiesOf, sumOf } from './instalments.ts'
import { canPayNext, refusalOf } from './refusals.ts'
import { type Account, move, type Token } from './token-model.ts'

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
