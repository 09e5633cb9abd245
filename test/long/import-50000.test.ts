import { expect, test } from 'vitest'
import { checkBatch } from '#app/imports/check-batch.server.ts'
import { commitBatch } from '#app/imports/commit-batch.server.ts'
import { receivablesHistory } from '#app/imports/shipped-profiles.ts'
import { stageFile } from '#app/imports/stage-file.server.ts'
import { bookFigures, createSupplier, importFile } from '#test/support/import-files.ts'
import { EXAMPLE_SHAPE, generateReceivables } from '#test/support/receivables-generator.ts'

const LONGEST_MS = 60_000
const MOST_MEMORY_BYTES = 400 * 1024 * 1024
const ROWS = 50_000
const SEED = Number(process.env.TEST_SEED ?? 50)

test('50,000 rows are staged, checked and booked within a minute and in modest memory', {
  timeout: 180_000,
}, async () => {
  await createSupplier()
  const { csv, totalMinor } = generateReceivables(SEED, {
    ...EXAMPLE_SHAPE,
    customers: 1_000,
    others: { count: ROWS - 99, minor: 299_400_000n },
  })
  const path = importFile(csv)
  const memoryBefore = process.memoryUsage().rss
  let memoryMost = memoryBefore
  const watch = setInterval(() => {
    memoryMost = Math.max(memoryMost, process.memoryUsage().rss)
  }, 50)
  const startedAt = performance.now()
  const seconds = (): string => ((performance.now() - startedAt) / 1000).toFixed(1)

  const staged = await stageFile({ path, fileName: 'large.csv', profile: receivablesHistory })
  if (!staged.ok) throw new Error(staged.problem.message)
  const stagedAfter = seconds()
  expect(await checkBatch(staged.batchId)).toBe('checked')
  const checkedAfter = seconds()
  const committed = await commitBatch(staged.batchId, { actor: { kind: 'command' } })
  const tookMs = performance.now() - startedAt
  clearInterval(watch)

  const grownMb = Math.round((memoryMost - memoryBefore) / 1024 / 1024)
  console.log(
    `staged ${stagedAfter} s, checked ${checkedAfter} s, booked ${seconds()} s, memory +${grownMb} MB`,
  )
  expect(committed).toMatchObject({
    ok: true,
    totals: { booked: { USD: { count: ROWS, totalMinor: totalMinor.toString() } } },
  })
  expect(await bookFigures()).toMatchObject({ invoices: String(ROWS), balance: '0', receivable: '0' })
  expect(tookMs).toBeLessThan(LONGEST_MS)
  expect(memoryMost - memoryBefore).toBeLessThan(MOST_MEMORY_BYTES)
})
