/**
 * Credit: what remains of a credit memo, or what a payment brought in beyond its invoices. Oldest credit goes to the oldest due
 * invoice first, each as far as it reaches, so that nothing old is left while something new is used.
 */
import type { CreditMemoId, InvoiceId, PaymentId } from '#app/books/ids.ts'
import { isPositive, type Money, smaller, subtract } from '#app/money/money.ts'
import type { BusinessDate } from '#app/platform/time.ts'

/** Which credit: a credit memo, or a payment. */
export type CreditSource = { readonly creditMemoId: CreditMemoId } | { readonly paymentId: PaymentId }

export type Credit = {
  readonly source: CreditSource
  readonly number: string
  /** Day on which it was given, or on which the money came. */
  readonly on: BusinessDate
  readonly remaining: Money
}

/** An invoice that credit may be used on, and how much of it at most. */
export type CreditTarget = {
  readonly invoiceId: InvoiceId
  readonly dueOn: BusinessDate
  readonly upTo: Money
}

/** So much of a credit on an invoice. */
export type CreditUse = {
  readonly source: CreditSource
  readonly invoiceId: InvoiceId
  readonly amount: Money
}

/** A use that was planned, with the number of its credit memo or payment. */
export type PlannedUse = CreditUse & { readonly number: string }

/**
 * Which credit pays which invoice, all in one currency: what is as old as another keeps the order given. Together at most what
 * remains and at most what is open.
 */
export function planCredits(credits: readonly Credit[], targets: readonly CreditTarget[]): PlannedUse[] {
  const uses: PlannedUse[] = []
  const left = credits
    .toSorted((a, b) => order(a.on, b.on))
    .map(({ source, number, remaining }) => ({ source, number, remaining }))
  for (const { invoiceId, upTo } of targets.toSorted((a, b) => order(a.dueOn, b.dueOn))) {
    let open = upTo
    for (const credit of left) {
      if (!isPositive(open)) break
      if (!isPositive(credit.remaining)) continue
      const amount = smaller(open, credit.remaining)
      open = subtract(open, amount)
      credit.remaining = subtract(credit.remaining, amount)
      uses.push({ source: credit.source, number: credit.number, invoiceId, amount })
    }
  }
  return uses
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
