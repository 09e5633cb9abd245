import {
  IMPORT_IS_BOOKING,
  type ImportIsBooking,
  isImportBooking,
} from '#app/documents/import-lock.server.ts'
import { imprintOf } from '#app/documents/imprint.server.ts'
import { fileNamePart, type IssuedDocument, recordDocument } from '#app/documents/record-document.server.ts'
import { readInvoiceDocument } from '#app/invoices/invoice-document.server.ts'
import { invoicePdf } from '#app/invoices/invoice-pdf.server.ts'
import type { InvoiceScope } from '#app/invoices/invoice-sql.server.ts'
import { getSupplier } from '#app/parties/supplier.server.ts'
import type { SheetSize } from '#app/platform/pdf/paper.ts'

export type InvoicePdfChoice = {
  readonly version?: number | undefined
  readonly knownAt?: Date | undefined
  readonly sheet?: SheetSize | undefined
}

/** The PDF of an invoice, noted as issued; null when the scope has no such invoice or version; refused while an import books. */
export async function issueInvoicePdf(
  scope: InvoiceScope,
  invoiceId: string,
  choice: InvoicePdfChoice,
  now: Date,
): Promise<IssuedDocument | ImportIsBooking | null> {
  const supplier = await getSupplier()
  const chosen = await readInvoiceDocument(scope, invoiceId, supplier, choice)
  if (chosen === null) return null
  if (await isImportBooking()) return IMPORT_IS_BOOKING
  // Read again as known at the chosen instant: an import that ended meanwhile is then in it, or wholly after it.
  const asKnown = { ...choice, knownAt: chosen.knownAt }
  const document = await readInvoiceDocument(scope, invoiceId, supplier, asKnown)
  if (document === null) return null
  const imprint = imprintOf(supplier, choice.sheet)
  return recordDocument(
    {
      kind: 'invoice',
      customerId: document.customerId,
      parameters: { invoiceId, version: document.version.version, sheet: imprint.sheet },
      knownAt: document.knownAt,
      bytes: await invoicePdf(document, imprint),
      fileName: `invoice-${fileNamePart(document.number)}.pdf`,
    },
    now,
  )
}
