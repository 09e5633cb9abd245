import { z } from 'zod'
import { asId } from '#app/books/ids.ts'
import { checkBatch } from '#app/imports/check-batch.server.ts'
import { commitBatch } from '#app/imports/commit-batch.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db, withTransaction } from '#app/platform/db.server.ts'
import { addJob, type JobHandlers } from '#app/platform/jobs.server.ts'

const checkPayload = z.object({ batchId: z.uuid() })
const commitPayload = z.object({ batchId: z.uuid(), personId: z.uuid() })

/** The jobs of imports; each may run again after a crash and then finds what is left to do. */
export const importJobHandlers: JobHandlers = {
  'imports:check': async (payload) => {
    const { batchId } = checkPayload.parse(payload)
    const batch = await db.importBatch.findUnique({ where: { id: batchId }, select: { state: true } })
    if (batch === null || batch.state === 'committing' || batch.state === 'committed') return
    await checkBatch(batchId)
  },
  'imports:commit': async (payload) => {
    const { batchId, personId } = commitPayload.parse(payload)
    await commitBatch(batchId, { actor: { kind: 'staff', id: personId } })
  },
}

/** Asks the worker to check a wholly staged batch; `correct` says whether booked invoices may be corrected. */
export async function requestCheck(batchId: string, correct?: boolean): Promise<void> {
  await withTransaction(async (tx) => {
    const { count } = await tx.importBatch.updateMany({
      where: { id: batchId, rowsTotal: { gt: 0 }, state: { in: ['staging', 'checked', 'refused'] } },
      data: {
        state: 'staging',
        rowsDone: 0,
        updatedAt: await readNow(tx),
        ...(correct === undefined ? {} : { correct }),
      },
    })
    if (count === 1) await addJob(tx, 'imports:check', { batchId }, { key: `imports:check:${batchId}` })
  })
}

/** Asks the worker to book a checked batch. False when it is not checked, or somebody else asked before. */
export async function requestCommit(batchId: string, personId: string): Promise<boolean> {
  return withTransaction(async (tx) => {
    const { count } = await tx.importBatch.updateMany({
      where: { id: asId<'bat'>(batchId), state: 'checked' },
      data: { state: 'committing', rowsDone: 0, updatedAt: await readNow(tx) },
    })
    if (count === 0) return false
    await addJob(tx, 'imports:commit', { batchId, personId }, { key: `imports:commit:${batchId}` })
    return true
  })
}
