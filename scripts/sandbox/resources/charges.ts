import type Stripe from 'stripe'
import { noSuch } from '#scripts/sandbox/api/api-error.ts'
import { type ListParams, listObjects } from '#scripts/sandbox/api/lists.ts'
import { type Operation, operation } from '#scripts/sandbox/api/operation.ts'
import { moveBalance } from '#scripts/sandbox/balance/balance.ts'
import { cardFee, debitFee, PENDING_BUSINESS_DAYS } from '#scripts/sandbox/balance/fees.ts'
import { afterBusinessDays } from '#scripts/sandbox/banking/business-days.ts'
import { newProviderId } from '#scripts/sandbox/ids.ts'
import { idOf } from '#scripts/sandbox/kinds.ts'
import { cardBehind } from '#scripts/sandbox/methods/behind-method.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'
import { emit } from '#scripts/sandbox/webhooks/emit.ts'

type Charge = Stripe.Charge
/** What differs from one way of paying to another. */
export type ChargeDraft = {
  status: Stripe.Charge.Status
  failure: { code: string; message: string } | null
  outcome: Stripe.Charge.Outcome
  details: Stripe.Charge.PaymentMethodDetails
}

/** Endpoints of charges: retrieve, list. */
export const CHARGE_OPERATIONS: readonly Operation[] = [
  operation('GET', '/v1/charges/{id}', (sandbox, _params, id) => {
    const charge = sandbox.store.find('charge', id)
    if (!charge) throw noSuch('charge', id)
    return charge
  }),
  operation<ListParams & { customer?: string; payment_intent?: string }>(
    'GET',
    '/v1/charges',
    (sandbox, params) => {
      const { customer, payment_intent } = params
      return listObjects(sandbox, 'charge', '/v1/charges', params, { customer, payment_intent })
    },
  ),
]

/** Stores a charge and tells the endpoints: succeeded, pending or failed. Debits of banks have ids of their own kind. */
export function createCharge(
  sandbox: Sandbox,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  draft: ChargeDraft,
): Charge {
  const { status, failure, outcome, details } = draft
  const isCaptured = status !== 'failed'
  const charge: Charge = {
    id: newProviderId(details.type === 'us_bank_account' ? 'py' : 'ch'),
    object: 'charge',
    amount: intent.amount,
    amount_captured: isCaptured ? intent.amount : 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: { ...method.billing_details },
    calculated_statement_descriptor: 'SANDBOX PAYMENT',
    captured: isCaptured,
    created: sandbox.clock.now(),
    currency: intent.currency,
    customer: idOf(intent.customer),
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: failure?.code ?? null,
    failure_message: failure?.message ?? null,
    fraud_details: {},
    livemode: false,
    metadata: intent.metadata,
    on_behalf_of: null,
    outcome,
    paid: status === 'succeeded',
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: details,
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: null,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status,
    transfer_data: null,
    transfer_group: null,
  }
  sandbox.store.insert<'charge'>(charge)
  emit(sandbox, `charge.${status}`, charge)
  return charge
}

/**
 * Books the money of an approved charge. With asynchronous capture this comes a moment after the payment, and the
 * fee is known only from here on.
 */
export function settleCharge(sandbox: Sandbox, id: string): void {
  const charge = sandbox.store.get('charge', id)
  if (charge.balance_transaction !== null || charge.status !== 'succeeded') return
  const transaction = moveBalance(sandbox, {
    ...(isBankDebit(charge) ? debitMovement(sandbox, charge) : cardMovement(sandbox, charge)),
    amount: charge.amount,
    currency: charge.currency,
    source: charge.id,
    description: charge.description,
  })
  const settled = { ...charge, balance_transaction: transaction.id }
  sandbox.store.update(settled)
  emit(sandbox, 'charge.updated', settled, { balance_transaction: null })
}

/** Whether a charge debits a bank account. */
export function isBankDebit(charge: Charge): boolean {
  return charge.payment_method_details?.type === 'us_bank_account'
}

type MovementOfKind = {
  type: 'charge' | 'payment'
  reportingCategory: string
  fee: number
  availableOn: number
}

function cardMovement(sandbox: Sandbox, charge: Charge): MovementOfKind {
  const now = sandbox.clock.now()
  const isAtOnce = cardBehind(sandbox, charge.payment_method).bypassesPending
  const availableOn = isAtOnce ? now : afterBusinessDays(now, PENDING_BUSINESS_DAYS)
  return { type: 'charge', reportingCategory: 'charge', fee: cardFee(charge.amount), availableOn }
}

/** A debit succeeds only when the money has come: it is available at once. */
function debitMovement(sandbox: Sandbox, charge: Charge): MovementOfKind {
  const availableOn = sandbox.clock.now()
  return { type: 'payment', reportingCategory: 'charge', fee: debitFee(charge.amount), availableOn }
}
