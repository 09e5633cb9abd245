import { encodeId } from '#app/books/ids.ts'
import { formatInstant } from '#app/platform/time.ts'
import type { ExceptionView } from '#app/reconciliation/exception-view.ts'
import { exceptionWords } from '#app/reconciliation/exception-words.ts'

/** A case in words, with its links. */
export type ExceptionCaseView = {
  id: string
  kind: string
  title: string
  why: string
  next: string
  opened: string
  closed: string | null
  resolution: string | null
  customer: { id: string; name: string } | null
  payment: { id: string; number: string } | null
  /** Where the bank's movement is that it is about. */
  lineHref: string | null
  facts: readonly (readonly [string, string])[]
}

/** Cases as the list and the page of the day show them. */
export function exceptionCaseViews(
  cases: readonly ExceptionView[],
  { locale, timeZone }: { locale: string; timeZone: string },
): readonly ExceptionCaseView[] {
  return cases.map((each) => ({
    id: encodeId('exc', each.id),
    kind: each.kind,
    ...exceptionWords(each.kind),
    opened: formatInstant(each.openedAt, timeZone, locale),
    closed: each.resolvedAt === null ? null : formatInstant(each.resolvedAt, timeZone, locale),
    resolution: each.resolution,
    customer: each.customer && { id: encodeId('cst', each.customer.id), name: each.customer.name },
    payment: each.payment && { id: encodeId('pay', each.payment.id), number: each.payment.number },
    lineHref: bankLineHref(each.facts.find(([name]) => name === 'subject')?.[1] ?? ''),
    facts: each.facts,
  }))
}

/** The page of the movement that a difference is about; null where it is about something else. */
export function bankLineHref(subject: string): string | null {
  const id = /^bank:([0-9a-f-]{36})$/.exec(subject)?.[1]
  return id === undefined ? null : `/staff/bank/${encodeId('bln', id)}`
}
