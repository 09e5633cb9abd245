import type Stripe from 'stripe'
import { moveBalance } from '#scripts/sandbox/balance/balance.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

/** Moves money into a reserve, or out of it again: it leaves the balance and comes back, and is of nothing else. */
export function moveReserve(
  sandbox: Sandbox,
  move: 'hold' | 'release',
  { amount, currency }: { readonly amount: number; readonly currency: string },
): Stripe.BalanceTransaction {
  return moveBalance(sandbox, {
    type: move === 'hold' ? 'reserve_hold' : 'reserve_release',
    reportingCategory: 'risk_reserved_funds',
    amount: move === 'hold' ? -amount : amount,
    fee: 0,
    currency,
    source: null,
    description: null,
    availableOn: sandbox.clock.now(),
  })
}
