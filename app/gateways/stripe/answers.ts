/**
 * The fields of Stripe's answers that we rely on. Anything else may come and go; a missing or mistyped one of these makes
 * the answer malformed. Amounts must be safe integers (z.int()).
 */
import { z } from 'zod'

const id = z.string().min(1)
const seconds = z.int().nonnegative()
const amount = z.int().nonnegative()
const metadata = z.record(z.string(), z.string()).nullish()
/** An expandable field: its id, or the object when it was expanded. */
const reference = z.union([id, z.object({ id })]).nullish()

export const balanceTransactionAnswer = z.object({
  id,
  /** The schema has it as a whole number; anything else is none, so that no fee keeps anybody from reading the payment that it is of. */
  fee: z.int().nullable().catch(null),
  currency: z.string(),
  created: seconds,
})

export type BalanceTransactionAnswer = z.infer<typeof balanceTransactionAnswer>

export const chargeAnswer = z.object({
  id,
  object: z.literal('charge'),
  payment_intent: reference,
  metadata,
  currency: z.string(),
  amount,
  amount_refunded: amount,
  disputed: z.boolean(),
  created: seconds,
  payment_method_details: z
    .object({
      type: z.string(),
      card: z
        .object({
          brand: z.string().nullish(),
          last4: z.string().nullish(),
          wallet: z.object({ type: z.string() }).nullish(),
        })
        .nullish(),
      us_bank_account: z
        .object({
          bank_name: z.string().nullish(),
          last4: z.string().nullish(),
          mandate: reference,
        })
        .nullish(),
    })
    .nullish(),
  payment_method: z.string().nullish(),
  failure_code: z.string().nullish(),
  outcome: z.object({ network_decline_code: z.string().nullish() }).nullish(),
  balance_transaction: z.union([id, balanceTransactionAnswer]).nullish(),
})
export type ChargeAnswer = z.infer<typeof chargeAnswer>

export const intentAnswer = z.object({
  id,
  object: z.literal('payment_intent'),
  status: z.enum([
    'requires_payment_method',
    'requires_confirmation',
    'requires_action',
    'processing',
    'requires_capture',
    'canceled',
    'succeeded',
  ]),
  amount,
  amount_received: amount,
  currency: z.string(),
  created: seconds,
  metadata,
  last_payment_error: z
    .object({
      code: z.string().nullish(),
      decline_code: z.string().nullish(),
      advice_code: z.string().nullish(),
    })
    .nullish(),
  next_action: z
    .object({
      verify_with_microdeposits: z
        .object({ hosted_verification_url: z.url(), arrival_date: seconds })
        .nullish(),
    })
    .nullish(),
  latest_charge: z.union([id, chargeAnswer]).nullish(),
})
export type IntentAnswer = z.infer<typeof intentAnswer>

export const checkoutAnswer = z.object({
  id,
  object: z.literal('checkout.session'),
  client_reference_id: z.string().nullish(),
  metadata,
  customer: reference,
  status: z.enum(['open', 'complete', 'expired']),
  url: z.url().nullish(),
  currency: z.string().nullish(),
  amount_total: amount.nullish(),
  created: seconds,
  expires_at: seconds,
  payment_intent: z.union([id, intentAnswer]).nullish(),
})
export type CheckoutAnswer = z.infer<typeof checkoutAnswer>

export const methodAnswer = z.object({
  id,
  object: z.literal('payment_method'),
  type: z.string(),
  customer: reference,
  created: seconds,
  billing_details: z
    .object({ name: z.string().nullish(), address: z.object({ state: z.string().nullish() }).nullish() })
    .nullish(),
  card: z
    .object({
      brand: z.string(),
      last4: z.string(),
      exp_month: z.int(),
      exp_year: z.int(),
      funding: z.string(),
      fingerprint: z.string().nullish(),
    })
    .nullish(),
  us_bank_account: z
    .object({
      bank_name: z.string().nullish(),
      last4: z.string().nullish(),
      fingerprint: z.string().nullish(),
      status_details: z
        .object({ blocked: z.object({ network_code: z.string().nullish() }).nullish() })
        .nullish(),
    })
    .nullish(),
})
export type MethodAnswer = z.infer<typeof methodAnswer>

