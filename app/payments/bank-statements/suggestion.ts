/**
 * What a movement on the bank account most likely is. Evidence is added up in points: invoices that the text names, an amount
 * that fits, a payer who is known. Each suggestion says its reasons in words; a person decides.
 */
import type { CustomerId, InvoiceId } from '#app/books/ids.ts'
import { formatMoney } from '#app/money/format.ts'
import { isPositive, type Money, negate, subtract, sum } from '#app/money/money.ts'
import { businessDaysApart } from '#app/payments/bank-statements/business-days.ts'
import { findSubset } from '#app/payments/bank-statements/subset-sum.ts'
import { namedIn, nameLikeness } from '#app/payments/bank-statements/texts.ts'
import { spreadLumpSum } from '#app/payments/cart/cart.ts'
import type { RemittanceItem } from '#app/payments/cash/manual-payment.ts'
import type { BusinessDate } from '#app/platform/time.ts'

export type MovementFacts = {
  readonly amount: Money
  readonly bookedOn: BusinessDate
  readonly counterparty: string | null
  /** Reference and description, as the bank gave them. */
  readonly text: string
}

/** An open invoice in the movement's currency. */
export type InvoiceCandidate = { readonly id: InvoiceId; readonly number: string; readonly payable: Money }

export type CustomerCandidate = {
  readonly id: CustomerId
  readonly name: string
  /** How often a movement under this payer's name was confirmed to be the customer's. */
  readonly confirmedCount: number
  /** Oldest due first. */
  readonly invoices: readonly InvoiceCandidate[]
}

export type PayoutCandidate = {
  readonly id: string
  readonly amount: Money
  readonly arrivalOn: BusinessDate
  readonly hasFailed: boolean
}

export type PaymentSuggestion = {
  readonly kind: 'payment'
  readonly customerId: CustomerId
  readonly customerName: string
  readonly items: readonly RemittanceItem[]
  /** Numbers of the items' invoices, in the same order. */
  readonly numbers: readonly string[]
  readonly unapplied: Money
  readonly score: number
  readonly reasons: readonly string[]
}
export type PayoutSuggestion = {
  readonly kind: 'payout' | 'payout_failure'
  readonly payoutId: string
  readonly score: number
  readonly reasons: readonly string[]
}
export type Suggestion = PaymentSuggestion | PayoutSuggestion

const LEAST_SCORE = 30
const MOST_SUGGESTIONS = 5
/** How far from its expected day a payout may be booked. */
const PAYOUT_DAYS = 3

/** The likely explanations of a movement, best first. */
export function suggestMatches(
  movement: MovementFacts,
  customers: readonly CustomerCandidate[],
  payouts: readonly PayoutCandidate[],
): Suggestion[] {
  const payments = isPositive(movement.amount)
    ? customers.map((customer) => paymentOf(movement, customer))
    : []
  const found: Suggestion[] = [...payments, ...payouts.flatMap((payout) => payoutOf(movement, payout) ?? [])]
  return found
    .filter(({ score }) => score >= LEAST_SCORE)
    .toSorted((a, b) => b.score - a.score)
    .slice(0, MOST_SUGGESTIONS)
}

type Evidence = {
  readonly points: number
  readonly reason: string | null
  readonly items: readonly RemittanceItem[]
}

function paymentOf(movement: MovementFacts, customer: CustomerCandidate): PaymentSuggestion {
  const { amount } = movement
  const payer = payerEvidence(movement, customer)
  const fit = namedEvidence(movement, customer) ?? amountEvidence(amount, customer.invoices)
  const paid = sum(
    fit.items.map((item) => item.amount),
    amount.currency,
  )
  return {
    ...{ kind: 'payment', customerId: customer.id, customerName: customer.name, items: fit.items },
    numbers: fit.items.map(
      ({ invoiceId }) => customer.invoices.find(({ id }) => id === invoiceId)?.number ?? '',
    ),
    unapplied: subtract(amount, paid),
    score: Math.min(100, payer.points + fit.points),
    reasons: [fit.reason, payer.reason].filter((reason) => reason !== null),
  }
}

function payerEvidence(
  { counterparty }: MovementFacts,
  { name, confirmedCount }: CustomerCandidate,
): Omit<Evidence, 'items'> {
  const times = confirmedCount === 1 ? 'once' : `${confirmedCount} times`
  if (confirmedCount > 0)
    return { points: 35, reason: `“${counterparty}” was confirmed as ${name} ${times} before.` }
  const likeness = counterparty === null ? 'none' : nameLikeness(counterparty, name)
  if (likeness === 'same') return { points: 30, reason: `The payer has the customer’s name.` }
  return likeness === 'partly'
    ? { points: 15, reason: `The payer’s name “${counterparty}” is like the customer’s.` }
    : { points: 0, reason: null }
}

