/** Saved methods, setups and charges of saved methods: Stripe's words to ours and back. */
import type Stripe from 'stripe'
import { z } from 'zod'
import {
  type AgreedAnswer,
  type BankAccountAnswer,
  idIn,
  type MandateAnswer,
  type MethodAnswer,
  type SetupAnswer,
} from '#app/gateways/stripe/answers.ts'
import { bankAccountOptions, bankAccountSchema } from '#app/gateways/stripe/mapping.ts'
import type {
  AgreedReading,
  AgreeInput,
  ChargeInput,
  MandateReading,
  MethodReading,
  SetupInput,
  SetupReading,
} from '#app/gateways/stripe/port.ts'
import { toStripe } from '#app/gateways/stripe/stripe-scale.ts'

const methodType = z.enum(['card', 'link', 'us_bank_account'])

/** The request that charges a saved method; its field order is the order in which it is sent, each time. */
export const storedCharge = z.strictObject({
  amount: z.int().positive(),
  currency: z.string(),
  customer: z.string(),
  payment_method: z.string(),
  allowed_payment_method_types: z.array(methodType),
  confirm: z.literal(true),
  off_session: z.literal(true),
  description: z.string(),
  metadata: z.strictObject({ payment_id: z.string(), asked_at: z.string() }),
  mandate_data: z
    .strictObject({
      customer_acceptance: z.strictObject({
        type: z.literal('online'),
        online: z.strictObject({ ip_address: z.string(), user_agent: z.string() }),
      }),
    })
    .exactOptional(),
})
export type StoredCharge = z.infer<typeof storedCharge>

/** A charge of a saved method. No page is shown: a bank that wants to see its customer declines. */
export function chargeRequest(input: ChargeInput): StoredCharge {
  const currency = input.currency.toLowerCase()
  return {
    amount: toStripe(input.amountMinor, currency),
    currency,
    customer: input.processorCustomerId,
    payment_method: input.methodId,
    allowed_payment_method_types: [input.method],
    confirm: true,
    off_session: true,
    description: input.description,
    metadata: {
      payment_id: input.reference,
      asked_at: String(Math.floor(input.askedAt.getTime() / 1000)),
    },
    ...(input.acceptance === null
      ? {}
      : {
          mandate_data: {
            customer_acceptance: {
              type: 'online' as const,
              online: { ip_address: input.acceptance.ipAddress, user_agent: input.acceptance.userAgent },
            },
          },
        }),
  }
}

/** The request for a visit that keeps a method. */
export const storedSetup = z.strictObject({
  mode: z.literal('setup'),
  currency: z.literal('usd'),
  customer: z.string(),
  client_reference_id: z.string(),
  allowed_payment_method_types: z.array(methodType),
  setup_intent_data: z.strictObject({ metadata: z.strictObject({ setup_id: z.string() }) }),
  payment_method_options: bankAccountSchema.exactOptional(),
  expires_at: z.int(),
  success_url: z.string(),
  cancel_url: z.string(),
})
export type StoredSetup = z.infer<typeof storedSetup>

export function setupRequest(input: SetupInput): StoredSetup {
  return {
    mode: 'setup',
    currency: 'usd',
    customer: input.processorCustomerId,
    client_reference_id: input.reference,
    allowed_payment_method_types: [...input.methods],
    setup_intent_data: { metadata: { setup_id: input.reference } },
    ...(input.methods.includes('us_bank_account') ? { payment_method_options: bankAccountOptions() } : {}),
    expires_at: Math.floor(input.expiresAt.getTime() / 1000),
    success_url: input.successUrl,
    cancel_url: input.cancelUrl,
  }
}

/** The request by which a customer's agreement to debits of a kept bank account is told. */
export function agreeRequest(input: AgreeInput): Stripe.SetupIntentCreateParams {
  const { ipAddress, userAgent } = input.acceptance
  return {
    customer: input.processorCustomerId,
    payment_method: input.methodId,
    allowed_payment_method_types: ['us_bank_account'],
    confirm: true,
    usage: 'off_session',
    metadata: { mandate_id: input.reference },
    mandate_data: {
      customer_acceptance: { type: 'online', online: { ip_address: ipAddress, user_agent: userAgent } },
    },
  }
}

/** Only a setup that has succeeded leaves a mandate that debits can rest on. */
export function agreedReading(answer: AgreedAnswer): AgreedReading {
  const mandateId = idIn(answer.mandate)
  if (answer.status === 'succeeded' && mandateId !== null) return { mandateId, failureCode: null }
  return { mandateId: null, failureCode: answer.last_setup_error?.code ?? answer.status }
}

export function setupReading(answer: SetupAnswer): SetupReading {
  const intent = typeof answer.setup_intent === 'object' ? answer.setup_intent : null
  const error = intent?.last_setup_error
  return {
    checkoutId: answer.id,
    reference: answer.client_reference_id ?? null,
    status: answer.status,
    url: answer.url ?? null,
    methodId: intent?.status === 'succeeded' ? idIn(intent.payment_method) : null,
    mandateId: idIn(intent?.mandate),
    failureCode: error?.decline_code ?? error?.code ?? null,
    verifyUrl: intent?.next_action?.verify_with_microdeposits?.hosted_verification_url ?? null,
  }
}

export function methodReading(answer: MethodAnswer): MethodReading {
  const { card, us_bank_account: bank } = answer
  return {
    methodId: answer.id,
    processorCustomerId: idIn(answer.customer),
    kind: methodType.safeParse(answer.type).data ?? 'other',
    brand: card?.brand ?? bank?.bank_name ?? null,
    last4: card?.last4 ?? bank?.last4 ?? null,
    expMonth: card?.exp_month ?? null,
    expYear: card?.exp_year ?? null,
    funding: card?.funding ?? null,
    billingState: answer.billing_details?.address?.state ?? null,
    holderName: answer.billing_details?.name ?? null,
    fingerprint: card?.fingerprint ?? bank?.fingerprint ?? null,
    blockedCode: bank?.status_details?.blocked?.network_code ?? null,
    createdAt: new Date(answer.created * 1000),
  }
}

/** A bank account that a linking service vouched for; it is charged as a method under its own id. */
export function bankAccountReading(answer: BankAccountAnswer, createdAt: Date): MethodReading {
  return {
    methodId: answer.id,
    processorCustomerId: idIn(answer.customer),
    kind: 'us_bank_account',
    brand: answer.bank_name ?? null,
    last4: answer.last4 ?? null,
    expMonth: null,
    expYear: null,
    funding: null,
    billingState: null,
    holderName: answer.account_holder_name ?? null,
    fingerprint: answer.fingerprint ?? null,
    blockedCode: null,
    createdAt,
  }
}

export function mandateReading(answer: MandateAnswer): MandateReading {
  const { accepted_at: acceptedAt, online } = answer.customer_acceptance
  return {
    mandateId: answer.id,
    methodId: typeof answer.payment_method === 'string' ? answer.payment_method : answer.payment_method.id,
    status: answer.status,
    use: answer.type,
    acceptedAt: typeof acceptedAt === 'number' ? new Date(acceptedAt * 1000) : null,
    ipAddress: online?.ip_address ?? null,
    userAgent: online?.user_agent ?? null,
  }
}
