/**
 * A card or bank account that the processor keeps for a customer. A card counts to the end of the month that is on it; a customer
 * is warned 30 days before. A method that a standing order uses stays until the order has another one.
 */
import type { SavedMethodId } from '#app/books/ids.ts'
import { addDays, type BusinessDate, parseBusinessDate } from '#app/platform/time.ts'

export type SavedMethodKind = 'card' | 'us_bank_account' | 'link'
export type SavedMethodState = 'active' | 'suspended' | 'removed'

export type SavedMethod = {
  readonly id: SavedMethodId
  readonly kind: SavedMethodKind
  readonly brand: string | null
  readonly last4: string | null
  readonly expMonth: number | null
  readonly expYear: number | null
  readonly funding: string | null
  readonly billingState: string | null
  readonly state: SavedMethodState
  readonly suspendedReason: string | null
  readonly isDefault: boolean
  readonly origin: string
  /** How many standing orders pay by it. */
  readonly enrollments: number
}

const WARNING_DAYS = 30
/** Small deposits may be confirmed for so long after the account was entered. */
export const DEPOSITS_OPEN_FOR_MS = 11 * 86_400_000

/** Last day on which a card counts; null for what has no expiry. */
export function lastDayOf(method: Pick<SavedMethod, 'expMonth' | 'expYear'>): BusinessDate | null {
  const { expMonth, expYear } = method
  if (expMonth === null || expYear === null) return null
  const next = expMonth === 12 ? { year: expYear + 1, month: 1 } : { year: expYear, month: expMonth + 1 }
  const first = `${String(next.year).padStart(4, '0')}-${String(next.month).padStart(2, '0')}-01`
  return addDays(parseBusinessDate(first), -1)
}

export type Expiry = 'none' | 'good' | 'soon' | 'expired'

/** How a method's expiry stands on a day. */
export function expiryOf(method: Pick<SavedMethod, 'expMonth' | 'expYear'>, today: BusinessDate): Expiry {
  const lastDay = lastDayOf(method)
  if (lastDay === null) return 'none'
  if (today > lastDay) return 'expired'
  return addDays(today, WARNING_DAYS) >= lastDay ? 'soon' : 'good'
}

/** Whether a payment may be made with it now. Bank accounts are debited in US dollars only. */
export function isChargeable(method: SavedMethod, currency: string, today: BusinessDate): boolean {
  if (method.state !== 'active' || expiryOf(method, today) === 'expired') return false
  return method.kind !== 'us_bank_account' || currency === 'USD'
}

const BRANDS: Readonly<Record<string, string>> = {
  visa: 'Visa',
  mastercard: 'Mastercard',
  amex: 'American Express',
  discover: 'Discover',
  diners: 'Diners Club',
  jcb: 'JCB',
  unionpay: 'UnionPay',
}

/** What a person calls it: "Visa ending 4242", "First Platypus Bank, account ending 6789". */
export function methodName(method: Pick<SavedMethod, 'kind' | 'brand' | 'last4'>): string {
  const ending = method.last4 === null ? '' : ` ending ${method.last4}`
  switch (method.kind) {
    case 'card':
      return `${BRANDS[method.brand ?? ''] ?? 'Card'}${ending}`
    case 'us_bank_account':
      return method.brand === null ? `Bank account${ending}` : `${method.brand}, account${ending}`
    case 'link':
      return 'Link'
  }
}

/** Why a suspended method may not be charged, and what to do. */
export function suspendedSentence(reason: string | null): string {
  switch (reason) {
    case 'mandate_revoked':
      return 'The leave to debit it was withdrawn. Add the account again to use it.'
    case 'bank_return':
    case 'forbidden_return':
      return 'The bank turned a debit down and allows no other. Use another account.'
    case 'second_return':
      return 'The bank returned two debits. Use another way to pay, or ask us.'
    case 'link_broken':
      return 'The link to the bank is broken. Repair it to use the account again.'
    default:
      return 'It cannot be used at the moment. Add it again, or use another way to pay.'
  }
}
