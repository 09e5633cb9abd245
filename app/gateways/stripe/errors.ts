import Stripe from 'stripe'
import { type FaultKind, GatewayFault } from '#app/gateways/gateway-fault.ts'

/** Statuses with which Stripe refuses before it does anything, or says for good that it will not. */
const REFUSED = new Set([400, 402, 404])
/** Statuses about who asks (a key that was changed or has too few rights) or how often: they say nothing of what was asked. */
const HELD_BACK = new Set([401, 403, 429])

/**
 * Turns whatever a call threw into a fault. A read that got no answer is `unavailable`. A write is `rejected` only when
 * Stripe says so, `unavailable` only when Stripe held it back, and otherwise `indeterminate`: it may have been done.
 * An answer about the idempotency key itself says nothing about the write that owns the key.
 */
export function asFault(error: unknown, operation: string, isWrite: boolean): GatewayFault {
  if (error instanceof GatewayFault) return error
  if (!(error instanceof Stripe.errors.StripeError)) {
    const kind = isWrite ? 'indeterminate' : 'unavailable'
    return new GatewayFault({
      kind,
      vendor: 'stripe',
      operation,
      message: 'the answer is malformed',
      cause: error,
    })
  }
  return new GatewayFault({
    kind: kindOf(error, isWrite),
    vendor: 'stripe',
    operation,
    code: error.code ?? error.rawType,
    requestId: error.requestId,
    isRemembered: (error.statusCode ?? 0) >= 500 && error.headers?.['idempotent-replayed'] === 'true',
    message:
      `${error.type} ${error.statusCode ?? 'without an answer'} ${error.code ?? ''} ${error.param ?? ''}`.trim(),
  })
}

function kindOf(error: InstanceType<typeof Stripe.errors.StripeError>, isWrite: boolean): FaultKind {
  if (error instanceof Stripe.errors.StripeIdempotencyError) return 'indeterminate'
  if (error.code === 'idempotency_key_in_use') return 'indeterminate'
  if (HELD_BACK.has(error.statusCode ?? 0) || error.code === 'rate_limit') return 'unavailable'
  if (error.statusCode !== undefined && REFUSED.has(error.statusCode)) return 'rejected'
  return isWrite ? 'indeterminate' : 'unavailable'
}

/** Whether the vendor says that it knows no object of that id. */
export function isMissing(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeError && error.code === 'resource_missing'
}