export const bankAccountAnswer = z.object({
  id,
  object: z.literal('bank_account'),
  customer: reference,
  bank_name: z.string().nullish(),
  last4: z.string().nullish(),
  account_holder_name: z.string().nullish(),
  fingerprint: z.string().nullish(),
  status: z.string(),
  metadata,
})
export type BankAccountAnswer = z.infer<typeof bankAccountAnswer>

export const setupAnswer = z.object({
  id,
  object: z.literal('checkout.session'),
  client_reference_id: z.string().nullish(),
  status: z.enum(['open', 'complete', 'expired']),
  url: z.url().nullish(),
  setup_intent: z
    .union([
      id,
      z.object({
        id,
        status: z.string(),
        payment_method: reference,
        mandate: reference,
        last_setup_error: z
          .object({ code: z.string().nullish(), decline_code: z.string().nullish() })
          .nullish(),
        next_action: z
          .object({ verify_with_microdeposits: z.object({ hosted_verification_url: z.url() }).nullish() })
          .nullish(),
      }),
    ])
    .nullish(),
})
export type SetupAnswer = z.infer<typeof setupAnswer>

export const agreedAnswer = z.object({
  id,
  object: z.literal('setup_intent'),
  status: z.string(),
  mandate: reference,
  payment_method: reference,
  last_setup_error: z.object({ code: z.string().nullish() }).nullish(),
  metadata,
})
export type AgreedAnswer = z.infer<typeof agreedAnswer>

export const mandateAnswer = z.object({
  id,
  object: z.literal('mandate'),
  payment_method: z.union([id, z.object({ id })]),
  status: z.enum(['active', 'inactive', 'pending']),
  type: z.enum(['multi_use', 'single_use']),
  customer_acceptance: z.object({
    accepted_at: seconds.nullish(),
    online: z.object({ ip_address: z.string().nullish(), user_agent: z.string().nullish() }).nullish(),
  }),
})
export type MandateAnswer = z.infer<typeof mandateAnswer>

export const customerAnswer = z.object({
  id,
  object: z.literal('customer'),
  deleted: z.boolean().optional(),
  metadata,
})
export type CustomerAnswer = z.infer<typeof customerAnswer>

export const refundAnswer = z.object({
  id,
  amount,
  currency: z.string(),
  status: z.enum(['pending', 'requires_action', 'succeeded', 'failed', 'canceled']),
  reason: z.string().nullish(),
  failure_reason: z.string().nullish(),
  metadata,
  created: seconds,
})
export type RefundAnswer = z.infer<typeof refundAnswer>

export const disputeAnswer = z.object({
  id,
  amount,
  currency: z.string(),
  status: z.enum([
    'appeal_needs_response',
    'appeal_under_review',
    'lost',
    'needs_response',
    'prevented',
    'under_review',
    'warning_closed',
    'warning_needs_response',
    'warning_under_review',
    'won',
  ]),
  reason: z.string(),
  created: seconds,
  balance_transactions: z.array(balanceTransactionAnswer.extend({ amount: z.int() })),
  evidence_details: z
    .object({ due_by: seconds.nullish(), submission_count: z.int().nonnegative() })
    .nullish(),
  // Bank debits carry none.
  payment_method_details: z
    .object({ card: z.object({ network_reason_code: z.string().nullish() }).nullish() })
    .nullish(),
})
export type DisputeAnswer = z.infer<typeof disputeAnswer>

const eventObject = z.object({
  id: id.optional().catch(undefined),
  object: z.string().catch(''),
  client_reference_id: z.string().nullish().catch(null),
  metadata: metadata.catch(null),
  payment_intent: reference.catch(null),
  charge: reference.catch(null),
  customer: reference.catch(null),
  payment_method: reference.catch(null),
})

/** An event only says where to look: what of it cannot be read is left out, so that no kind of event is turned away. */
export const eventAnswer = z.object({
  id,
  object: z.literal('event'),
  type: z.string().min(1),
  created: seconds,
  data: z
    .object({ object: eventObject.catch(eventObject.parse({})) })
    .catch({ object: eventObject.parse({}) }),
})
export type EventAnswer = z.infer<typeof eventAnswer>

/** The id in an expandable field, or null. */
export function idIn(field: z.infer<typeof reference>): string | null {
  if (field === null || field === undefined) return null
  return typeof field === 'string' ? field : field.id
}
