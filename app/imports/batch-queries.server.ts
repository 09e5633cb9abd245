import { type ControlTotals, controlTotalsSchema } from '#app/imports/control-totals.ts'
import { type RowError, rowErrorsSchema } from '#app/imports/imported-invoice.ts'
import { db } from '#app/platform/db.server.ts'
import type { ImportBatch, ImportState } from '#app/platform/generated/client.ts'

const BATCHES_PER_PAGE = 25

export type BatchSummary = {
  id: string
  fileName: string
  source: string
  state: ImportState
  rowsTotal: number
  rowsStaged: number
  rowsDone: number
  rowsBad: number
  correct: boolean
  createdAt: Date
  updatedAt: Date
  committedAt: Date | null
  /** Null until the first check has ended. */
  totals: ControlTotals | null
}

/** The newest batches first, a page at a time; `before` is the id of the last one of the page before. */
export async function listBatches(
  before: string | null,
): Promise<{ batches: BatchSummary[]; hasMore: boolean }> {
  const rows = await db.importBatch.findMany({
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: BATCHES_PER_PAGE + 1,
    ...(before === null ? {} : { cursor: { id: before }, skip: 1 }),
  })
  return { batches: rows.slice(0, BATCHES_PER_PAGE).map(summaryOf), hasMore: rows.length > BATCHES_PER_PAGE }
}

/** One batch, or null. */
export async function findBatch(id: string): Promise<BatchSummary | null> {
  const row = await db.importBatch.findUnique({ where: { id } })
  return row === null ? null : summaryOf(row)
}

function summaryOf(row: ImportBatch): BatchSummary {
  const { id, fileName, source, state, rowsTotal, rowsStaged, rowsDone, rowsBad, correct } = row
  const { createdAt, updatedAt, committedAt } = row
  const totals = controlTotalsSchema.safeParse(row.totals)
  return {
    ...{ id, fileName, source, state, rowsTotal, rowsStaged, rowsDone, rowsBad, correct },
    ...{ createdAt, updatedAt, committedAt },
    totals: totals.success ? totals.data : null,
  }
}

/** What is wrong in a batch, in order of line: `take` bad rows after the first `skip`, with all their errors. */
export async function listRowErrors(
  batchId: string,
  skip: number,
  take: number,
): Promise<{ errors: RowError[]; rows: number; hasMore: boolean }> {
  const rows = await db.importRow.findMany({
    where: { batchId, effect: 'bad' },
    orderBy: { lineNo: 'asc' },
    skip,
    take: take + 1,
    select: { errors: true },
  })
  const page = rows.slice(0, take)
  return {
    errors: page.flatMap(({ errors }) => rowErrorsSchema.parse(errors)),
    rows: page.length,
    hasMore: rows.length > take,
  }
}
