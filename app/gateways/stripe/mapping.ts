/**
 * Stripe's words to ours and back. The only place in the product where money is a `number`: in by schemas that refuse
 * anything but safe integers, out by `toStripe`.
 */
import { z } from 'zod'
import {
  type BalanceTransactionAnswer,
  type ChargeAnswer,
  type CheckoutAnswer,
  type EventAnswer,
  type IntentAnswer,
  idIn,
} from '#app/gateways/stripe/answers.ts'
import type {
  ChargeMethod,
  ChargeReading,
  CheckoutInput,
  CheckoutReading,
  DeclineAdvice,
  FeeReading,
  IntentReading,
  IntentStatus,
  ProcessorEvent,
} from '#app/gateways/stripe/port.ts'
import { fromStripe, roundToOurs, toStripe } from '#app/gateways/stripe/stripe-scale.ts'

/** How a bank account is proven: at once by the customer's sign-in at the bank, else by micro-deposits. */
export const bankAccountSchema = z.strictObject({
  us_bank_account: z.strictObject({
    verification_method: z.literal('automatic'),
    financial_connections: z.strictObject({
      permissions: z.array(z.enum(['payment_method', 'balances', 'ownership'])),
      prefetch: z.array(z.literal('balances')),
    }),
  }),
})

/** The request that creates a checkout; its field order is the order in which it is sent, each time. */
export const storedCheckout = z.strictObject({
  mode: z.literal('payment'),
  customer: z.string(),
  client_reference_id: z.string(),
  metadata: z.strictObject({ payment_id: z.string() }),
  allowed_payment_method_types: z.array(z.enum(['card', 'link', 'us_bank_account'])),
  line_items: z.array(
    z.strictObject({
      quantity: z.literal(1),
      price_data: z.strictObject({
        currency: z.string(),
        unit_amount: z.int().positive(),
        product_data: z.strictObject({ name: z.string() }),
      }),
    }),
  ),
  payment_intent_data: z.strictObject({
    description: z.string(),
    metadata: z.strictObject({ payment_id: z.string() }),
  }),
  saved_payment_method_options: z.strictObject({ payment_method_save: z.literal('enabled') }).exactOptional(),
  payment_method_options: bankAccountSchema.exactOptional(),
  expires_at: z.int(),
  success_url: z.string(),
  cancel_url: z.string(),
})
export type StoredCheckout = z.infer<typeof storedCheckout>

/** The options of every visit that may bring a bank account. */
export function bankAccountOptions(): z.infer<typeof bankAccountSchema> {
  return {
    us_bank_account: {
      verification_method: 'automatic',
      financial_connections: {
        permissions: ['payment_method', 'balances', 'ownership'],
        prefetch: ['balances'],
      },
    },
  }
}

/** What Stripe is asked for. Apple Pay and Google Pay come with `card`. */
export function checkoutRequest(input: CheckoutInput): StoredCheckout {
  const metadata = { payment_id: input.reference }
  const currency = input.currency.toLowerCase()
  return {
    mode: 'payment',
    customer: input.processorCustomerId,
    client_reference_id: input.reference,
    metadata,
    allowed_payment_method_types: [...input.methods],
    line_items: input.lines.map((line) => ({
      quantity: 1,
      price_data: {
        currency,
        unit_amount: toStripe(line.amountMinor, currency),
        product_data: { name: line.name },
      },
    })),
    payment_intent_data: { description: input.description, metadata },
    saved_payment_method_options: { payment_method_save: 'enabled' },
    ...(input.methods.includes('us_bank_account') ? { payment_method_options: bankAccountOptions() } : {}),
    expires_at: Math.floor(input.expiresAt.getTime() / 1000),
    success_url: input.successUrl,
    cancel_url: input.cancelUrl,
  }
}

/** Stripe's instants are whole seconds. */
export const instant = (seconds: number): Date => new Date(seconds * 1000)

export function checkoutReading(answer: CheckoutAnswer): CheckoutReading {
  const intent = answer.payment_intent
  return {
    checkoutId: answer.id,
    reference: answer.client_reference_id ?? answer.metadata?.payment_id ?? null,
    processorCustomerId: idIn(answer.customer),
    status: answer.status,
    url: answer.url ?? null,
    currency: answer.currency?.toUpperCase() ?? null,
    amountMinor:
      typeof answer.amount_total === 'number' && typeof answer.currency === 'string'
        ? fromStripe(answer.amount_total, answer.currency)
        : null,
    createdAt: instant(answer.created),
    expiresAt: instant(answer.expires_at),
    intent:
      intent === null || intent === undefined || typeof intent === 'string' ? null : intentReading(intent),
  }
}

