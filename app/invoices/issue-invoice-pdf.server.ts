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

/** The PDF of an invoice, noted as issued; null when the scope has no such invoice or version. */
export async function issueInvoicePdf(
  scope: InvoiceScope,
  invoiceId: string,
  choice: InvoicePdfChoice,
  now: Date,
): Promise<IssuedDocument | null> {
  const supplier = await getSupplier()
  const document = await readInvoiceDocument(scope, invoiceId, supplier, choice)
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
