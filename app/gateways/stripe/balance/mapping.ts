/** Stripe's words about its own books to ours. Amounts come in by schemas that refuse anything but safe integers. */
import type { PayoutAnswer, TransactionAnswer } from '#app/gateways/stripe/balance/answers.ts'
import { movementKind } from '#app/gateways/stripe/balance/movement-kinds.ts'
import type { PayoutReading, TransactionReading } from '#app/gateways/stripe/balance/port.ts'
import { fromStripe, roundToOurs } from '#app/gateways/stripe/stripe-scale.ts'
import { businessDateIn } from '#app/platform/time.ts'

const instant = (seconds: number): Date => new Date(seconds * 1000)

export function transactionReading(answer: TransactionAnswer): TransactionReading {
  const { source } = answer
  const charge = typeof source === 'object' && source !== null && source.object === 'charge' ? source : null
  const customer = charge?.customer ?? null
  const amount = roundToOurs(answer.amount, answer.currency)
  const fee = roundToOurs(answer.fee, answer.currency)
  const isRounded = amount.isRounded || fee.isRounded
  return {
    transactionId: answer.id,
    kind: movementKind(answer.type, answer.reporting_category),
    type: answer.type,
    reportingCategory: answer.reporting_category,
    amountMinor: amount.minor,
    feeMinor: fee.minor,
    // Once something was rounded, only the difference keeps the three consistent.
    netMinor: isRounded ? amount.minor - fee.minor : fromStripe(answer.net, answer.currency),
    isRounded,
    currency: answer.currency.toUpperCase(),
    sourceId: (typeof source === 'string' ? source : source?.id) ?? answer.id,
    sourceCustomerId: typeof customer === 'string' ? customer : (customer?.id ?? null),
    sourceReference: charge?.metadata?.payment_id ?? null,
    status: answer.status === 'available' ? 'available' : 'pending',
    createdAt: instant(answer.created),
    availableAt: instant(answer.available_on),
  }
}

export function payoutReading(answer: PayoutAnswer): PayoutReading {
  return {
    payoutId: answer.id,
    amountMinor: roundToOurs(answer.amount, answer.currency).minor,
    currency: answer.currency.toUpperCase(),
    status: answer.status,
    // Stripe writes this day as an instant of that day in UTC.
    arrivalDate: businessDateIn('UTC', instant(answer.arrival_date)),
    isAutomatic: answer.automatic,
    isItemised: answer.automatic && answer.reconciliation_status === 'completed',
    failureCode: answer.failure_code ?? null,
    traceId: answer.trace_id?.value ?? null,
    createdAt: instant(answer.created),
  }
}
