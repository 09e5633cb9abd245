import { createHash } from 'node:crypto'
import type Stripe from 'stripe'
import { invalidRequest, missingParameter } from '#scripts/sandbox/api/api-error.ts'
import {
  type BankAccountName,
  findBankAccountName,
  TEST_ROUTING_NUMBER,
  testBankAccount,
} from '#scripts/sandbox/banking/test-accounts.ts'
import { newProviderId } from '#scripts/sandbox/ids.ts'
import { linkAccount } from '#scripts/sandbox/methods/linked-accounts.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

/** How the provider came to know an account: login at the bank, numbers typed by hand, or a token of a verified one. */
export type BankEntry = 'instant' | 'manual' | 'token'
export type BankHolder = {
  name: string | null
  email: string | null
  holderType: 'company' | 'individual'
  customer: string | null
}

/** Keeps a bank account as a payment method; numbers typed by hand must be verified before the first debit. */
export function createBankMethod(
  sandbox: Sandbox,
  bank: BankAccountName,
  entry: BankEntry,
  holder: BankHolder,
  id = newProviderId('pm'),
): Stripe.PaymentMethod {
  const account = testBankAccount(bank)
  const { name, email, customer } = holder
  const linked =
    entry === 'instant' ? linkAccount(sandbox, account, { name: name ?? '', email, customer }) : null
  const method: Stripe.PaymentMethod = {
    id,
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: { address: null, email, name, phone: null, tax_id: null },
    created: sandbox.clock.now(),
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: {},
    type: 'us_bank_account',
    us_bank_account: {
      account_holder_type: holder.holderType,
      account_type: 'checking',
      bank_name: 'STRIPE TEST BANK',
      financial_connections_account: linked?.id ?? null,
      fingerprint: fingerprintOf(bank),
      last4: account.number.slice(-4),
      networks: { preferred: 'ach', supported: ['ach'] },
      routing_number: TEST_ROUTING_NUMBER,
      status_details: {},
    },
  }
  return sandbox.store.insert<'payment_method'>(method, {
    bank,
    postalCode: null,
    isVerified: entry !== 'manual',
  })
}

type BankNumbers = {
  routing_number?: string
  account_number?: string
  account_holder_type?: string
  financial_connections_account?: string
}
type Billing = { name?: string | null; email?: string | null } | undefined

/** Keeps the account whose numbers a request carries. @throws ApiError for numbers that are not of the test table */
export function readBankMethod(
  sandbox: Sandbox,
  numbers: BankNumbers | undefined,
  billing: Billing,
): Stripe.PaymentMethod {
  if (!numbers?.account_number) throw missingParameter('us_bank_account[account_number]')
  if (!billing?.name) throw missingParameter('billing_details[name]')
  if (numbers.routing_number !== TEST_ROUTING_NUMBER) {
    throw invalidRequest(
      `The sandbox knows the routing number ${TEST_ROUTING_NUMBER} only.`,
      'us_bank_account[routing_number]',
      'routing_number_invalid',
    )
  }
  const bank = findBankAccountName(numbers.account_number)
  if (!bank) {
    throw invalidRequest(
      'The sandbox takes test bank accounts only.',
      'us_bank_account[account_number]',
      'account_number_invalid',
    )
  }
  return createBankMethod(sandbox, bank, 'manual', {
    name: billing.name,
    email: billing.email ?? null,
    holderType: numbers.account_holder_type === 'company' ? 'company' : 'individual',
    customer: null,
  })
}

/** The same for every use of one account; made from its name, since its number is not kept. */
function fingerprintOf(bank: BankAccountName): string {
  const digest = createHash('sha256').update(`sandbox bank ${bank}`).digest('base64url')
  return digest.replaceAll(/[-_]/g, '0').slice(0, 16)
}
