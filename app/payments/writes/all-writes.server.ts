import { acceptChargeback, submitEvidence } from '#app/payments/chargebacks/chargeback-writes.server.ts'
import { createRefund } from '#app/payments/refunds/refund-write.server.ts'
import { createCharge } from '#app/payments/writes/charge-write.server.ts'
import { createCheckout, expireCheckout } from '#app/payments/writes/checkout-writes.server.ts'
import {
  ACCEPT_CHARGEBACK,
  CREATE_CHARGE,
  CREATE_CHECKOUT,
  CREATE_REFUND,
  EXPIRE_CHECKOUT,
  SUBMIT_EVIDENCE,
} from '#app/payments/writes/operations.ts'
import type { ProviderWrite } from '#app/payments/writes/provider-write.server.ts'

const WRITES: Readonly<Record<string, ProviderWrite>> = {
  [CREATE_CHECKOUT]: createCheckout,
  [EXPIRE_CHECKOUT]: expireCheckout,
  [CREATE_CHARGE]: createCharge,
  [CREATE_REFUND]: createRefund,
  [SUBMIT_EVIDENCE]: submitEvidence,
  [ACCEPT_CHARGEBACK]: acceptChargeback,
}

/** The kind of write that a stored attempt is. Throws for an operation that this program does not have. */
export function getWrite(operation: string): ProviderWrite {
  const found = Object.hasOwn(WRITES, operation) ? WRITES[operation] : undefined
  if (found === undefined) throw new Error(`Unknown operation: ${operation}`)
  return found
}
