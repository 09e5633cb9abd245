import { BANK_RETURNS, type BankReturn } from '#scripts/sandbox/banking/return-codes.ts'

/** What a debit of a test account comes to. */
export type DebitOutcome =
  | { kind: 'succeeds' }
  | { kind: 'stays_processing' }
  /** The provider refuses before the bank is asked. */
  | { kind: 'refused'; refusal: Refusal }
  /** The bank sends the debit back before it has succeeded. */
  | { kind: 'returned'; bankReturn: BankReturn }
  /** The bank sends the debit back after it had succeeded. */
  | { kind: 'returned_late'; bankReturn: BankReturn; afterSeconds: number }
export type Refusal = {
  code: 'charge_exceeds_transaction_limit' | 'payment_method_provider_decline'
  message: string
  isHighestRisk: boolean
}
export type TestBankAccount = {
  number: string
  /** Token of the API that stands for this account, or null. */
  token: string | null
  meaning: string
  debit: DebitOutcome
  /** False: small deposits cannot be sent to it. */
  takesMicrodeposits: boolean
}

export const TEST_ROUTING_NUMBER = '110000000'
const DAY_SECONDS = 24 * 60 * 60
/** A dispute that follows by itself comes this long after success. */
const AFTERMATH_SECONDS = 3

/** The bank accounts the sandbox knows; every other number is refused, so that nobody types a real one. */
export const TEST_BANK_ACCOUNTS = {
  success: account('000123456789', 'pm_usBankAccount_success', 'Succeeds', { kind: 'succeeds' }),
  accountClosed: account(
    '000111111113',
    'pm_usBankAccount_accountClosed',
    'Fails: account closed',
    returned(BANK_RETURNS.R02),
  ),
  noAccount: account(
    '000111111116',
    'pm_usBankAccount_noAccount',
    'Fails: no such account',
    returned(BANK_RETURNS.R03),
  ),
  insufficientFunds: account(
    '000222222227',
    'pm_usBankAccount_insufficientFunds',
    'Fails: insufficient funds',
    returned(BANK_RETURNS.R01),
  ),
  debitNotAuthorized: account(
    '000333333335',
    'pm_usBankAccount_debitNotAuthorized',
    'Fails: debit not authorized',
    returned(BANK_RETURNS.R10),
  ),
  invalidCurrency: account(
    '000444444440',
    'pm_usBankAccount_invalidCurrency',
    'Fails: invalid currency',
    returned({
      networkCode: null,
      failureCode: 'payment_method_currency_mismatch',
      message: 'The bank account does not take debits in this currency.',
      blocked: null,
      disputeReason: 'bank_cannot_process',
    }),
  ),
  dispute: account(
    '000555555559',
    'pm_usBankAccount_dispute',
    'Succeeds, then disputed',
    late(BANK_RETURNS.R10, AFTERMATH_SECONDS),
  ),
  failMicrodeposits: account(
    '000666666661',
    'pm_usBankAccount_failMicrodeposits',
    'Small deposits cannot be sent',
    { kind: 'succeeds' },
    { takesMicrodeposits: false },
  ),
  weeklyLimitExceeded: account(
    '000777777771',
    'pm_usBankAccount_weeklyLimitExceeded',
    'Refused: over the weekly limit',
    {
      kind: 'refused',
      refusal: {
        code: 'charge_exceeds_transaction_limit',
        message: 'The payment exceeds the weekly limit of this bank account.',
        isHighestRisk: false,
      },
    },
  ),
  deactivatedTokenizedNumber: account(
    '000888888885',
    null,
    'Fails: number was deactivated',
    returned({
      ...BANK_RETURNS.R04,
      message: 'The tokenized account number is deactivated.',
      failureCode: 'bank_account_unusable',
      blocked: { network_code: 'R04', reason: 'tokenized_account_number_deactivated' },
    }),
  ),
  processing: account('000000000009', 'pm_usBankAccount_processing', 'Stays processing', {
    kind: 'stays_processing',
  }),
  riskLevelHighest: account(
    '000000004954',
    'pm_usBankAccount_riskLevelHighest',
    'Blocked by the fraud check',
    {
      kind: 'refused',
      refusal: {
        code: 'payment_method_provider_decline',
        message: 'The payment was blocked because its risk is too high.',
        isHighestRisk: true,
      },
    },
  ),
  lateReturnR01: account(
    '000999999991',
    'pm_sandbox_lateReturnR01',
    'Succeeds, returned 3 days later',
    late(BANK_RETURNS.R01, 3 * DAY_SECONDS),
  ),
  lateReturnR10: account(
    '000999999992',
    'pm_sandbox_lateReturnR10',
    'Succeeds, called unauthorized 30 days later',
    late(BANK_RETURNS.R10, 30 * DAY_SECONDS),
  ),
} as const satisfies Record<string, TestBankAccount>

export type BankAccountName = keyof typeof TEST_BANK_ACCOUNTS

/** The test account of a remembered name. */
export function testBankAccount(name: BankAccountName): TestBankAccount {
  return TEST_BANK_ACCOUNTS[name]
}

/** All test accounts by name, in the order of the table. */
export function bankAccountNames(): BankAccountName[] {
  return Object.keys(TEST_BANK_ACCOUNTS) as BankAccountName[]
}

/** Finds a test account by its number. */
export function findBankAccountName(number: string): BankAccountName | null {
  return bankAccountNames().find((name) => TEST_BANK_ACCOUNTS[name].number === number) ?? null
}

/** Finds a test account by the API's token for it, such as `pm_usBankAccount_success`. */
export function findBankAccountNameByToken(token: string): BankAccountName | null {
  return bankAccountNames().find((name) => TEST_BANK_ACCOUNTS[name].token === token) ?? null
}

function account(
  number: string,
  token: string | null,
  meaning: string,
  debit: DebitOutcome,
  differences: Partial<TestBankAccount> = {},
): TestBankAccount {
  return { number, token, meaning, debit, takesMicrodeposits: true, ...differences }
}

function returned(bankReturn: BankReturn): DebitOutcome {
  return { kind: 'returned', bankReturn }
}

function late(bankReturn: BankReturn, afterSeconds: number): DebitOutcome {
  return { kind: 'returned_late', bankReturn, afterSeconds }
}
