import { isTroubleCode, type TroubleCode } from '#scripts/sandbox/plaid/api/plaid-error.ts'
import type { Institution } from '#scripts/sandbox/plaid/institutions.ts'
import { parseCustomUser } from '#scripts/sandbox/plaid/logins/custom-user.ts'
import type { BankAccount, Holder, MfaQuestion } from '#scripts/sandbox/plaid/records.ts'

export type LoginResult =
  | { kind: 'trouble'; code: TroubleCode }
  | { kind: 'open'; questions: MfaQuestion[]; accounts: BankAccount[] }
export type Credentials = { username: string; password: string }

/** The businesses' available balances in cents. */
const BUSINESSES: Readonly<Record<string, number>> = {
  user_business_rich: 25_000_000,
  user_business_low: 5_000,
  user_business_zero: 0,
}
/** Who holds a business account when the link was not told the customer's name: a customer of the demo. */
const DEMO_COMPANY = 'Quillhaven Coffee Roasters'

/** The logins that the hosted page offers as a list, with what they do. */
export const TEST_LOGINS: readonly [username: string, password: string, meaning: string][] = [
  ['user_good', 'pass_good', 'A person with a checking and a savings account'],
  ['user_good', 'mfa_device', 'The same after a code: 1234'],
  ['user_good', 'mfa_questions_1_1', 'The same after a question: answer_0_0'],
  ['user_good', 'mfa_selections', 'The same after a choice: Yes'],
  [
    'user_good',
    'error_ITEM_LOCKED',
    'The login is locked; other codes: INVALID_CREDENTIALS, INVALID_MFA, INSTITUTION_DOWN, INSTITUTION_NOT_RESPONDING, NO_ACCOUNTS, USER_SETUP_REQUIRED',
  ],
  ['user_business_rich', 'pass_good', 'Your company, with 250,000.00 in its account'],
  ['user_business_low', 'pass_good', 'Your company, with 50.00'],
  ['user_business_zero', 'pass_good', 'Your company, with nothing'],
  ['user_custom', '{"override_accounts": […]}', 'Whatever the password describes'],
]

/**
 * Tries a login at a bank.
 * @param legalName the name that the link was started for; it holds the accounts of the business logins
 */
export function tryLogin(
  institution: Institution,
  { username, password }: Credentials,
  legalName: string | null,
): LoginResult {
  if (institution.isDown) return { kind: 'trouble', code: 'INSTITUTION_DOWN' }
  const errorCode = /^error_(\w+)$/.exec(password)?.[1]
  if (username === 'user_good' && errorCode !== undefined)
    return { kind: 'trouble', code: isTroubleCode(errorCode) ? errorCode : 'INVALID_CREDENTIALS' }
  const accounts = accountsOf(username, password, legalName)
  const questions = username === 'user_good' ? questionsOf(password) : []
  if (accounts === null || questions === null) return { kind: 'trouble', code: 'INVALID_CREDENTIALS' }
  if (accounts.length === 0) return { kind: 'trouble', code: 'NO_ACCOUNTS' }
  return { kind: 'open', questions, accounts }
}

/** What a login holds, or null when there is no such login. */
function accountsOf(username: string, password: string, legalName: string | null): BankAccount[] | null {
  if (username === 'user_good') return [personal('checking'), personal('savings')]
  if (username === 'user_custom') return parseCustomUser(password)
  const availableCents = BUSINESSES[username]
  if (availableCents === undefined || password !== 'pass_good') return null
  return [business(availableCents, legalName ?? DEMO_COMPANY)]
}

/** What the bank asks after the password, or null when the password is wrong. */
function questionsOf(password: string): MfaQuestion[] | null {
  if (password === 'pass_good' || password === 'microdeposits_good') return []
  if (password === 'mfa_device')
    return [{ prompt: 'Enter the code that was sent to your phone.', choices: [], answer: '1234' }]
  if (password === 'mfa_selections')
    return [{ prompt: 'Have you ever seen a platypus?', choices: ['Yes', 'No'], answer: 'Yes' }]
  const rounds = /^mfa_questions_([1-9])_([1-9])$/.exec(password)
  if (!rounds) return null
  const numbers = (count: string | undefined): number[] => [...Array(Number(count)).keys()]
  return numbers(rounds[1]).flatMap((round) =>
    numbers(rounds[2]).map((question) => ({
      prompt: `Question ${question + 1} of round ${round + 1}: what is your answer?`,
      choices: [],
      answer: `answer_${round}_${question}`,
    })),
  )
}

function personal(subtype: 'checking' | 'savings'): BankAccount {
  const isChecking = subtype === 'checking'
  return {
    name: isChecking ? 'Plaid Checking' : 'Plaid Savings',
    official_name: isChecking
      ? 'Plaid Gold Standard 0% Interest Checking'
      : 'Plaid Silver Standard 0.1% Interest Saving',
    mask: isChecking ? '0000' : '1111',
    subtype,
    holder_category: 'personal',
    available_cents: isChecking ? 10_000 : 20_000,
    current_cents: isChecking ? 11_000 : 21_000,
    currency: 'USD',
    numbers: {
      account: isChecking ? '1111222233330000' : '1111222233331111',
      routing: '011401533',
      wire_routing: '021000021',
    },
    holder: PERSON,
  }
}

const PERSON: Holder = {
  names: ['Alberta Bobbeth Charleson'],
  emails: ['accountholder0@example.com'],
  phones: ['1112223333'],
  addresses: [
    { street: '2992 Cameron Road', city: 'Malakoff', region: 'NY', postal_code: '14236', country: 'US' },
  ],
}

function business(availableCents: number, legalName: string): BankAccount {
  return {
    name: 'Business Checking',
    official_name: 'Platypus Business Checking',
    mask: '2222',
    subtype: 'checking',
    holder_category: 'business',
    available_cents: availableCents,
    current_cents: availableCents,
    currency: 'USD',
    numbers: { account: '1111222233332222', routing: '011401533', wire_routing: '021000021' },
    holder: { names: [legalName], emails: [], phones: [], addresses: [] },
  }
}
