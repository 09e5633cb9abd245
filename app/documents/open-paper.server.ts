import type { DocumentParty } from '#app/documents/letterhead.server.ts'
import { Paper } from '#app/platform/pdf/page-kit.server.ts'
import type { SheetSize } from '#app/platform/pdf/paper.ts'
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
