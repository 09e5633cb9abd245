import { accountOf } from '#scripts/sandbox/plaid/accounts.ts'
import { badInput } from '#scripts/sandbox/plaid/api/plaid-error.ts'
import { type PlaidOperation, plaidOperation } from '#scripts/sandbox/plaid/api/plaid-operation.ts'
import { workingItemOf } from '#scripts/sandbox/plaid/items.ts'
import type { PlaidSignal } from '#scripts/sandbox/plaid/records.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

type Evaluation = {
  access_token: string
  account_id: string
  client_transaction_id: string
  amount: number
  ruleset_key?: string | null
}

const recordId = (reference: string): string => `signal:${reference}`

/** Our own rule: more than there is will come back, most of what there is may; the share of the customer is low. */
function opinionOn(cents: number, availableCents: number): { risk: number; result: string } {
  if (cents > availableCents) return { risk: 95, result: 'REROUTE' }
  return cents * 5 > availableCents * 4 ? { risk: 60, result: 'REVIEW' } : { risk: 10, result: 'ACCEPT' }
}

function signalOf(sandbox: Sandbox, reference: string): PlaidSignal {
  const found = sandbox.store.find('plaid.signal', recordId(reference))
  if (!found) throw badInput('INVALID_FIELD', 'client_transaction_id was never evaluated')
  return found
}

export const SIGNAL_OPERATIONS: readonly PlaidOperation[] = [
  plaidOperation<Evaluation>('/signal/evaluate', (sandbox, body) => {
    const item = workingItemOf(sandbox, body.access_token)
    const account = accountOf(item, body.account_id)
    const available = account.available_cents ?? account.current_cents ?? 0
    const { risk, result } = opinionOn(Math.round(body.amount * 100), available)
    const id = recordId(body.client_transaction_id)
    if (sandbox.store.find('plaid.signal', id) === null)
      sandbox.store.insert<'plaid.signal'>({
        id,
        object: 'plaid.signal',
        created: sandbox.clock.now(),
        item_id: item.id,
        decision: null,
        return_code: null,
      })
    return {
      scores: {
        customer_initiated_return_risk: { score: 8, risk_tier: 1 },
        bank_initiated_return_risk: { score: risk, risk_tier: Math.ceil(risk / 12) },
      },
      ruleset: { ruleset_key: body.ruleset_key ?? 'default', result },
      warnings: [],
    }
  }),
  plaidOperation<{ client_transaction_id: string; initiated: boolean }>(
    '/signal/decision/report',
    (sandbox, { client_transaction_id, initiated }) => {
      sandbox.store.update({ ...signalOf(sandbox, client_transaction_id), decision: initiated })
      return {}
    },
  ),
  plaidOperation<{ client_transaction_id: string; return_code: string }>(
    '/signal/return/report',
    (sandbox, { client_transaction_id, return_code }) => {
      if (!/^R\d\d$/.test(return_code))
        throw badInput('INVALID_FIELD', 'return_code must be an ACH return code')
      sandbox.store.update({ ...signalOf(sandbox, client_transaction_id), return_code })
      return {}
    },
  ),
]
