import type { CustomerId } from '#app/books/ids.ts'
import type { Cart } from '#app/payments/cart/cart.ts'
import { sha256 } from '#app/platform/sha256.server.ts'

/**
 * SHA-256 (hex) of what the buyer confirmed: customer, currency, each invoice's amount, reason and shown figures in id
 * order, and what is meant for the account. The same payment id with another hash is another intent and is refused.
 */
export function hashCart(customerId: CustomerId, cart: Cart): string {
  const items = cart.items
    .map((item) => [item.invoiceId, item.amount.minor.toString(), item.shortReason ?? '', item.seen ?? ''])
    .toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1))
  return sha256(JSON.stringify([customerId, cart.currency, items, cart.onAccount?.minor.toString() ?? '0']))
}
