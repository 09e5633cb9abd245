import type Stripe from 'stripe'
import { invalidRequest, missingParameter, noSuch } from '#scripts/sandbox/api/api-error.ts'
import { type ListParams, listObjects } from '#scripts/sandbox/api/lists.ts'
import { readMetadata } from '#scripts/sandbox/api/metadata.ts'
import { type Operation, operation } from '#scripts/sandbox/api/operation.ts'
import { newProviderId } from '#scripts/sandbox/ids.ts'
import { idOf } from '#scripts/sandbox/kinds.ts'
import { moveBalance } from '#scripts/sandbox/resources/balance.ts'
import { cardOf, settleCharge } from '#scripts/sandbox/resources/charges.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'
import { schedule } from '#scripts/sandbox/timers.ts'
import { emit } from '#scripts/sandbox/webhooks/emit.ts'

/** How long the cards with slow refunds take, in seconds of the sandbox's clock. */
const SLOW_REFUND_SECONDS = 30

/** Endpoints of refunds: create (full or partial, by card), retrieve, list. */
export const REFUND_OPERATIONS: readonly Operation[] = [
  operation<Stripe.RefundCreateParams>('POST', '/v1/refunds', createRefund),
  operation('GET', '/v1/refunds/{id}', (sandbox, _params, id) => {
    const refund = sandbox.store.find('refund', id)
    if (!refund) throw noSuch('refund', id)
    return refund
  }),
  operation<ListParams & { charge?: string; payment_intent?: string }>(
    'GET',
    '/v1/refunds',
    (sandbox, params) => {
      const { charge, payment_intent } = params
      return listObjects(sandbox, 'refund', '/v1/refunds', params, { charge, payment_intent })
    },
  ),
]

