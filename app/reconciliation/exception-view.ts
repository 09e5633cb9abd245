import type { PaymentId } from '#app/books/ids.ts'

/** One case for a person: what it is about and how it stands. */
export type ExceptionView = {
  readonly id: string
  readonly kind: string
  readonly customer: { readonly id: string; readonly name: string } | null
  /** The payment that it is about, where there is one. */
  readonly payment: { readonly id: PaymentId; readonly number: string } | null
  /** What was noted when it was opened, as name and value. */
  readonly facts: readonly (readonly [name: string, value: string])[]
  readonly openedAt: Date
  readonly resolvedAt: Date | null
  readonly resolution: string | null
}

export type ExceptionPage = { readonly cases: readonly ExceptionView[]; readonly next: string | null }
