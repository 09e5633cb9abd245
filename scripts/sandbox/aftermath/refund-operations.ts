import type Stripe from 'stripe'
import { sendDebitRefund } from '#scripts/sandbox/aftermath/debit-refunds.ts'
import { bookRefund, newRefundId, storeRefund } from '#scripts/sandbox/aftermath/refunds.ts'
import { invalidRequest, missingParameter, noSuch } from '#scripts/sandbox/api/api-error.ts'
import { type ListParams, listObjects } from '#scripts/sandbox/api/lists.ts'
import { readMetadata } from '#scripts/sandbox/api/metadata.ts'
import { type Operation, operation } from '#scripts/sandbox/api/operation.ts'
import { idOf } from '#scripts/sandbox/kinds.ts'
import { cardBehind } from '#scripts/sandbox/methods/behind-method.ts'
import { isBankDebit, settleCharge } from '#scripts/sandbox/resources/charges.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'
import { schedule } from '#scripts/sandbox/timers.ts'

type Charge = Stripe.Charge
type Params = Stripe.RefundCreateParams

/** How long the cards with slow refunds take, in seconds of the sandbox's clock. */
const SLOW_REFUND_SECONDS = 30
/** A bank debit can be refunded for 180 days. */
const DEBIT_REFUND_SECONDS = 180 * 24 * 60 * 60

/** Endpoints of refunds: create (cards in full or in part, bank debits in full), retrieve, list. */
export const REFUND_OPERATIONS: readonly Operation[] = [
  operation<Params>('POST', '/v1/refunds', createRefund),
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

function createRefund(sandbox: Sandbox, params: Params): Stripe.Refund {
  const found = findChargeToRefund(sandbox, params)
  requireRefundable(sandbox, found)
  settleCharge(sandbox, found.id)
  const charge = sandbox.store.get('charge', found.id)
  const amount = readAmount(charge, params.amount)
  return isBankDebit(charge)
    ? refundDebit(sandbox, charge, amount, params)
    : refundCard(sandbox, charge, amount, params)
}

function refundCard(sandbox: Sandbox, charge: Charge, amount: number, params: Params): Stripe.Refund {
  const behaviour = cardBehind(sandbox, charge.payment_method).refund
  const id = newRefundId(charge)
  const movement = bookRefund(sandbox, charge, id, amount).id
  const pendingReason = behaviour === 'pending_first' ? ('processing' as const) : null
  const refund = storeRefund(sandbox, charge, { id, amount, movement, pendingReason, ...wishes(params) })
  const dueAt = sandbox.clock.now() + SLOW_REFUND_SECONDS
  if (pendingReason) schedule(sandbox, dueAt, 'refund.succeed', id)
  if (behaviour === 'fails_later') schedule(sandbox, dueAt, 'refund.fail', id)
  return refund
}

/** The refund of a debit that is still on its way waits until the money has come. */
function refundDebit(sandbox: Sandbox, charge: Charge, amount: number, params: Params): Stripe.Refund {
  if (amount < charge.amount && !sandbox.config.allowsPartialAchRefund) {
    throw invalidRequest(
      'Partial refunds are not supported for us_bank_account payments.',
      'amount',
      'charge_not_refundable',
    )
  }
  const id = newRefundId(charge)
  const hasCome = charge.status === 'succeeded'
  const movement = hasCome ? bookRefund(sandbox, charge, id, amount).id : null
  const pendingReason = hasCome ? ('processing' as const) : ('charge_pending' as const)
  const refund = storeRefund(sandbox, charge, { id, amount, movement, pendingReason, ...wishes(params) })
  if (hasCome) sendDebitRefund(sandbox, id)
  return refund
}

function wishes(params: Params): { reason: Stripe.Refund['reason']; metadata: Record<string, string> } {
  return { reason: params.reason ?? null, metadata: readMetadata(params.metadata) }
}

function findChargeToRefund(sandbox: Sandbox, params: Params): Charge {
  if (params.charge !== undefined && params.payment_intent !== undefined) {
    throw invalidRequest(
      'You may only specify one of these parameters: charge, payment_intent.',
      'payment_intent',
    )
  }
  if (params.charge !== undefined) {
    const charge = sandbox.store.find('charge', params.charge)
    if (!charge) throw noSuch('charge', params.charge, 'charge')
    return charge
  }
  if (params.payment_intent === undefined) throw missingParameter('payment_intent')
  const intent = sandbox.store.find('payment_intent', params.payment_intent)
  if (!intent) throw noSuch('payment_intent', params.payment_intent, 'payment_intent')
  const charge = sandbox.store.find('charge', idOf(intent.latest_charge))
  if (!charge)
    throw invalidRequest('This PaymentIntent does not have a successful charge to refund.', 'payment_intent')
  return charge
}

function requireRefundable(sandbox: Sandbox, charge: Charge): void {
  const isDebit = isBankDebit(charge)
  const isTooOld = isDebit && sandbox.clock.now() > charge.created + DEBIT_REFUND_SECONDS
  if (charge.status === 'failed' || (charge.status === 'pending' && !isDebit) || isTooOld) {
    throw invalidRequest(
      isTooOld
        ? `Charge ${charge.id} is older than 180 days and cannot be refunded.`
        : `Charge ${charge.id} has not been paid and cannot be refunded.`,
      'charge',
      'charge_not_refundable',
    )
  }
  const disputes = sandbox.store.allWhere('dispute', 'charge', charge.id)
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
}

function readAmount(charge: Charge, wanted: number | undefined): number {
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
