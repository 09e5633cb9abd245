import type { DocumentParty } from '#app/documents/letterhead.server.ts'
import { supplierParty, supplierReach } from '#app/documents/parties.server.ts'
import { env } from '#app/platform/env.server.ts'
import type { Supplier } from '#app/platform/generated/client.ts'
import { Paper } from '#app/platform/pdf/page-kit.server.ts'
import { type SheetSize, sheetOf } from '#app/platform/pdf/paper.ts'
import { formatInstant } from '#app/platform/time.ts'

/** What all papers of the supplier have in common. */
export type Imprint = {
  readonly supplier: DocumentParty
  readonly reach: readonly string[]
  readonly sheet: SheetSize
  readonly locale: string
  /** Zone in which the foot states the instant of the books. */
  readonly timeZone: string
  /** Where anyone can check a paper. */
  readonly checkAddress: string
}

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

/** An empty paper with the supplier's foot, made from the books as known at an instant. */
export function openPaper(imprint: Imprint, title: string, knownAt: Date): Paper {
  const books = formatInstant(knownAt, imprint.timeZone, imprint.locale)
  return new Paper({
    title,
    language: imprint.locale,
    author: imprint.supplier.name,
    sheet: imprint.sheet,
    madeAt: knownAt,
    foot: `${imprint.supplier.name} · from the books as they stood on ${books}`,
  })
}
