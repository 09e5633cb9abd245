import {
  IMPORT_IS_BOOKING,
  type ImportIsBooking,
  isImportBooking,
} from '#app/documents/import-lock.server.ts'
import { imprintOf } from '#app/documents/imprint.server.ts'
import { customerParty, getCustomer } from '#app/documents/parties.server.ts'
import { fileNamePart, type IssuedDocument, recordDocument } from '#app/documents/record-document.server.ts'
import { dayView } from '#app/invoices/invoice-record.ts'
import { getSupplier } from '#app/parties/supplier.server.ts'
import type { SheetSize } from '#app/platform/pdf/paper.ts'
import type { BusinessDate } from '#app/platform/time.ts'
import { activityPdf } from '#app/statements/activity-pdf.server.ts'
import { activityStatements } from '#app/statements/activity-statement.server.ts'
import { lastChangeAt } from '#app/statements/known-at.server.ts'
import { openItemStatements } from '#app/statements/open-items.server.ts'
import { openItemPdf } from '#app/statements/open-items-pdf.server.ts'

type Choice = {
  readonly customerId: string
  /** Defaults to the last change of the account. */
  readonly knownAt?: Date | undefined
  readonly sheet?: SheetSize | undefined
}

/** The PDF of a customer's activity statement, noted as issued; refused while an import books. */
export async function issueActivityPdf(
  choice: Choice & { readonly from: BusinessDate; readonly to: BusinessDate },
  now: Date,
): Promise<IssuedDocument | ImportIsBooking> {
  const { customerId, from, to } = choice
  const [supplier, customer] = await Promise.all([getSupplier(), getCustomer(customerId)])
  const knownAt = choice.knownAt ?? (await lastChangeAt(customerId))
  if (await isImportBooking()) return IMPORT_IS_BOOKING
  const imprint = imprintOf(supplier, choice.sheet)
  const { locale } = supplier
  const content = {
    customer: customerParty(customer),
    from: dayView(from, locale),
    to: dayView(to, locale),
    knownAt,
    statements: await activityStatements({ customerId, from, to, knownAt, locale }),
  }
  return recordDocument(
    {
      kind: 'activity-statement',
      customerId,
      parameters: { from, to, sheet: imprint.sheet },
      knownAt,
      bytes: await activityPdf(content, imprint),
      fileName: `statement-${fileNamePart(customer.number)}-${from}-${to}.pdf`,
    },
    now,
  )
}

/** The PDF of a customer's open items at the end of a day, noted as issued; refused while an import books. */
export async function issueOpenItemPdf(
  choice: Choice & { readonly asOf: BusinessDate },
  now: Date,
): Promise<IssuedDocument | ImportIsBooking> {
  const { customerId, asOf } = choice
  const [supplier, customer] = await Promise.all([getSupplier(), getCustomer(customerId)])
  const knownAt = choice.knownAt ?? (await lastChangeAt(customerId))
  if (await isImportBooking()) return IMPORT_IS_BOOKING
  const imprint = imprintOf(supplier, choice.sheet)
  const { locale } = supplier
  const content = {
    customer: customerParty(customer),
    asOf: dayView(asOf, locale),
    knownAt,
    statements: await openItemStatements(customerId, { asOf, knownAt, locale }),
  }
  return recordDocument(
    {
      kind: 'open-item-statement',
      customerId,
      parameters: { asOf, sheet: imprint.sheet },
      knownAt,
      bytes: await openItemPdf(content, imprint),
      fileName: `open-items-${fileNamePart(customer.number)}-${asOf}.pdf`,
    },
    now,
  )
}
