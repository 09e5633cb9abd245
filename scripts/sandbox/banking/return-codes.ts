import type Stripe from 'stripe'

type ErrorCode = Extract<Stripe.PaymentIntent.LastPaymentError['code'], string>
type Blocked = Stripe.PaymentMethod.UsBankAccount.StatusDetails.Blocked

/** A bank's refusal of a debit as the API reports it. */
export type BankReturn = {
  /** Code of the ACH network, or null where the provider itself stopped the debit. */
  networkCode: string | null
  failureCode: ErrorCode
  message: string
  /** Why the account cannot be debited again; null when a later debit may pass. */
  blocked: Blocked | null
  /** Reason of the dispute when the same return comes after the debit had succeeded. */
  disputeReason: string
}

/** The returns of the ACH network that the sandbox can produce. */
export const BANK_RETURNS = {
  R01: bankReturn('R01', 'insufficient_funds', 'The account has insufficient funds.', null),
  R02: bankReturn('R02', 'account_closed', 'The account is closed.', 'bank_account_closed'),
  R03: bankReturn('R03', 'no_account', 'The account could not be located.', 'bank_account_invalid_details'),
  R04: bankReturn('R04', 'no_account', 'The account number is invalid.', 'bank_account_invalid_details'),
  R05: unauthorised('R05', 'The debit of a private account was not authorised for a company.'),
  R07: unauthorised('R07', 'The customer withdrew the authorisation.'),
  R08: unauthorised('R08', 'The customer stopped the payment.'),
  R09: bankReturn('R09', 'insufficient_funds', 'The funds are not collected yet.', null),
  R10: unauthorised('R10', 'The customer says that the debit was not authorised.'),
  R11: unauthorised('R11', 'The customer says that the debit differs from what was authorised.'),
  R16: bankReturn('R16', 'bank_account_restricted', 'The account is frozen.', 'bank_account_frozen'),
  R20: bankReturn(
    'R20',
    'bank_account_restricted',
    'The account takes no debits.',
    'bank_account_restricted',
  ),
  R29: unauthorised('R29', 'The company has not allowed debits by this originator.'),
} as const satisfies Record<string, BankReturn>

export type ReturnCode = keyof typeof BANK_RETURNS

/** Finds a return by the network's code or by the API's failure code. */
export function findBankReturn(code: string): BankReturn | null {
  const returns: readonly BankReturn[] = Object.values(BANK_RETURNS)
  return returns.find((one) => one.networkCode === code || one.failureCode === code) ?? null
}

function unauthorised(networkCode: string, message: string): BankReturn {
  return bankReturn(networkCode, 'debit_not_authorized', message, 'debit_not_authorized')
}

function bankReturn(
  networkCode: string,
  failureCode: ErrorCode,
  message: string,
  blockedReason: Blocked['reason'],
): BankReturn {
  const blocked = blockedReason && {
    network_code: networkCode as Blocked['network_code'],
    reason: blockedReason,
  }
  return { networkCode, failureCode, message, blocked: blocked || null, disputeReason: reasonOf(failureCode) }
}

function reasonOf(failureCode: ErrorCode): string {
  if (failureCode === 'insufficient_funds' || failureCode === 'debit_not_authorized') return failureCode
  return failureCode === 'bank_account_restricted' ? 'bank_cannot_process' : 'incorrect_account_details'
}
