import type Stripe from 'stripe'
import { newProviderId } from '#scripts/sandbox/ids.ts'
import { accountOf, requireVerified } from '#scripts/sandbox/plaid/accounts.ts'
import { type PlaidOperation, plaidOperation } from '#scripts/sandbox/plaid/api/plaid-operation.ts'
import { workingItemOf } from '#scripts/sandbox/plaid/items.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

/** Tokens of the provider's sandbox always stand for the card processor's test account that succeeds. */
const TEST_ACCOUNT = { account: '000123456789', routing: '110000000', last4: '6789' }

/** A token that the card processor's side turns into a customer's verified bank account, once. */
function insertToken(sandbox: Sandbox, holderName: string | null, kind: 'company' | 'individual'): string {
  const id = newProviderId('btok')
  const created = sandbox.clock.now()
  const account: Stripe.BankAccount = {
    id: newProviderId('ba'),
    object: 'bank_account',
    account_holder_name: holderName,
    account_holder_type: kind,
    account_type: null,
    bank_name: 'STRIPE TEST BANK',
    country: 'US',
    currency: 'usd',
    fingerprint: null,
    last4: TEST_ACCOUNT.last4,
    routing_number: TEST_ACCOUNT.routing,
    status: 'verified',
  }
  const token: Stripe.Token = {
    id,
    object: 'token',
    bank_account: account,
    client_ip: null,
    created,
    livemode: false,
    type: 'bank_account',
    used: false,
  }
  sandbox.store.insert<'token'>(token, { account: TEST_ACCOUNT.account })
  return id
}

export const BANK_TOKEN_OPERATIONS: readonly PlaidOperation[] = [
  plaidOperation<{ access_token: string; account_id: string }>(
    '/processor/stripe/bank_account_token/create',
    (sandbox, { access_token, account_id }) => {
      const account = accountOf(workingItemOf(sandbox, access_token), account_id)
      requireVerified(account)
      const kind = account.holder_category === 'business' ? 'company' : 'individual'
      return { stripe_bank_account_token: insertToken(sandbox, account.holder.names[0] ?? null, kind) }
    },
  ),
]
