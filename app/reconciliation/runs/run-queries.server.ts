import { asId } from '#app/books/ids.ts'
import { db } from '#app/platform/db.server.ts'
import { fromDatabaseDate } from '#app/platform/time.ts'
import {
  caseKindOf,
  DIFFERENCE_KINDS,
  differenceKindOf,
  OWNER_OF,
} from '#app/reconciliation/comparison/difference.ts'
import { DIFFERENCE_WORDS } from '#app/reconciliation/comparison/difference-words.ts'
import { runCounts } from '#app/reconciliation/runs/run-counts.ts'
import type { OpenDifference, RunView } from '#app/reconciliation/runs/run-view.ts'

/** The newest comparisons, newest first. */
export async function listRuns(count: number): Promise<RunView[]> {
  const rows = await db.reconciliationRun.findMany({
    orderBy: [{ startedAt: 'desc' }, { id: 'desc' }],
    take: count,
  })
  return rows.map(({ id, fromOn, toOn, startedAt, finishedAt, counts, differences, failure }) => ({
    id,
    from: fromDatabaseDate(fromOn),
    to: fromDatabaseDate(toOn),
    startedAt,
    finishedAt,
    counts: runCounts.parse(counts),
    differences,
    failure,
  }))
}

/** How many differences a page or a report shows. */
export const SHOWN_DIFFERENCES = 200

/** Differences that wait for a person, oldest first. */
export async function listOpenDifferences(): Promise<OpenDifference[]> {
  const rows = await db.exceptionCase.findMany({
    where: { resolvedAt: null, kind: { in: DIFFERENCE_KINDS.map(caseKindOf) } },
    orderBy: [{ openedAt: 'asc' }, { caseKey: 'asc' }],
    take: SHOWN_DIFFERENCES,
  })
  return rows.flatMap(({ id, kind: caseKind, subjectId, detail, openedAt }) => {
    const kind = differenceKindOf(caseKind)
    if (kind === null) return []
    const { cause = '', paymentId = null, ...facts } = factsOf(detail)
    const { title, next } = DIFFERENCE_WORDS[kind]
    return {
      id,
      kind,
      owner: OWNER_OF[kind],
      subject: subjectId ?? '',
      title,
      cause,
      next,
      paymentId: paymentId === null ? null : asId<'pay'>(paymentId),
      facts,
      openedAt,
    }
  })
}

function factsOf(detail: unknown): Record<string, string> {
  if (typeof detail !== 'object' || detail === null) return {}
  return Object.fromEntries(
    Object.entries(detail).filter((each): each is [string, string] => typeof each[1] === 'string'),
  )
}
