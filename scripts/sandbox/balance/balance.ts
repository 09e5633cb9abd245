import type Stripe from 'stripe'
import { noSuch } from '#scripts/sandbox/api/api-error.ts'
import { type ListParams, listObjects } from '#scripts/sandbox/api/lists.ts'
import { type Operation, operation } from '#scripts/sandbox/api/operation.ts'
import { present } from '#scripts/sandbox/api/present.ts'
import { planPayout } from '#scripts/sandbox/balance/payout-schedule.ts'
import { newProviderId } from '#scripts/sandbox/ids.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

type TransactionFilter = { currency?: string; source?: string; type?: string; payout?: string }
type Movement = {
  type: Stripe.BalanceTransaction['type']
  reportingCategory: string
  /** Positive into the balance, negative out of it. */
  amount: number
  fee: number
  currency: string
  /** The charge, refund, dispute or payout that moved the money; null for a reserve. */
  source: string | null
  description: string | null
  availableOn: number
}

/** Endpoints of the balance and of its movements. */
export const BALANCE_OPERATIONS: readonly Operation[] = [
  operation('GET', '/v1/balance', readBalance),
  operation('GET', '/v1/balance_transactions/{id}', (sandbox, _params, id) => {
    const transaction = sandbox.store.find('balance_transaction', id)
    if (!transaction) throw noSuch('balance transaction', id)
    return present(sandbox, transaction)
  }),
  operation<ListParams & TransactionFilter>('GET', '/v1/balance_transactions', (sandbox, params) => {
    const { currency, source, type, payout } = params
    if (payout !== undefined && !sandbox.store.find('payout', payout))
      throw noSuch('payout', payout, 'payout')
    const ofPayout =
      payout === undefined ? [] : [{ sql: "json_extract(secrets, '$.payout') = ?", values: [payout] }]
    return listObjects(
      sandbox,
      'balance_transaction',
      '/v1/balance_transactions',
      params,
      { currency, source, type },
      ofPayout,
    )
  }),
]

/** Books one movement of the balance. Movements are never changed, only followed by others. */
export function moveBalance(
  sandbox: Sandbox,
  movement: Movement,
  payout: string | null = null,
): Stripe.BalanceTransaction {
  const { amount, fee, currency } = movement
  const feeDetail = {
    amount: fee,
    application: null,
    currency,
    description: 'Stripe processing fees',
    type: 'stripe_fee',
  }
  if (payout === null) planPayout(sandbox, movement.availableOn)
  const transaction: Stripe.BalanceTransaction = {
    id: newProviderId('txn'),
    object: 'balance_transaction',
    amount,
    available_on: movement.availableOn,
    balance_type: 'payments',
    created: sandbox.clock.now(),
    currency,
    description: movement.description,
    exchange_rate: null,
    fee,
    fee_details: fee === 0 ? [] : [feeDetail],
    net: amount - fee,
    reporting_category: movement.reportingCategory,
    source: movement.source,
    status: 'pending',
    type: movement.type,
  }
  return sandbox.store.insert<'balance_transaction'>(transaction, { payout })
}

function readBalance(sandbox: Sandbox): Stripe.Balance {
  const now = sandbox.clock.now()
  const totals = new Map<string, { available: number; pending: number }>()
  for (const { currency, net, available_on } of sandbox.store.all('balance_transaction')) {
    const total = totals.get(currency) ?? { available: 0, pending: 0 }
    if (available_on <= now) total.available += net
    else total.pending += net
    totals.set(currency, total)
  }
  if (totals.size === 0) totals.set('usd', { available: 0, pending: 0 })
  const entries = [...totals].sort(([left], [right]) => left.localeCompare(right))
  return {
    object: 'balance',
    available: entries.map(([currency, { available }]) => ({
      amount: available,
      currency,
      source_types: { card: available },
    })),
    livemode: false,
    pending: entries.map(([currency, { pending }]) => ({
      amount: pending,
      currency,
      source_types: { card: pending },
    })),
  }
}
