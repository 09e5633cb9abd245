/** List price for a card payment, in minor units: 2.9 % (half up) + 30. The provider keeps it when a payment is refunded. */
export function cardFee(amount: number): number {
  return Math.floor((amount * 29 + 500) / 1000) + 30
}

/** List price for a bank debit, in minor units: 0.8 % (half up), at most 5.00. */
export function debitFee(amount: number): number {
  return Math.min(500, Math.floor((amount * 8 + 500) / 1000))
}

/** List price for a bank debit that came back, in minor units. */
export const FAILED_DEBIT_FEE = 400

/** List price for a dispute, in minor units. */
export const DISPUTE_FEE = 1_500

/** Card money can be paid out this many business days after the charge. */
export const PENDING_BUSINESS_DAYS = 2
