/**
 * What each of Stripe's types of balance transaction is of. Types follow the API version that we pin; a test holds this table
 * against its schema, so that a type which nobody classified cannot arrive with an upgrade. An adjustment says by its reporting
 * category what it adjusts (https://docs.stripe.com/reports/reporting-categories).
 */
import type { MovementKind } from '#app/gateways/stripe/balance/port.ts'

export const MOVEMENT_KINDS: Readonly<Record<string, MovementKind>> = {
  charge: 'payment',
  payment: 'payment',

  refund: 'refund',
  refund_failure: 'refund',
  payment_refund: 'refund',
  payment_reversal: 'refund',
  payment_failure_refund: 'refund',

  stripe_fee: 'fee',
  stripe_fx_fee: 'fee',
  tax_fee: 'fee',

  payout: 'payout',
  payout_cancel: 'payout',
  payout_failure: 'payout',

  reserve_hold: 'reserve',
  reserve_release: 'reserve',
  reserve_transaction: 'reserve',
  reserved_funds: 'reserve',
  payment_network_reserve_hold: 'reserve',
  payment_network_reserve_release: 'reserve',
  payout_minimum_balance_hold: 'reserve',
  payout_minimum_balance_release: 'reserve',

  adjustment: 'adjustment',

  // Lending, cards of the supplier's own, platforms with accounts below them, top-ups: the portal does none of it.
  advance: 'other',
  advance_funding: 'other',
  anticipation_repayment: 'other',
  application_fee: 'other',
  application_fee_refund: 'other',
  climate_order_purchase: 'other',
  climate_order_refund: 'other',
  connect_collection_transfer: 'other',
  contribution: 'other',
  fee_credit_funding: 'other',
  inbound_transfer: 'other',
  inbound_transfer_reversal: 'other',
  issuing_authorization_hold: 'other',
  issuing_authorization_release: 'other',
  issuing_dispute: 'other',
  issuing_dispute_provisional_credit: 'other',
  issuing_dispute_provisional_credit_reversal: 'other',
  issuing_transaction: 'other',
  obligation_outbound: 'other',
  obligation_reversal_inbound: 'other',
  payment_unreconciled: 'other',
  stripe_balance_payment_debit: 'other',
  stripe_balance_payment_debit_reversal: 'other',
  tax_fund: 'other',
  topup: 'other',
  topup_reversal: 'other',
  transfer: 'other',
  transfer_cancel: 'other',
  transfer_failure: 'other',
  transfer_refund: 'other',
}

/** What an adjustment, or a type that is newer than the table, is of by its reporting category. */
const BY_CATEGORY: Readonly<Record<string, MovementKind>> = {
  dispute: 'dispute',
  dispute_reversal: 'dispute',
  refund: 'refund',
  refund_failure: 'refund',
  partial_capture_reversal: 'refund',
  charge_failure: 'refund',
  fee: 'fee',
  network_cost: 'fee',
  risk_reserved_funds: 'reserve',
  connect_reserved_funds: 'reserve',
}

/** What a movement is of. A type and category that we do not know are `other`: a person looks. */
export function movementKind(type: string, reportingCategory: string): MovementKind {
  const kind = MOVEMENT_KINDS[type]
  if (kind !== undefined && kind !== 'adjustment') return kind
  return BY_CATEGORY[reportingCategory] ?? kind ?? 'other'
}