export function intentReading(answer: IntentAnswer): IntentReading {
  const charge = answer.latest_charge
  const error = answer.last_payment_error
  const deposits = answer.next_action?.verify_with_microdeposits
  return {
    intentId: answer.id,
    reference: answer.metadata?.payment_id ?? null,
    currency: answer.currency.toUpperCase(),
    amountMinor: fromStripe(answer.amount, answer.currency),
    createdAt: instant(answer.created),
    status: intentStatus(answer.status),
    receivedMinor: fromStripe(answer.amount_received, answer.currency),
    failureCode: error?.decline_code ?? error?.code ?? null,
    advice: declineAdvice(error?.advice_code),
    microdeposits: deposits
      ? { url: deposits.hosted_verification_url, arriveAt: instant(deposits.arrival_date) }
      : null,
    charge:
      charge === null || charge === undefined || typeof charge === 'string' ? null : chargeReading(charge),
  }
}

export function chargeReading(answer: ChargeAnswer): ChargeReading {
  const details = answer.payment_method_details
  const transaction = answer.balance_transaction
  return {
    chargeId: answer.id,
    intentId: idIn(answer.payment_intent),
    reference: answer.metadata?.payment_id ?? null,
    currency: answer.currency.toUpperCase(),
    amountMinor: fromStripe(answer.amount, answer.currency),
    refundedMinor: fromStripe(answer.amount_refunded, answer.currency),
    isDisputed: answer.disputed,
    createdAt: instant(answer.created),
    method: chargeMethod(details?.type),
    cardBrand: details?.card?.brand ?? null,
    cardLast4: details?.card?.last4 ?? details?.us_bank_account?.last4 ?? null,
    wallet: details?.card?.wallet?.type ?? null,
    bankName: details?.us_bank_account?.bank_name ?? null,
    methodId: answer.payment_method ?? null,
    mandateId: idIn(details?.us_bank_account?.mandate),
    failureCode: answer.failure_code ?? null,
    networkCode: answer.outcome?.network_decline_code ?? null,
    fee:
      transaction === null || transaction === undefined || typeof transaction === 'string'
        ? null
        : feeReading(transaction),
  }
}

/** What the processor kept for one movement of money. */
export function feeReading(field: BalanceTransactionAnswer): FeeReading {
  return {
    feeMinor: field.fee === null ? null : roundToOurs(field.fee, field.currency).minor,
    currency: field.currency.toUpperCase(),
    balanceTransactionId: field.id,
    createdAt: instant(field.created),
  }
}

export function intentStatus(status: IntentAnswer['status']): IntentStatus {
  switch (status) {
    case 'requires_payment_method':
      return 'awaiting_method'
    case 'requires_confirmation':
      return 'awaiting_confirmation'
    case 'requires_action':
      return 'awaiting_action'
    case 'requires_capture':
      return 'awaiting_capture'
    case 'processing':
    case 'succeeded':
    case 'canceled':
      return status
  }
}

/** Advice that we do not know is none. */
function declineAdvice(code: string | null | undefined): DeclineAdvice | null {
  return code === 'try_again_later' || code === 'confirm_card_data' || code === 'do_not_try_again'
    ? code
    : null
}

/** Stripe adds kinds of method without notice, so this one list is open. */
function chargeMethod(type: string | undefined): ChargeMethod {
  return type === 'card' || type === 'link' || type === 'us_bank_account' ? type : 'other'
}

export function processorEvent(answer: EventAnswer, payload: string): ProcessorEvent {
  const object = answer.data.object
  const ownId = (kind: string): string | null => (object.object === kind ? (object.id ?? null) : null)
  return {
    eventId: answer.id,
    type: answer.type,
    objectId: object.id ?? answer.id,
    checkoutId: ownId('checkout.session'),
    intentId: ownId('payment_intent') ?? idIn(object.payment_intent),
    chargeId: ownId('charge') ?? idIn(object.charge),
    objectKind: object.object,
    processorCustomerId: ownId('customer') ?? idIn(object.customer),
    methodId: ownId('payment_method') ?? idIn(object.payment_method),
    reference: object.client_reference_id ?? object.metadata?.payment_id ?? object.metadata?.setup_id ?? null,
    createdAt: instant(answer.created),
    payload,
  }
}