function createRefund(sandbox: Sandbox, params: Stripe.RefundCreateParams): Stripe.Refund {
  const chargeId = findChargeToRefund(sandbox, params).id
  settleCharge(sandbox, chargeId)
  const charge = sandbox.store.get('charge', chargeId)
  const amount = readAmount(charge, params.amount)
  const behaviour = cardOf(sandbox, charge).refund
  const id = newProviderId('re')
  const now = sandbox.clock.now()
  const movement = moveBalance(sandbox, {
    type: 'refund',
    reportingCategory: 'refund',
    amount: -amount,
    fee: 0,
    currency: charge.currency,
    source: id,
    description: charge.description ? `REFUND FOR CHARGE (${charge.description})` : 'REFUND FOR CHARGE',
    availableOn: now,
  })
  const isPending = behaviour === 'pending_first'
  const refund: Stripe.Refund = {
    id,
    object: 'refund',
    amount,
    balance_transaction: movement.id,
    charge: charge.id,
    created: now,
    currency: charge.currency,
    customer: idOf(charge.customer),
    customer_account: null,
    destination_details: {
      type: 'card',
      card: { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' },
    },
    metadata: readMetadata(params.metadata),
    payment_intent: idOf(charge.payment_intent),
    payment_method: charge.payment_method,
    ...(isPending ? { pending_reason: 'processing' as const } : {}),
    reason: params.reason ?? null,
    receipt_number: null,
    source_transfer_reversal: null,
    status: isPending ? 'pending' : 'succeeded',
    transfer_reversal: null,
  }
  sandbox.store.insert<'refund'>(refund)
  emit(sandbox, 'refund.created', refund)
  changeRefunded(sandbox, charge, amount)
  if (isPending) schedule(sandbox, now + SLOW_REFUND_SECONDS, 'refund.succeed', id)
  if (behaviour === 'fails_later') schedule(sandbox, now + SLOW_REFUND_SECONDS, 'refund.fail', id)
  return refund
}

function findChargeToRefund(sandbox: Sandbox, params: Stripe.RefundCreateParams): Stripe.Charge {
  if (params.charge !== undefined && params.payment_intent !== undefined) {
    throw invalidRequest(
      'You may only specify one of these parameters: charge, payment_intent.',
      'payment_intent',
    )
  }
  if (params.charge !== undefined) {
    const charge = sandbox.store.find('charge', params.charge)
    if (!charge) throw noSuch('charge', params.charge, 'charge')
    return requireRefundable(sandbox, charge)
  }
  if (params.payment_intent === undefined) throw missingParameter('payment_intent')
  const intent = sandbox.store.find('payment_intent', params.payment_intent)
  if (!intent) throw noSuch('payment_intent', params.payment_intent, 'payment_intent')
  const charge = sandbox.store.find('charge', idOf(intent.latest_charge))
  if (!charge)
    throw invalidRequest('This PaymentIntent does not have a successful charge to refund.', 'payment_intent')
  return requireRefundable(sandbox, charge)
}

function requireRefundable(sandbox: Sandbox, charge: Stripe.Charge): Stripe.Charge {
  if (charge.status !== 'succeeded') {
    throw invalidRequest(
      `Charge ${charge.id} has not been paid and cannot be refunded.`,
      'charge',
      'charge_not_refundable',
    )
  }
  const disputes = charge.disputed
    ? sandbox.store.all('dispute').filter((one) => one.charge === charge.id)
    : []
  if (disputes.some((dispute) => !dispute.is_charge_refundable)) {
    throw invalidRequest(
      `Charge ${charge.id} has been charged back; it cannot be refunded.`,
      'charge',
      'charge_disputed',
    )
  }
  if (charge.amount_refunded >= charge.amount) {
    throw invalidRequest(
      `Charge ${charge.id} has already been refunded.`,
      'charge',
      'charge_already_refunded',
    )
  }
  return charge
}

function readAmount(charge: Stripe.Charge, wanted: number | undefined): number {
  const open = charge.amount - charge.amount_refunded
  const amount = wanted ?? open
  if (amount < 1) throw invalidRequest('Invalid positive integer', 'amount', 'parameter_invalid_integer')
  if (amount > open) {
    throw invalidRequest(
      `Refund amount (${amount} ${charge.currency}) is greater than unrefunded amount on charge (${open} ${charge.currency})`,
      'amount',
      'amount_too_large',
    )
  }
  return amount
}

/** A pending refund arrived. */
export function succeedRefund(sandbox: Sandbox, id: string): void {
  const { pending_reason: _done, ...refund } = sandbox.store.get('refund', id)
  if (refund.status !== 'pending') return
  const succeeded: Stripe.Refund = { ...refund, status: 'succeeded' }
  sandbox.store.update(succeeded)
  emit(sandbox, 'refund.updated', succeeded, { status: 'pending' })
  emit(sandbox, 'charge.refund.updated', succeeded, { status: 'pending' })
}

/** A refund came back: the money returns to the balance and the charge counts as not refunded to that extent. */
export function failRefund(sandbox: Sandbox, id: string): void {
  const refund = sandbox.store.get('refund', id)
  if (refund.status === 'failed') return
  const movement = moveBalance(sandbox, {
    type: 'refund_failure',
    reportingCategory: 'refund_failure',
    amount: refund.amount,
    fee: 0,
    currency: refund.currency,
    source: refund.id,
    description: 'REFUND FAILURE',
    availableOn: sandbox.clock.now(),
  })
  const failed: Stripe.Refund = {
    ...refund,
    failure_balance_transaction: movement.id,
    failure_reason: 'expired_or_canceled_card',
    status: 'failed',
  }
  sandbox.store.update(failed)
  const charge = sandbox.store.get('charge', idOf(refund.charge))
  sandbox.store.update({
    ...charge,
    amount_refunded: charge.amount_refunded - refund.amount,
    refunded: false,
  })
  emit(sandbox, 'refund.failed', failed, { status: refund.status })
  emit(sandbox, 'charge.refund.updated', failed, { status: refund.status })
}

function changeRefunded(sandbox: Sandbox, charge: Stripe.Charge, amount: number): void {
  const total = charge.amount_refunded + amount
  const changed = { ...charge, amount_refunded: total, refunded: total === charge.amount }
  sandbox.store.update(changed)
  emit(sandbox, 'charge.refunded', changed, {
    amount_refunded: charge.amount_refunded,
    refunded: charge.refunded,
  })
}
