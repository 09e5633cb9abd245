/**
 * A payer's bank takes a payment back, or asks about it. The posting functions hold the same tables; a test compares them.
 * While a card's bank decides, the money rests in "chargebacks pending" and the invoices stay paid; a bank debit comes back for good.
 */
export const CHARGEBACK_STATES = [
  'inquiry',
  'inquiry_closed',
  'needs_response',
  'under_review',
  'won',
  'lost',
  'prevented',
] as const
export type ChargebackState = (typeof CHARGEBACK_STATES)[number]

/** What was lost may be appealed; an inquiry may end as such, and a network may prevent the rest. */
export const CHARGEBACK_TRANSITIONS: Readonly<Record<ChargebackState, readonly ChargebackState[]>> = {
  inquiry: ['inquiry_closed', 'needs_response', 'under_review', 'won', 'lost', 'prevented'],
  needs_response: ['under_review', 'won', 'lost', 'prevented'],
  under_review: ['won', 'lost', 'prevented'],
  lost: ['needs_response', 'under_review', 'won'],
  inquiry_closed: [],
  won: [],
  prevented: [],
}

export const CHARGEBACK_MONEY = ['none', 'withdrawn', 'lost', 'reinstated'] as const
export type ChargebackMoney = (typeof CHARGEBACK_MONEY)[number]

/** Where the disputed money is: a bank debit goes to lost at once, and an appeal brings back what was lost. */
export const CHARGEBACK_MONEY_TRANSITIONS: Readonly<Record<ChargebackMoney, readonly ChargebackMoney[]>> = {
  none: ['withdrawn', 'lost'],
  withdrawn: ['lost', 'reinstated'],
  lost: ['reinstated'],
  reinstated: [],
}

/** Whether the supplier can still answer it. */
export function isAnswerable(state: ChargebackState): boolean {
  return state === 'inquiry' || state === 'needs_response'
}

/** Whether it has not ended: it waits for the supplier or for the bank. */
export function isOpenChargeback(state: ChargebackState): boolean {
  return CHARGEBACK_TRANSITIONS[state].length > 0 && state !== 'lost'
}
