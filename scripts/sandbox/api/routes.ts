import { DISPUTE_OPERATIONS } from '#scripts/sandbox/aftermath/dispute-operations.ts'
import { REFUND_OPERATIONS } from '#scripts/sandbox/aftermath/refund-operations.ts'
import type { Operation } from '#scripts/sandbox/api/operation.ts'
import { BALANCE_OPERATIONS } from '#scripts/sandbox/balance/balance.ts'
import { PAYOUT_OPERATIONS } from '#scripts/sandbox/balance/payout-operations.ts'
import { LINKED_ACCOUNT_OPERATIONS } from '#scripts/sandbox/methods/linked-accounts.ts'
import { MANDATE_OPERATIONS } from '#scripts/sandbox/methods/mandates.ts'
import { PAYMENT_METHOD_OPERATIONS } from '#scripts/sandbox/methods/payment-method-operations.ts'
import { SOURCE_OPERATIONS } from '#scripts/sandbox/methods/sources.ts'
import { CHARGE_OPERATIONS } from '#scripts/sandbox/resources/charges.ts'
import { CUSTOMER_OPERATIONS } from '#scripts/sandbox/resources/customers.ts'
import { EVENT_OPERATIONS } from '#scripts/sandbox/resources/events.ts'
import { PAYMENT_INTENT_OPERATIONS } from '#scripts/sandbox/resources/payment-intent-operations.ts'
import { SESSION_OPERATIONS } from '#scripts/sandbox/resources/session-operations.ts'
import { SETUP_INTENT_OPERATIONS } from '#scripts/sandbox/resources/setup-intent-operations.ts'
import { WEBHOOK_ENDPOINT_OPERATIONS } from '#scripts/sandbox/resources/webhook-endpoints.ts'

/** Every endpoint the sandbox has; all else is an unrecognised address, as with the provider. */
export const OPERATIONS: readonly Operation[] = [
  ...CUSTOMER_OPERATIONS,
  ...SESSION_OPERATIONS,
  ...PAYMENT_INTENT_OPERATIONS,
  ...SETUP_INTENT_OPERATIONS,
  ...PAYMENT_METHOD_OPERATIONS,
  ...SOURCE_OPERATIONS,
  ...MANDATE_OPERATIONS,
  ...LINKED_ACCOUNT_OPERATIONS,
  ...CHARGE_OPERATIONS,
  ...REFUND_OPERATIONS,
  ...BALANCE_OPERATIONS,
  ...DISPUTE_OPERATIONS,
  ...PAYOUT_OPERATIONS,
  ...EVENT_OPERATIONS,
  ...WEBHOOK_ENDPOINT_OPERATIONS,
]

const MATCHERS = OPERATIONS.map((operation) => ({
  operation,
  pattern: new RegExp(`^${operation.template.replaceAll(/\{\w+\}/g, '([^/]+)')}$`),
}))

/** The endpoint behind a method and path, with the last id in the path ('' when it has none). */
export function findOperation(method: string, path: string): { operation: Operation; id: string } | null {
  for (const { operation, pattern } of MATCHERS) {
    const match = operation.method === method ? pattern.exec(path) : null
    if (match) return { operation, id: match.at(-1) ?? '' }
  }
  return null
}
