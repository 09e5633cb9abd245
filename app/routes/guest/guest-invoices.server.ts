import { asId, decodeId, type InvoiceId } from '#app/books/ids.ts'
import { parseInvoiceFilter } from '#app/invoices/invoice-filter.ts'
import { selectAllOpen } from '#app/invoices/invoice-queries.server.ts'
import type { Reading } from '#app/invoices/invoice-record.ts'
import type { PayLink } from '#app/parties/links/pay-link.ts'

/** The invoices that a link is for, now: its one, or everything that is open and not in dispute. */
export async function invoicesOfLink(
  { customerId, invoiceId }: PayLink,
  reading: Reading,
): Promise<InvoiceId[]> {
  if (invoiceId !== null) return [invoiceId]
  const { filter } = parseInvoiceFilter(new URLSearchParams(), { defaultStatus: 'open' })
  const all = await selectAllOpen(customerId, filter, reading)
  return all.map(({ id }) => asId<'inv'>(id))
}

/** The invoice of an address, if the link is for it; null otherwise. */
export async function invoiceOfLink(
  link: PayLink,
  text: string,
  reading: Reading,
): Promise<InvoiceId | null> {
  const id = decodeId('inv', text)
  if (id === null) return null
  return (await invoicesOfLink(link, reading)).includes(id) ? id : null
}
