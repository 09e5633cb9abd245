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
  /** What the processor's page offers. */
  readonly methods: readonly CheckoutMethod[]
}

/** Apple Pay and Google Pay come with `card`. */
export type CheckoutMethod = 'card' | 'link' | 'us_bank_account'

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
  /** Rounded to our minor unit, half away from zero, where it is finer; null when it cannot be read, which is for a person. */
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
  /** Last four digits of the card or bank account. */
  readonly cardLast4: string | null
  readonly wallet: string | null
  readonly bankName: string | null
  /** The method's id at the processor, when it can be used again. */
  readonly methodId: string | null
  readonly mandateId: string | null
  /** Code of why it failed, and the network's own, such as R01. */
  readonly failureCode: string | null
  readonly networkCode: string | null
  /** Null until the processor has worked out its fee. */
  readonly fee: FeeReading | null
}

export type IntentReading = {
  readonly intentId: string
  readonly reference: string | null
  readonly currency: string
  readonly amountMinor: bigint
  readonly createdAt: Date
  readonly status: IntentStatus
  readonly receivedMinor: bigint
  /** Code of the last decline, or null. */
  readonly failureCode: string | null
  /** Whether the last decline may be tried again: what the network advises. */
  readonly advice: DeclineAdvice | null
  /** Where the customer verifies micro-deposits, and when they arrive. */
  readonly microdeposits: { readonly url: string; readonly arriveAt: Date } | null
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

export type DeclineAdvice = 'try_again_later' | 'confirm_card_data' | 'do_not_try_again'

/** A charge of a saved method, without a page on which the customer could answer their bank. */
export type ChargeInput = {
  /** Our payment's id as the processor keeps it: pay_… */
  readonly reference: string
  readonly processorCustomerId: string
  readonly methodId: string
  readonly method: 'card' | 'link' | 'us_bank_account'
  readonly currency: string
  readonly amountMinor: bigint
  readonly description: string
  /** On the processor's clock; the charge is looked for from here on. */
  readonly askedAt: Date
  /** The click by which the customer agreed to this debit, when the method carries no mandate yet. */
  readonly acceptance: Acceptance | null
}

/** Where a person agreed to something. */
export type Acceptance = { readonly ipAddress: string; readonly userAgent: string }

export type AgreeInput = {
  readonly processorCustomerId: string
  readonly methodId: string
  /** Our mandate's id as the processor keeps it: man_… */
  readonly reference: string
  readonly acceptance: Acceptance
}

export type AgreedReading = { readonly mandateId: string | null; readonly failureCode: string | null }

export type SetupInput = {
  /** Our setup's id as the processor keeps it: set_… */
  readonly reference: string
  readonly processorCustomerId: string
  readonly methods: readonly CheckoutMethod[]
  readonly expiresAt: Date
  readonly successUrl: string
  readonly cancelUrl: string
}

/** A visit to keep a method without paying. */
export type SetupReading = {
  readonly checkoutId: string
  readonly reference: string | null
  readonly status: CheckoutStatus
  readonly url: string | null
  /** Null until the customer has entered a method that works. */
  readonly methodId: string | null
  readonly mandateId: string | null
  readonly failureCode: string | null
  /** Where the customer verifies micro-deposits. */
  readonly verifyUrl: string | null
}

/** A method kept for a customer. */
export type MethodReading = {
  readonly methodId: string
  readonly processorCustomerId: string | null
  readonly kind: 'card' | 'us_bank_account' | 'link' | 'other'
  /** Card brand or bank name. */
  readonly brand: string | null
  readonly last4: string | null
  readonly expMonth: number | null
  readonly expYear: number | null
  readonly funding: string | null
  readonly billingState: string | null
  readonly holderName: string | null
  readonly fingerprint: string | null
  /** Return code for which the network blocks the account, such as R02; null when it is not blocked. */
  readonly blockedCode: string | null
  readonly createdAt: Date
}

export type MandateReading = {
  readonly mandateId: string
  readonly methodId: string
  readonly status: 'pending' | 'active' | 'inactive'
  readonly use: 'single_use' | 'multi_use'
  readonly acceptedAt: Date | null
  readonly ipAddress: string | null
  readonly userAgent: string | null
}

export type RefundReading = {
  readonly refundId: string
  /** Our refund's id as the processor keeps it (rfd_…), unchecked; null for one made in its dashboard. */
  readonly reference: string | null
  readonly amountMinor: bigint
  readonly status: 'pending' | 'succeeded' | 'failed' | 'canceled'
  readonly reason: string | null
  /** Why it did not arrive, in the processor's code. */
  readonly failureCode: string | null
  readonly createdAt: Date
}

export type RefundInput = {
  /** Our refund's and payment's ids as the processor keeps them: rfd_…, pay_… */
  readonly reference: string
  readonly paymentReference: string
  readonly intentId: string
  readonly currency: string
  readonly amountMinor: bigint
  readonly reason: 'requested_by_customer' | 'duplicate' | 'other'
}

/** How far a dispute has got. An inquiry asks only; `prevented`: the network has given the money back by itself. */
export type DisputeState =
  | 'inquiry'
  | 'inquiry_closed'
  | 'needs_response'
  | 'under_review'
  | 'won'
  | 'lost'
  | 'prevented'

export type DisputeReading = {
  readonly disputeId: string
  readonly amountMinor: bigint
  readonly state: DisputeState
  /** When the processor took the money from us; null while it has not. */
  readonly withdrawnAt: Date | null
  /** Whether the processor has given all of it back. */
  readonly isReinstated: boolean
  /** Until when evidence is taken. */
  readonly evidenceDueAt: Date | null
  /** Whether evidence was handed in. */
  readonly isAnswered: boolean
  /** The card network's own code of the reason. */
  readonly networkCode: string | null
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
  /** The kind of the object, as the processor names it: payment_intent, mandate, … */
  readonly objectKind: string
  readonly processorCustomerId: string | null
  /** The method that a mandate is for. */
  readonly methodId: string | null
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
  /** The request that charges a saved method, to be stored before it is sent. */
  chargeRequest(input: ChargeInput): StoredRequest
  /** Sends a stored charge. A decline is an answer: the reading says so. */
  createCharge(request: StoredRequest, idempotencyKey: string): Promise<Written<IntentReading>>
  /** The charge that a stored request has made, if it ever was carried out; for keys that are too old. */
  findCharge(request: StoredRequest): Promise<IntentReading | null>
  readIntent(intentId: string): Promise<IntentReading | null>
  /** The request for a visit that keeps a method, to be stored before it is sent. */
  setupRequest(input: SetupInput): StoredRequest
  createSetup(request: StoredRequest, idempotencyKey: string): Promise<Written<SetupReading>>
  readSetup(checkoutId: string): Promise<SetupReading | null>
  /** The cards, bank accounts and Link accounts kept for a customer. */
  listMethods(processorCustomerId: string): Promise<readonly MethodReading[]>
  readMethod(methodId: string): Promise<MethodReading | null>
  /** Lets go of a method; one that is gone already is no error. */
  detachMethod(methodId: string, idempotencyKey: string): Promise<void>
  readMandate(mandateId: string): Promise<MandateReading | null>
  /** Keeps a bank account by a one-time token of a bank-linking service. Answers its id as a method. */
  keepBankAccount(
    processorCustomerId: string,
    bankToken: string,
    idempotencyKey: string,
  ): Promise<MethodReading>
  /** The request that gives money back, to be stored before it is sent. */
  refundRequest(input: RefundInput): StoredRequest
  createRefund(request: StoredRequest, idempotencyKey: string): Promise<Written<RefundReading>>
  /** The refund that a stored request has made, if it ever was carried out; for keys that are too old. */
  findRefund(request: StoredRequest): Promise<RefundReading | null>
  /**
   * Tells the processor that its customer has agreed to debits of a kept bank account from now on. Answers the mandate; null when
   * the account may not be debited, with the reason.
   */
  agreeToDebits(input: AgreeInput, idempotencyKey: string): Promise<AgreedReading>
  listRefunds(chargeId: string): Promise<readonly RefundReading[]>
  /** The request that hands in evidence, to be stored before it is sent. It is taken once. */
  evidenceRequest(disputeId: string, text: string): StoredRequest
  submitEvidence(request: StoredRequest, idempotencyKey: string): Promise<Written<DisputeReading>>
  /** The request that gives a dispute up, to be stored before it is sent. */
  acceptanceRequest(disputeId: string): StoredRequest
  acceptDispute(request: StoredRequest, idempotencyKey: string): Promise<Written<DisputeReading>>
  /** The dispute that a stored answer is about, as it is now. */
  readDisputeOf(request: StoredRequest): Promise<DisputeReading | null>
  listDisputes(chargeId: string): Promise<readonly DisputeReading[]>
  /** Events about payments at or after `since`, oldest first. */
  listEvents(since: Date): Promise<readonly ProcessorEvent[]>
  /** The event in a stored payload: what its webhook or its list said. */
  readEvent(payload: unknown): ProcessorEvent
  /** The event in a webhook's raw body, or null when the signature does not prove that the processor sent it just now. */
  verifyWebhook(rawBody: string, signature: string): Promise<ProcessorEvent | null>
}