/** The invoices whose numbers the text holds; null when it names none. */
function namedEvidence({ amount, text }: MovementFacts, { invoices }: CustomerCandidate): Evidence | null {
  const named = invoices.filter(({ number, payable }) => isPositive(payable) && namedIn(text, number))
  if (named.length === 0) return null
  const words = `The text names ${named.length === 1 ? 'invoice' : 'invoices'} ${listOf(named)}`
  const { items, rest } = spread(amount, named)
  const total = sum(
    named.map((each) => each.payable),
    amount.currency,
  )
  if (total.minor === amount.minor)
    return { points: 60, reason: `${words}, and the amount is exactly what is payable.`, items }
  if (isPositive(rest))
    return { points: 45, reason: `${words}; ${formatMoney(rest)} more came than is payable.`, items }
  return {
    points: 40,
    reason: `${words}; the amount pays a part of what is payable, oldest due first.`,
    items,
  }
}

/** Invoices that make the amount by themselves, or the oldest as far as it goes. */
function amountEvidence(amount: Money, all: readonly InvoiceCandidate[]): Evidence {
  const invoices = all.filter(({ payable }) => isPositive(payable))
  const same = invoices.filter(({ payable }) => payable.minor === amount.minor)
  const [oldest] = same
  if (oldest !== undefined)
    return same.length === 1
      ? {
          points: 35,
          reason: `The amount is exactly that of invoice ${oldest.number}.`,
          items: inFull([oldest]),
        }
      : {
          points: 28,
          reason: `The amount is that of ${same.length} invoices; ${oldest.number} is the oldest.`,
          items: inFull([oldest]),
        }
  const subset = findSubset(
    invoices.map(({ payable }) => payable.minor),
    amount.minor,
  )
  if (subset !== null) {
    const chosen = subset.flatMap((index) => invoices[index] ?? [])
    return {
      points: 30,
      reason: `Invoices ${listOf(chosen)} add up to exactly the amount.`,
      items: inFull(chosen),
    }
  }
  const { items } = spread(amount, invoices)
  return {
    points: 5,
    reason: items.length === 0 ? null : 'No invoices make the amount; it pays the oldest due first.',
    items,
  }
}

function payoutOf({ amount, bookedOn }: MovementFacts, payout: PayoutCandidate): PayoutSuggestion | null {
  const isFailure = !isPositive(amount)
  if ((isFailure && !payout.hasFailed) || payout.amount.currency !== amount.currency) return null
  if (payout.amount.minor !== (isFailure ? negate(amount) : amount).minor) return null
  const days = businessDaysApart(payout.arrivalOn, bookedOn)
  // Money of a payout that failed goes back some days after it had arrived.
  if (days > (isFailure ? PAYOUT_DAYS * 3 : PAYOUT_DAYS)) return null
  const when =
    days === 0
      ? 'on the day it was expected'
      : `${days} business ${days === 1 ? 'day' : 'days'} from the day it was expected`
  const what = isFailure
    ? `The amount of payout ${payout.id} that failed goes back`
    : `The amount is that of payout ${payout.id}`
  return {
    kind: isFailure ? 'payout_failure' : 'payout',
    payoutId: payout.id,
    score: 90 - 10 * Math.min(days, 5),
    reasons: [`${what}, ${when}.`],
  }
}

function inFull(invoices: readonly InvoiceCandidate[]): RemittanceItem[] {
  return invoices.map(({ id, payable }) => ({ invoiceId: id, amount: payable }))
}

function spread(
  amount: Money,
  invoices: readonly InvoiceCandidate[],
): { items: RemittanceItem[]; rest: Money } {
  const { parts, rest } = spreadLumpSum(
    amount,
    invoices.map(({ id, payable }) => ({ invoiceId: id, payable })),
  )
  return { items: parts.filter((part) => isPositive(part.amount)), rest }
}

function listOf(invoices: readonly InvoiceCandidate[]): string {
  const shown = invoices.slice(0, 6).map(({ number }) => number)
  return invoices.length > shown.length
    ? `${shown.join(', ')} and ${invoices.length - shown.length} more`
    : shown.join(', ')
}
