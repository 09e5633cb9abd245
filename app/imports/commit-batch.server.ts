import { lockForImport } from '#app/documents/import-lock.server.ts'
import { checkBatch } from '#app/imports/check-batch.server.ts'
import {
  type ControlTotals,
  controlTotalsSchema,
  type Sums,
  sameSums,
  TotalsCounter,
} from '#app/imports/control-totals.ts'
import { duplicatesOf, planRows, stagedRows } from '#app/imports/plan-rows.server.ts'
import { PostingRefused, postRows } from '#app/imports/post-rows.server.ts'
import { recordAudit } from '#app/parties/audit.server.ts'
import { getSupplier } from '#app/parties/supplier.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db, type Tx, withTransaction } from '#app/platform/db.server.ts'
import type { ImportBatch } from '#app/platform/generated/client.ts'
import { businessDateIn } from '#app/platform/time.ts'

/** Invoices per call of the posting functions; all calls of a batch share one transaction. */
const CHUNK = 500
const LONGEST_COMMIT_MS = 15 * 60_000

export type CommitOptions = {
  /** Who asked: a person of staff, or the command line. */
  actor: { kind: 'staff'; id: string } | { kind: 'command' }
  onProgress?: ((progress: { rowsDone: number; rowsTotal: number }) => void) | undefined
}

export type Committed =
  | { ok: true; totals: ControlTotals; already: boolean }
  | { ok: false; reason: 'NOT_CHECKED' | 'HAS_BAD_ROWS' }

/**
 * Books a checked batch in one transaction: all of it or nothing. Every row is planned again against the books as
 * they are then; a row that turned bad undoes everything and leaves the batch refused. Safe to call again after a
 * crash: a committed batch answers `already`.
 */
export async function commitBatch(batchId: string, options: CommitOptions): Promise<Committed> {
  const taken = await db.importBatch.updateMany({
    where: { id: batchId, state: 'checked' },
    data: { state: 'committing', rowsDone: 0, updatedAt: await readNow() },
  })
  if (taken.count === 0) {
    const { state } = await db.importBatch.findUniqueOrThrow({ where: { id: batchId } })
    if (state === 'refused') return { ok: false, reason: 'HAS_BAD_ROWS' }
    if (state === 'staging') return { ok: false, reason: 'NOT_CHECKED' }
  }
  try {
    return await withTransaction((tx) => commitInside(tx, batchId, options), { timeoutMs: LONGEST_COMMIT_MS })
  } catch (error) {
    if (!(error instanceof PostingRefused)) throw error
    await db.importBatch.update({ where: { id: batchId }, data: { state: 'refused' } })
    await checkBatch(batchId)
    return { ok: false, reason: 'HAS_BAD_ROWS' }
  }
}

async function commitInside(tx: Tx, batchId: string, options: CommitOptions): Promise<Committed> {
  await lockForImport(tx)
  const batch = await tx.importBatch.findUniqueOrThrow({ where: { id: batchId } })
  if (batch.state === 'committed')
    return { ok: true, totals: controlTotalsSchema.parse(batch.totals), already: true }
  await tx.$queryRaw`SELECT lock_invoices_of_batch(${batchId}::uuid)::text`
  const now = await readNow(tx)
  const today = businessDateIn((await getSupplier(tx)).timeZone, now)
  const duplicates = await duplicatesOf(tx, batchId)
  const counter = new TotalsCounter()
  let rowsDone = 0
  for await (const chunk of stagedRows(tx, batchId, CHUNK)) {
    const invoices = chunk.map(({ invoice }) => invoice ?? refuseUnreadable())
    const planned = await planRows(tx, batch, invoices, { duplicates, today })
    for (const { invoice, plan, customerId } of planned) {
      if (plan.effect === 'bad') throw new PostingRefused(plan.errors[0]?.code ?? 'bad row')
      counter.add(invoice, plan, customerId !== null)
    }
    await postRows(tx, batch, planned, now)
    rowsDone += invoices.reduce((total, { records }) => total + records, 0)
    await reportProgress(batch, rowsDone, options)
  }
  const totals = { ...counter.totals(), booked: await bookedSums(tx, batch) }
  if (!sameSums(totals.booked, totals.invoices))
    throw new Error(`the books differ from the file of batch ${batchId}: nothing was booked`)
  await tx.$queryRaw`SELECT refresh_statistics()::text`
  // The journals are checked here and not by COMMIT: the audit's lock, which everybody needs, is held for a moment only.
  await tx.$executeRaw`SET CONSTRAINTS ALL IMMEDIATE`
  await finish(tx, batch, totals, options, now)
  return { ok: true, totals, already: false }
}

/** The page reads progress while the transaction is open, so it is written through another connection. */
async function reportProgress(batch: ImportBatch, rowsDone: number, options: CommitOptions): Promise<void> {
  await db.importBatch.updateMany({ where: { id: batch.id, state: 'committing' }, data: { rowsDone } })
  options.onProgress?.({ rowsDone, rowsTotal: batch.rowsTotal })
}

async function bookedSums(tx: Tx, batch: ImportBatch): Promise<Sums> {
  const rows = await tx.$queryRaw<{ currency: string; count: number; total: string }[]>`
    SELECT i.currency, count(*)::integer AS count, sum(i.total_minor)::text AS total
      FROM import_row r
      JOIN invoice i ON i.source = ${batch.source} AND i.external_number = r.data->>'number'
     WHERE r.batch_id = ${batch.id}::uuid
     GROUP BY i.currency ORDER BY i.currency`
  return Object.fromEntries(
    rows.map(({ currency, count, total }) => [currency, { count, totalMinor: total }]),
  )
}

async function finish(
  tx: Tx,
  batch: ImportBatch,
  totals: ControlTotals,
  { actor }: CommitOptions,
  now: Date,
): Promise<void> {
  await tx.importBatch.update({
    where: { id: batch.id },
    data: { state: 'committed', totals, rowsDone: batch.rowsTotal, committedAt: now, updatedAt: now },
  })
  const detail = {
    fileSha256: batch.fileSha256,
    source: batch.source,
    correct: batch.correct,
    rows: batch.rowsTotal,
  }
  const who = actor.kind === 'staff' ? { actorId: actor.id } : {}
  await recordAudit(
    { actorKind: actor.kind, ...who, action: 'import.committed', subjectId: batch.id, detail },
    tx,
  )
}

function refuseUnreadable(): never {
  throw new PostingRefused('unreadable row')
}
