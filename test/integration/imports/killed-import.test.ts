import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import { db } from '#app/platform/db.server.ts'
import { bookFigures, createSupplier, importFile } from '#test/support/import-files.ts'
import { EXAMPLE_SHAPE, generateReceivables } from '#test/support/receivables-generator.ts'

const CHILD = fileURLToPath(new URL('../../support/staging-child.ts', import.meta.url))
const ROWS = 3_599
const file = generateReceivables(6, { ...EXAMPLE_SHAPE, others: { count: ROWS - 99, minor: 36_000_000n } })

/** Runs the child until it says a line that `until` accepts, then kills it; without `until` it runs to its end. */
async function run(path: string, until?: (line: string) => boolean): Promise<string[]> {
  const child: ChildProcess = spawn(process.execPath, [CHILD, path], { stdio: ['ignore', 'pipe', 'inherit'] })
  const gone = new Promise((resolve) => child.once('exit', resolve))
  const said: string[] = []
  if (child.stdout === null) throw new Error('no output')
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line)
    if (until?.(line)) child.kill('SIGKILL')
  }
  await gone
  return said
}

beforeAll(createSupplier)

test('An import that is killed while it reads and again while it books goes on and books everything once', async () => {
  const path = importFile(file.csv)

  await run(path, (line) => line.startsWith('staged 2000'))
  const cut = await db.importBatch.findFirstOrThrow()
  expect(cut.state).toBe('staging')
  expect(cut.rowsTotal).toBe(0)
  expect(cut.rowsStaged).toBeGreaterThanOrEqual(2_000)
  expect(cut.rowsStaged).toBeLessThan(ROWS)
  expect(await db.importRow.count()).toBe(cut.rowsStaged)

  const second = await run(path, (line) => line.startsWith('booked 2000'))
  expect(second).toContain(`resumed after ${cut.rowsStaged}`)
  expect(second).not.toContain('staged 1000')
  expect(await db.importBatch.findFirstOrThrow()).toMatchObject({ state: 'committing', rowsTotal: ROWS })
  expect(await bookFigures()).toMatchObject({ invoices: '0', customers: '0', journals: '0' })

  const third = await run(path)
  expect(third.at(-1)).toBe('committed')
  expect(await db.importBatch.count()).toBe(1)
  expect(await bookFigures()).toMatchObject({
    invoices: String(ROWS),
    payments: String(ROWS),
    total: file.totalMinor.toString(),
    balance: '0',
    receivable: '0',
  })

  const fourth = await run(path)
  expect(fourth.at(-1)).toBe('committed')
  expect(await bookFigures()).toMatchObject({ invoices: String(ROWS), payments: String(ROWS) })
}, 300_000)
