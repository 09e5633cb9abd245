import type { TroubleCode } from '#scripts/sandbox/plaid/api/plaid-error.ts'

/** Who holds an account, as the bank knows it. */
export type Holder = {
  names: string[]
  emails: string[]
  phones: string[]
  addresses: { street: string; city: string; region: string; postal_code: string; country: string }[]
}

/** What a test login holds. Balances are whole cents; null is a balance that the bank does not tell. */
export type BankAccount = {
  name: string
  official_name: string | null
  mask: string
  subtype: 'checking' | 'savings'
  holder_category: 'business' | 'personal'
  available_cents: number | null
  current_cents: number | null
  currency: string
  numbers: { account: string; routing: string; wire_routing: string }
  holder: Holder
}

export type Verification =
  | 'instant'
  | 'pending_automatic_verification'
  | 'automatically_verified'
  | 'verification_expired'
export type LinkedAccount = BankAccount & { account_id: string; verification: Verification }

/** One login at one bank. It exists from the end of its link, but can be used only once its public token was exchanged. */
export type PlaidItem = {
  id: string
  object: 'plaid.item'
  created: number
  state: 'unexchanged' | 'linked' | 'removed'
  public_token: string
  access_token: string
  institution_id: string
  webhook: string | null
  products: string[]
  trouble: TroubleCode | null
  /** When the bank cuts the login off unless it is renewed, in seconds of the sandbox's clock. */
  ends_at: number | null
  accounts: LinkedAccount[]
  /** Accounts of the login that the customer has not shared; update mode can add them. */
  unshared: LinkedAccount[]
}

/** One visit to the hosted page. */
export type LinkVisit = {
  id: string
  started_at: number
  finished_at: number | null
  /** What the page asks for next. */
  step: 'login' | 'mfa' | 'accounts' | 'done' | 'left'
  institution_id: string | null
  /** Questions that are still open, the next one first. */
  questions: MfaQuestion[]
  /** What the login holds, once it is open. */
  offered: LinkedAccount[]
  /** Ids of the accounts to share; before the customer has chosen, those that are shared already. */
  chosen: string[]
  /** The last thing that went wrong; what an exit reports. */
  trouble: TroubleCode | null
  item_id: string | null
}

export type MfaQuestion = { prompt: string; choices: string[]; answer: string }

export type PlaidLink = {
  id: string
  object: 'plaid.link'
  created: number
  expires_at: number
  /** The hosted page closes earlier than the token. */
  page_expires_at: number
  redirect_uri: string | null
  webhook: string | null
  client_name: string
  language: string
  country_codes: string[]
  products: string[]
  allowed_subtypes: string[] | null
  takes_micro_deposits: boolean
  legal_name: string | null
  /** Update mode: the item that is repaired. */
  item_id: string | null
  can_choose_accounts: boolean
  visits: LinkVisit[]
}

/** The public half of the key that signs webhooks; the private half is the record's secret. */
export type PlaidWebhookKey = {
  id: string
  object: 'plaid.webhook_key'
  created: number
  expired_at: number | null
  x: string
  y: string
}

/** An opinion that was asked for on a debit. */
export type PlaidSignal = {
  id: string
  object: 'plaid.signal'
  created: number
  item_id: string
  decision: boolean | null
  return_code: string | null
}
