/** Which credit goes to which invoice when credits are applied first: the oldest credit to the oldest due invoice. */
import type { InvoiceId } from '#app/books/ids.ts'

/** Credit that can be applied: a credit memo, or what a payment brought in too much. Minor units. */
export type FreeCredit = {
  readonly id: string
  readonly kind: 'credit-memo' | 'payment'
  readonly number: string
  readonly remainingMinor: bigint
}

export type CreditUse = {
  readonly invoiceId: InvoiceId
  readonly creditId: string
  readonly kind: FreeCredit['kind']
  readonly number: string
  readonly amountMinor: bigint
}

/** Spreads credits over invoices, each in the order given, until either is used up. The uses never exceed a credit or an invoice. */
export function spreadCredits(
  credits: readonly FreeCredit[],
  invoices: readonly { readonly invoiceId: InvoiceId; readonly payableMinor: bigint }[],
): CreditUse[] {
  const left = credits.map((credit) => ({ credit, minor: credit.remainingMinor }))
  return invoices.flatMap(({ invoiceId, payableMinor }) => {
    let open = payableMinor
    return left.flatMap((each) => {
      const amountMinor = each.minor < open ? each.minor : open
      if (amountMinor <= 0n) return []
      each.minor -= amountMinor
      open -= amountMinor
      const { id: creditId, kind, number } = each.credit
      return [{ invoiceId, creditId, kind, number, amountMinor }]
    })
  })
}
