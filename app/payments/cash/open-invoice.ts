import type { InvoiceId } from '#app/books/ids.ts'
import type { Money } from '#app/money/money.ts'
import type { BusinessDate } from '#app/platform/time.ts'

/** An invoice that something can still be paid on. */
export type OpenInvoice = {
  readonly id: InvoiceId
  readonly number: string
  readonly poNumber: string | null
  readonly dueOn: BusinessDate
  readonly open: Money
  readonly payable: Money
}
