/** Stages, checks and books a file in a process of its own, which a test may kill: node staging-child.ts FILE. */
import { checkBatch } from '#app/imports/check-batch.server.ts'
import { commitBatch } from '#app/imports/commit-batch.server.ts'
import { receivablesHistory } from '#app/imports/shipped-profiles.ts'
import { stageFile } from '#app/imports/stage-file.server.ts'
import { db } from '#app/platform/db.server.ts'

const path = process.argv[2] ?? ''
const staged = await stageFile({
  path,
  fileName: 'killed.csv',
  profile: receivablesHistory,
  onProgress: ({ rows }) => console.log(`staged ${rows}`),
})
if (!staged.ok) throw new Error(staged.problem.message)
console.log(`resumed after ${staged.resumedAfterRows}`)
const { state } = await db.importBatch.findUniqueOrThrow({ where: { id: staged.batchId } })
if (state !== 'committing') await checkBatch(staged.batchId)
const committed = await commitBatch(staged.batchId, {
  actor: { kind: 'command' },
  onProgress: ({ rowsDone }) => console.log(`booked ${rowsDone}`),
})
console.log(committed.ok ? 'committed' : committed.reason)
await db.$disconnect()
