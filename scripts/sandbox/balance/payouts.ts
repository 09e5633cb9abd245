import type Stripe from 'stripe'
import { moveBalance } from '#scripts/sandbox/balance/balance.ts'
import { addBusinessDays, bankMoment, submissionDate } from '#scripts/sandbox/banking/business-days.ts'
import { newProviderId, randomText } from '#scripts/sandbox/ids.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'
import { schedule } from '#scripts/sandbox/timers.ts'
import { emit } from '#scripts/sandbox/webhooks/emit.ts'

type Payout = Stripe.Payout

/** A payout is on the supplier's bank account this many business days after it was made. */
const ARRIVAL_BUSINESS_DAYS = 1

/** Pays out what is available, one payout a currency; a currency that is not in credit waits. */
export function runPayouts(sandbox: Sandbox): Payout[] {
  const open = new Map<string, { total: number; ids: string[] }>()
  const sql = `SELECT id, body FROM object WHERE kind = 'balance_transaction'
    AND json_extract(secrets, '$.payout') IS NULL ORDER BY seq`
  for (const row of sandbox.store.rows(sql)) {
    const movement = JSON.parse(String(row.body)) as Stripe.BalanceTransaction
    if (movement.available_on > sandbox.clock.now()) continue
    const { total, ids } = open.get(movement.currency) ?? { total: 0, ids: [] }
    open.set(movement.currency, { total: total + movement.net, ids: [...ids, movement.id] })
  }
  return [...open]
    .filter(([, { total }]) => total > 0)
    .map(([currency, { total, ids }]) => createPayout(sandbox, currency, total, ids))
}

/** A payout has arrived; all of its movements can be read. One that has ended already stays as it is. */
export function arrivePayout(sandbox: Sandbox, id: string): void {
  const payout = sandbox.store.get('payout', id)
  if (payout.status !== 'in_transit') return
  const paid: Payout = {
    ...payout,
    reconciliation_status: 'completed',
    status: 'paid',
    trace_id: { status: 'supported', value: randomText(15).toUpperCase() },
  }
  sandbox.store.update(paid)
  emit(sandbox, 'payout.paid', paid, { status: payout.status })
  emit(sandbox, 'payout.reconciliation_completed', paid, {
    reconciliation_status: payout.reconciliation_status,
  })
}

/** The bank sends a payout back, even after it was paid: the money returns to the balance and goes out with the next one. */
export function failPayout(sandbox: Sandbox, id: string): Payout {
  const payout = sandbox.store.get('payout', id)
  if (payout.status === 'failed') return payout
  const movement = moveBalance(sandbox, {
    type: 'payout_failure',
    reportingCategory: 'payout_reversal',
    amount: payout.amount,
    fee: 0,
    currency: payout.currency,
    source: payout.id,
    description: 'STRIPE PAYOUT FAILURE',
    availableOn: sandbox.clock.now(),
  })
  const failed: Payout = {
    ...payout,
    failure_balance_transaction: movement.id,
    failure_code: 'account_closed',
    failure_message: 'The bank account has been closed.',
    reconciliation_status: 'completed',
    status: 'failed',
  }
  sandbox.store.update(failed)
  emit(sandbox, 'payout.failed', failed, { status: payout.status })
  return failed
}

function createPayout(sandbox: Sandbox, currency: string, amount: number, movements: string[]): Payout {
  const now = sandbox.clock.now()
  const id = newProviderId('po')
  const own = moveBalance(
    sandbox,
    {
      type: 'payout',
      reportingCategory: 'payout',
      amount: -amount,
      fee: 0,
      currency,
      source: id,
      description: 'STRIPE PAYOUT',
      availableOn: now,
    },
    id,
  )
  const arrivesAt = bankMoment(addBusinessDays(submissionDate(now), ARRIVAL_BUSINESS_DAYS))
  const payout: Payout = {
    id,
    object: 'payout',
    amount,
    application_fee: null,
    application_fee_amount: null,
    arrival_date: arrivesAt,
    automatic: true,
    balance_transaction: own.id,
    created: now,
    currency,
    description: 'STRIPE PAYOUT',
    destination: null,
    failure_balance_transaction: null,
    failure_code: null,
    failure_message: null,
    livemode: false,
    metadata: {},
    method: 'standard',
    original_payout: null,
    payout_method: null,
    reconciliation_status: 'in_progress',
    reversed_by: null,
    source_type: 'card',
    statement_descriptor: null,
    status: 'in_transit',
    trace_id: { status: 'pending', value: null },
    type: 'bank_account',
  }
  sandbox.store.insert<'payout'>(payout)
  for (const one of movements) sandbox.store.setSecrets('balance_transaction', one, { payout: id })
  emit(sandbox, 'payout.created', payout)
  schedule(sandbox, arrivesAt, 'payout.arrive', id)
  return payout
}
