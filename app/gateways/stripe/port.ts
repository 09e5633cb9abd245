/**
 * What we ask of a card processor, in our words. Amounts are minor units; instants are on the processor's own clock, which
 * need not be ours. Every method may throw a GatewayFault.
 */

/** A write to the processor as stored with its attempt: plain JSON, sent again unchanged. */
export type StoredRequest = Readonly<Record<string, unknown>>

export type CheckoutLine = { readonly name: string; readonly amountMinor: bigint }

export type CheckoutInput = {
  /** Our payment's id as the processor keeps it: pay_… */
  readonly reference: string
  readonly processorCustomerId: string
  readonly currency: string
  readonly description: string
  readonly lines: readonly CheckoutLine[]
  /** When the processor closes the page, on its clock. */
  readonly expiresAt: Date
  readonly successUrl: string
  readonly cancelUrl: string
}

export type CheckoutStatus = 'open' | 'complete' | 'expired'

/** How far the processor has got with the money. */
export type IntentStatus =
  | 'awaiting_method'
  | 'awaiting_confirmation'
  | 'awaiting_action'
  | 'awaiting_capture'
  | 'processing'
  | 'succeeded'
  | 'canceled'

export type ChargeMethod = 'card' | 'link' | 'us_bank_account' | 'other'

export type FeeReading = {
  /** Null when it has parts that are smaller than our minor unit. */
  readonly feeMinor: bigint | null
  /** Of the processor's balance; another one than the charge's when it converted. */
  readonly currency: string
  readonly balanceTransactionId: string
  readonly createdAt: Date
}

export type ChargeReading = {
  readonly chargeId: string
  readonly intentId: string | null
  readonly reference: string | null
  readonly currency: string
  readonly amountMinor: bigint
  readonly refundedMinor: bigint
  readonly isDisputed: boolean
  readonly createdAt: Date
  readonly method: ChargeMethod
  readonly cardBrand: string | null
  readonly cardLast4: string | null
  /** Null until the processor has worked out its fee. */
  readonly fee: FeeReading | null
}

export type IntentReading = {
  readonly intentId: string
  readonly status: IntentStatus
  readonly receivedMinor: bigint
  /** Code of the last decline, or null. */
  readonly failureCode: string | null
  readonly charge: ChargeReading | null
}

export type CheckoutReading = {
  readonly checkoutId: string
  readonly reference: string | null
  readonly processorCustomerId: string | null
  readonly status: CheckoutStatus
  readonly url: string | null
  readonly currency: string | null
  readonly amountMinor: bigint | null
  readonly createdAt: Date
  readonly expiresAt: Date
  /** Null until the customer first tries to pay. */
  readonly intent: IntentReading | null
}

export type RefundReading = {
  readonly refundId: string
  readonly amountMinor: bigint
  readonly status: 'pending' | 'succeeded' | 'failed' | 'canceled'
  readonly reason: string | null
  readonly createdAt: Date
}

export type DisputeReading = {
  readonly disputeId: string
  readonly amountMinor: bigint
  /** `inquiry` has taken no money; `prevented` never will. */
  readonly status: 'inquiry' | 'open' | 'won' | 'lost' | 'prevented'
  /** Whether the processor has taken the money from us. */
  readonly isWithdrawn: boolean
  /** What the processor keeps, or gives back, for each movement of the disputed money. */
  readonly fees: readonly FeeReading[]
  readonly reason: string
  readonly createdAt: Date
}

/** An event that says which object to look at again; its payload is never believed. */
export type ProcessorEvent = {
  readonly eventId: string
  readonly type: string
  readonly objectId: string
  readonly checkoutId: string | null
  readonly intentId: string | null
  readonly chargeId: string | null
  /** What the object carries as our payment's id, unchecked. */
  readonly reference: string | null
  readonly createdAt: Date
  /** The event as JSON text, for the inbox. */
  readonly payload: string
}

export type Written<Value> = { readonly value: Value; readonly requestId: string | null }

export interface CardProcessor {
  /**
   * The customer's account at the processor: the known one when it still exists, else a new one under the idempotency key
   * `customers.create:{customerId}:1`, so that concurrent calls make one. Also tells the processor's present time.
   */
  ensureCustomer(input: {
    readonly knownId: string | null
    /** Our customer's id as the processor keeps it: cst_… */
    readonly reference: string
    readonly name: string
    readonly email: string | null
  }): Promise<{ readonly processorCustomerId: string; readonly processorNow: Date }>
  /** Amounts of this currency can be charged in multiples of so many minor units; null when none can be charged. */
  chargeStep(currency: string): bigint | null
  /** The request that creates a checkout, to be stored before it is sent. */
  checkoutRequest(input: CheckoutInput): StoredRequest
  /** Sends a stored request. The same key and request always name the same checkout. */
  createCheckout(request: StoredRequest, idempotencyKey: string): Promise<Written<CheckoutReading>>
  /** The checkout as it is now, with its payment, charge and fee; null when there is none of that id. */
  readCheckout(checkoutId: string): Promise<CheckoutReading | null>
  /** Closes an open checkout, so that nobody can pay it any more. Rejected when it is not open. */
  expireCheckout(checkoutId: string, idempotencyKey: string): Promise<Written<CheckoutReading>>
  /**
   * The checkout that a stored request has made, if it ever was carried out: looked for among the customer's checkouts of
   * that time by our reference. For requests whose key is too old to be sent again.
   */
  findCheckout(request: StoredRequest): Promise<CheckoutReading | null>
  readCharge(chargeId: string): Promise<ChargeReading | null>
  listRefunds(chargeId: string): Promise<readonly RefundReading[]>
  listDisputes(chargeId: string): Promise<readonly DisputeReading[]>
  /** Events about payments at or after `since`, oldest first. */
  listEvents(since: Date): Promise<readonly ProcessorEvent[]>
  /** The event in a stored payload: what its webhook or its list said. */
  readEvent(payload: unknown): ProcessorEvent
  /** The event in a webhook's raw body, or null when the signature does not prove that the processor sent it just now. */
  verifyWebhook(rawBody: string, signature: string): Promise<ProcessorEvent | null>
}
