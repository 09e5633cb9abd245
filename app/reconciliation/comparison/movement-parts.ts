/** What each movement does to the books: most are money of a payment, some a cost; a payout is compared by itself, a reserve not at all. */
import type { MovementKind } from '#app/gateways/stripe/balance/port.ts'
import type { Movement } from '#app/reconciliation/comparison/group.ts'

/** Kinds whose amounts are to be found in the books under the charge, refund or dispute that they are of. */
export type BookedKind = Exclude<MovementKind, 'fee' | 'payout' | 'reserve'>

/** Whether the amount of a movement is to be found in the books. A fee is a cost, and a reserve stays our money. */
export function isBooked(movement: Movement): movement is Movement & { kind: BookedKind } {
  return movement.kind !== 'fee' && movement.kind !== 'payout' && movement.kind !== 'reserve'
}

/** What the processor kept with one movement; negative when it gave something back. */
export function costOf({ kind, feeMinor, netMinor }: Movement): bigint {
  return kind === 'fee' ? -netMinor : feeMinor
}

/** What the processor holds more for us by it: its net; of a payout and a reserve only the fee. */
export function netOf({ kind, feeMinor, netMinor }: Movement): bigint {
  return kind === 'payout' || kind === 'reserve' ? -feeMinor : netMinor
}
