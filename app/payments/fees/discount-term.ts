import type { NewTerm } from '#app/payments/fees/parse-fees.ts'
import type { BusinessDate } from '#app/platform/time.ts'

/** Discount terms as staff see them. */
export type TermRow = Omit<NewTerm, 'customerNumber'> & {
  readonly id: string
  readonly customer: { readonly number: string; readonly name: string } | null
  readonly validTo: BusinessDate | null
}
