import type { Operation } from '#scripts/sandbox/api/operation.ts'
import { BALANCE_OPERATIONS } from '#scripts/sandbox/resources/balance.ts'
import { CHARGE_OPERATIONS } from '#scripts/sandbox/resources/charges.ts'
import { CUSTOMER_OPERATIONS } from '#scripts/sandbox/resources/customers.ts'
import { DISPUTE_OPERATIONS } from '#scripts/sandbox/resources/disputes.ts'
import { EVENT_OPERATIONS } from '#scripts/sandbox/resources/events.ts'
import { PAYMENT_INTENT_OPERATIONS } from '#scripts/sandbox/resources/payment-intents.ts'
import { REFUND_OPERATIONS } from '#scripts/sandbox/resources/refunds.ts'
import { SESSION_OPERATIONS } from '#scripts/sandbox/resources/sessions.ts'
import { WEBHOOK_ENDPOINT_OPERATIONS } from '#scripts/sandbox/resources/webhook-endpoints.ts'

/** Every endpoint the sandbox has; all else is an unrecognised address, as with the provider. */
export const OPERATIONS: readonly Operation[] = [
  ...CUSTOMER_OPERATIONS,
  ...SESSION_OPERATIONS,
  ...PAYMENT_INTENT_OPERATIONS,
  ...CHARGE_OPERATIONS,
  ...REFUND_OPERATIONS,
  ...BALANCE_OPERATIONS,
  ...DISPUTE_OPERATIONS,
  ...EVENT_OPERATIONS,
  ...WEBHOOK_ENDPOINT_OPERATIONS,
]

const MATCHERS = OPERATIONS.map((operation) => ({
  operation,
  pattern: new RegExp(`^${operation.template.replace('{id}', '([^/]+)')}$`),
}))

/** The endpoint behind a method and path, with the id in the path ('' when it has none). */
export function findOperation(method: string, path: string): { operation: Operation; id: string } | null {
  for (const { operation, pattern } of MATCHERS) {
    const match = operation.method === method ? pattern.exec(path) : null
    if (match) return { operation, id: match[1] ?? '' }
  }
  return null
}
