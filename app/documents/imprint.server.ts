import type { Imprint } from '#app/documents/open-paper.server.ts'
import { supplierParty, supplierReach } from '#app/documents/parties.server.ts'
import { env } from '#app/platform/env.server.ts'
import type { Supplier } from '#app/platform/generated/client.ts'
import { type SheetSize, sheetOf } from '#app/platform/pdf/paper.ts'

/** The imprint of the supplier; `sheet` overrides the one that is usual in its country. */
export function imprintOf(supplier: Supplier, sheet?: SheetSize): Imprint {
  return {
    supplier: supplierParty(supplier),
    reach: supplierReach(supplier),
    sheet: sheet ?? sheetOf(supplier.countryCode),
    locale: supplier.locale,
    timeZone: supplier.timeZone,
    checkAddress: `${env.web.origin}/check`,
  }
}
