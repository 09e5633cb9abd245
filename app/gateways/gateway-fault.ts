/**
 * What can go wrong outside: `rejected` was refused for good, `unavailable` was not carried out and may be tried again,
 * `indeterminate` may or may not have been carried out. An indeterminate write is asked about, never called a failure.
 */
export type FaultKind = 'rejected' | 'unavailable' | 'indeterminate'

export type FaultFacts = {
  kind: FaultKind
  vendor: 'stripe' | 'plaid' | 'mail' | 'chain'
  /** Our name of the call, for example checkout.sessions.create. */
  operation: string
  /** The vendor's error code, when it gave one. */
  code?: string | undefined
  /** The vendor's name of the request, to be quoted to its support. */
  requestId?: string | undefined
  /** The vendor has kept this failure with the idempotency key, and answers the key with nothing else for a day. */
  isRemembered?: boolean
  /** For our own log; never shown to a buyer. */
  message: string
  cause?: unknown
}

/** The outside world failed; thrown by gateways only. Its message carries no secret and no vendor object. */
export class GatewayFault extends Error {
  override readonly name = 'GatewayFault'
  readonly kind: FaultKind
  readonly vendor: FaultFacts['vendor']
  readonly operation: string
  readonly code: string | null
  readonly requestId: string | null
  readonly isRemembered: boolean

  constructor(facts: FaultFacts) {
    super(`${facts.vendor} ${facts.operation}: ${facts.kind}: ${facts.message}`, { cause: facts.cause })
    this.kind = facts.kind
    this.vendor = facts.vendor
    this.operation = facts.operation
    this.code = facts.code ?? null
    this.requestId = facts.requestId ?? null
    this.isRemembered = facts.isRemembered ?? false
  }
}
