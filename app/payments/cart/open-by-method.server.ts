import type { CustomerId, SavedMethodId } from '#app/books/ids.ts'
import { type Result, refuse } from '#app/books/refusals.ts'
import type { Acceptance, CardProcessor } from '#app/gateways/stripe/port.ts'
import { getSupplier, readingOf } from '#app/parties/supplier.server.ts'
import type { Opening } from '#app/payments/cart/book-cart.server.ts'
import type { Cart } from '#app/payments/cart/cart.ts'
import { readSurchargeRule } from '#app/payments/fees/read-surcharge-rule.server.ts'
import { surchargeOn } from '#app/payments/fees/surcharge.ts'
import { findSavedMethod } from '#app/payments/methods/method-queries.server.ts'
import { prepareCharge } from '#app/payments/methods/prepare-charge.server.ts'
import { CREATE_CHARGE } from '#app/payments/writes/operations.ts'
import { readNow } from '#app/platform/clock.server.ts'

/** A saved method that a buyer chose in the cart, and the fee that they were shown for it. */
export type ChosenMethod = {
  readonly methodId: SavedMethodId
  /** Minor units; 0 when none was shown. */
  readonly feeSeenMinor: bigint
  /** The click by which a debit is agreed to. */
  readonly acceptance: Acceptance | null
}

/**
 * How a cart's payment begins by a saved method: its charge, with the fee that the supplier takes for this card. A fee that its payer
 * was not shown is refused with FEE_NOT_SEEN and its amount. Other refusals: those of prepareCharge.
 */
export async function openByMethod(
  processor: CardProcessor,
  customerId: CustomerId,
  cart: Cart,
  chosen: ChosenMethod,
): Promise<Result<{ value: Opening }>> {
  const { methodId, feeSeenMinor, acceptance } = chosen
  const method = await findSavedMethod(customerId, methodId)
  if (method === null) return refuse('METHOD_NOT_FOUND')
  const paidMinor = cart.items.reduce((sum, { amount }) => sum + amount.minor, cart.onAccount?.minor ?? 0n)
  const { today } = readingOf(await getSupplier(), await readNow())
  const stepMinor = processor.chargeStep(cart.currency) ?? 1n
  const fee = surchargeOn(await readSurchargeRule(today), method, paidMinor, today, stepMinor)
  const surchargeMinor = fee.taken ? fee.surchargeMinor : 0n
  if (surchargeMinor !== feeSeenMinor) return refuse('FEE_NOT_SEEN', { feeMinor: surchargeMinor.toString() })
  const prepared = await prepareCharge({
    ...{ processor, customerId, methodId, acceptance, paymentId: cart.paymentId, currency: cart.currency },
    ...{ amountMinor: paidMinor + surchargeMinor, invoices: cart.items.length },
  })
  if (!prepared.ok) return prepared
  const value = {
    ...{ operation: CREATE_CHARGE, request: prepared.request, method: method.kind },
    ...{ savedMethodId: methodId, surchargeMinor },
  }
  return { ok: true, value }
}
