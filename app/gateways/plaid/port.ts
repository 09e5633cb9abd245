/**
 * What we ask of a service that links bank accounts, in our words. The customer signs in to the bank on the service's own
 * pages; we keep a token per bank login (an item) and never see an account number. Every method may throw a GatewayFault.
 */

export type LinkInput = {
  /** Our customer's id as the service keeps it: cst_… */
  readonly customerRef: string
  /** Who asks, as the page tells the customer; shortened to what the service shows. */
  readonly supplierName: string
  readonly legalName: string
  readonly email: string
  /** Where the service sends the browser when the customer is done, however it ended. */
  readonly redirectUrl: string
  readonly webhookUrl: string
  /** Repairs the login of a known item instead of linking a new one. */
  readonly itemAccess?: {
    readonly accessToken: string
    /** Also lets the customer add or drop accounts of that login. */
    readonly canChooseAccounts: boolean
  }
}

export type StartedLink = {
  readonly linkToken: string
  /** The service's page; to be opened by a redirect before `expiresAt`. */
  readonly hostedUrl: string
  readonly expiresAt: Date
}

/** A bank login's account. `pending` waits for micro-deposits; only a `ready` one can be debited. */
export type BankAccount = {
  readonly accountId: string
  readonly name: string
  /** The last digits of its number, or null when the bank does not tell. */
  readonly mask: string | null
  readonly kind: 'checking' | 'savings' | 'other'
  readonly verification: 'ready' | 'pending' | 'failed'
}

export type LinkReading =
  /** Nobody has finished on the hosted page yet. */
  | { readonly state: 'open' }
  /** The customer left, or the bank refused. The page can be opened again until it expires. */
  | { readonly state: 'exited'; readonly errorCode: string | null }
  | {
      readonly state: 'finished'
      /**
       * To be exchanged once. Usually null when a known item was repaired, which keeps its access token: whoever started a
       * repair passes it over.
       */
      readonly publicToken: string | null
      readonly institution: { readonly id: string; readonly name: string } | null
      readonly accounts: readonly BankAccount[]
    }

/** The access token opens the bank login's data: it is encrypted at rest and never leaves the server. */
export type LinkedItem = { readonly itemId: string; readonly accessToken: string }

export type ItemReading = {
  /** `gone` was removed or its consent withdrawn: it has to be linked anew. */
  readonly status: 'good' | 'needs_reauth' | 'gone'
  readonly errorCode: string | null
}

/** How well the bank's holder of one account agrees with what we know; 0 to 100, null when the bank does not tell. */
export type IdentityMatch = {
  readonly accountId: string
  readonly nameScore: number | null
  readonly emailScore: number | null
  readonly isBusinessName: boolean | null
}

export type BalanceReading =
  | {
      readonly state: 'known'
      /** What can be drawn now; null when the bank tells only the current balance. */
      readonly availableMinor: bigint | null
      readonly currentMinor: bigint | null
      readonly currency: string
    }
  /** The bank did not say: it is down or slow, or its login needs repair. */
  | { readonly state: 'unavailable'; readonly code: string | null }

export type SignalInput = {
  readonly accountId: string
  /** Our payment's id, under which a decision or return is reported later: pay_… */
  readonly reference: string
  readonly amountMinor: bigint
  /** False for a debit without the customer at the screen. */
  readonly isCustomerPresent: boolean
}

/** The service's opinion on whether a debit will come back. Null for whatever it does not say. */
export type SignalReading = {
  readonly advice: 'accept' | 'review' | 'reroute' | null
  /** Risk from 1 (low) to 99 that the bank returns the debit, or that the customer disputes it. */
  readonly bankReturnRisk: number | null
  readonly customerReturnRisk: number | null
}

export type BankLinkEventKind =
  | 'link_finished'
  | 'item_broken'
  | 'item_repaired'
  | 'item_ending'
  | 'item_revoked'
  | 'account_revoked'
  | 'new_accounts'
  | 'account_verified'
  | 'account_unverified'
  | 'other'

/** An event that says which link or item to look at again; its payload is never believed. */
export type BankLinkEvent = {
  /**
   * SHA-256 of the signature's time and the body, in hexadecimal: the service numbers no events. The same request sent twice
   * has the same; an event that the service signs anew, since nobody took it the first time, has another. Bodies alone do
   * not tell events apart: a login that breaks twice says the same twice.
   */
  readonly eventId: string
  readonly kind: BankLinkEventKind
  /** The service's own name of it, for example ITEM/ERROR. */
  readonly type: string
  readonly linkToken: string | null
  readonly itemId: string | null
  readonly accountId: string | null
  /** When a login that is `item_ending` stops working, if the service says so. */
  readonly endsAt: Date | null
  /** The event as JSON text, for the inbox. */
  readonly payload: string
}

export type WebhookRefusal =
  | 'malformed'
  | 'wrong_algorithm'
  | 'unknown_key'
  | 'expired_key'
  | 'wrong_signature'
  /** Or signed in the future. */
  | 'too_old'
  | 'wrong_body'

export type WebhookVerdict =
  | { readonly ok: true; readonly event: BankLinkEvent }
  | { readonly ok: false; readonly reason: WebhookRefusal }

export interface BankLinkProvider {
  /** A page of the service on which the customer links a bank, or repairs a link. */
  startLink(input: LinkInput): Promise<StartedLink>
  /** How far the customer has got; null when the service does not know the token (any more). */
  readLink(linkToken: string): Promise<LinkReading | null>
  /** Turns the result of a link into lasting access. Works once; `indeterminate` means that the customer has to link again. */
  exchange(publicToken: string): Promise<LinkedItem>
  readItem(accessToken: string): Promise<ItemReading>
  listAccounts(accessToken: string): Promise<readonly BankAccount[]>
  /** One entry for each account; empty when the bank tells nothing about its holders. */
  matchIdentity(
    accessToken: string,
    known: { readonly legalName: string; readonly email: string },
  ): Promise<readonly IdentityMatch[]>
  /** The names of whoever holds an account, as the bank has them; empty when it tells nothing. */
  listHolders(accessToken: string, accountId: string): Promise<readonly string[]>
  /** Asks the bank itself, which can take half a minute. */
  readBalance(accessToken: string, accountId: string): Promise<BalanceReading>
  evaluateSignal(accessToken: string, input: SignalInput): Promise<SignalReading>
  /** Tells the service whether a debit that it gave an opinion on was started. */
  reportDecision(reference: string, isStarted: boolean): Promise<void>
  /** Tells the service that such a debit came back, with the bank's return code: R01 … */
  reportReturn(reference: string, returnCode: string): Promise<void>
  /** A token of one account for our card processor, to be used once: btok_… */
  bankToken(accessToken: string, accountId: string): Promise<string>
  /** Ends our access. Done already counts as done. */
  removeItem(accessToken: string): Promise<void>
  /**
   * Whether a webhook's raw body and its Plaid-Verification header prove that the service sent it just now; `now` is real
   * time. Throws a GatewayFault when the service's key cannot be had, so that it is sent again.
   */
  verifyWebhook(rawBody: string, token: string, now: Date): Promise<WebhookVerdict>
}
