import { TotalsCounter } from '#app/imports/control-totals.ts'
import { duplicatesOf, planRows, stagedRows } from '#app/imports/plan-rows.server.ts'
import { getSupplier } from '#app/parties/supplier.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db } from '#app/platform/db.server.ts'
import { businessDateIn } from '#app/platform/time.ts'

const CHUNK = 1_000

/**
 * The dry run: what each row would do to the books as they are now, every error, and the control totals. Writes the
 * batch alone; may be repeated at any time before the commit. Ends in state `checked`, or `refused` with a bad row.
 */
export async function checkBatch(
  batchId: string,
  onProgress?: (progress: { rowsDone: number; rowsTotal: number }) => void,
): Promise<'checked' | 'refused'> {
  const batch = await db.importBatch.findUniqueOrThrow({ where: { id: batchId } })
  if (batch.state === 'committed' || batch.state === 'committing')
    throw new Error(`batch ${batchId} is ${batch.state}: it cannot be checked again`)
  if (batch.rowsTotal === 0) throw new Error(`batch ${batchId} is not wholly staged`)
  const today = businessDateIn((await getSupplier()).timeZone, await readNow())
  const duplicates = await duplicatesOf(db, batchId)
  const counter = new TotalsCounter()
  let rowsDone = 0
  for await (const chunk of stagedRows(db, batchId, CHUNK)) {
    const invoices = chunk.flatMap(({ invoice }) => (invoice === null ? [] : [invoice]))
    const planned = await planRows(db, batch, invoices, { duplicates, today })
    for (const { invoice, plan, customerId } of planned) counter.add(invoice, plan, customerId !== null)
    for (const { invoice } of chunk) if (invoice === null) counter.addUnreadable()
    await writeEffects(
      batchId,
      planned.map(({ lineNo, plan }) => ({ lineNo, effect: plan.effect, errors: plan.errors })),
    )
    rowsDone += invoices.reduce((total, { records }) => total + records, 0)
    await db.importBatch.updateMany({ where: { id: batchId }, data: { rowsDone } })
    onProgress?.({ rowsDone, rowsTotal: batch.rowsTotal })
  }
  const totals = counter.totals()
  const rowsBad = totals.effects.bad ?? 0
  const state = rowsBad > 0 ? 'refused' : 'checked'
  const updated = await db.importBatch.updateMany({
    where: { id: batchId, state: { in: ['staging', 'checked', 'refused'] } },
    data: { state, totals, rowsBad, rowsDone: 0, updatedAt: await readNow() },
  })
  if (updated.count !== 1) throw new Error(`batch ${batchId} was taken by another run while it was checked`)
  return state
}

async function writeEffects(
  batchId: string,
  rows: readonly { lineNo: number; effect: string; errors: unknown }[],
): Promise<void> {
  await db.$executeRaw`
    UPDATE import_row SET effect = r.effect, errors = r.errors
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r("lineNo" integer, effect text, errors jsonb)
     WHERE batch_id = ${batchId}::uuid AND line_no = r."lineNo"`
}
