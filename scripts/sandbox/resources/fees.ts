/** List price for a card payment, in minor units: 2.9 % (half up) + 30. The provider keeps it when a payment is refunded. */
export function cardFee(amount: number): number {
  return Math.floor((amount * 29 + 500) / 1000) + 30
}

/** List price for a dispute, in minor units. */
export const DISPUTE_FEE = 1_500

/** Card money can be paid out two days after the charge. */
export const PENDING_SECONDS = 2 * 24 * 60 * 60
