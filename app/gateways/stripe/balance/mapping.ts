/** Stripe's words about its own books to ours. Amounts come in by schemas that refuse anything but safe integers. */
import type { PayoutAnswer, TransactionAnswer } from '#app/gateways/stripe/balance/answers.ts'
import type { PayoutReading, TransactionReading } from '#app/gateways/stripe/balance/port.ts'
import { fromStripe } from '#app/gateways/stripe/stripe-scale.ts'
import { businessDateIn } from '#app/platform/time.ts'

const instant = (seconds: number): Date => new Date(seconds * 1000)

export function transactionReading(answer: TransactionAnswer): TransactionReading {
  const { source } = answer
  const charge = typeof source === 'object' && source !== null && source.object === 'charge' ? source : null
  const customer = charge?.customer ?? null
  return {
    transactionId: answer.id,
    type: answer.type,
    reportingCategory: answer.reporting_category,
    amountMinor: fromStripe(answer.amount, answer.currency),
    feeMinor: fromStripe(answer.fee, answer.currency),
    netMinor: fromStripe(answer.net, answer.currency),
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
    amountMinor: fromStripe(answer.amount, answer.currency),
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
