import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import { createSupplier, importFile } from '#test/support/import-files.ts'
import { EXAMPLE_SHAPE, generateReceivables } from '#test/support/receivables-generator.ts'

const COMMAND = fileURLToPath(new URL('../../../scripts/import.ts', import.meta.url))
const shape = { ...EXAMPLE_SHAPE, others: { count: 101, minor: 500_000n }, customers: 12, disputed: 5 }
const { csv } = generateReceivables(3, shape)

function run(...args: string[]): { code: number | null; out: string; err: string } {
  const done = spawnSync(process.execPath, [COMMAND, ...args], { encoding: 'utf8' })
  return { code: done.status, out: done.stdout, err: done.stderr }
}

beforeAll(createSupplier)

test('A dry run shows what the file would do and books nothing; the run after it books', () => {
  const path = importFile(csv)
  const dry = run('invoices', path, '--dry-run')
  expect(dry).toMatchObject({ code: 0, out: expect.stringContaining('Nothing is booked yet') })
  expect(dry.out).toContain('200 for 10,725.06')
  const real = run('invoices', path, '--json')
  expect(real.code).toBe(0)
  expect(JSON.parse(real.out)).toMatchObject({
    state: 'committed',
    totals: { effects: { new: 200 } },
    errors: [],
  })
  expect(run('invoices', path).out).toContain('Unchanged')
})

test('Bad rows end with code 1, each with line, column and reason, in text and as JSON', () => {
  const lines = csv.split('\r\n')
  lines[4] = (lines[4] ?? '').replace('/2012', '/20x2')
  lines[9] = ''
    .concat(...(lines[9] ?? '').split(',').map((cell, index) => `${index === 6 ? '-5' : cell},`))
    .slice(0, -1)
  const path = importFile(lines.join('\n'))
  const text = run('invoices', path, '--source', 'broken')
  expect(text.code).toBe(1)
  expect(text.out).toMatch(/line 10, InvoiceAmount: .*\[AMOUNT_NOT_POSITIVE\]/)
  expect(text.out).toContain('Nothing was booked')
  const json = JSON.parse(run('invoices', path, '--source', 'broken', '--json').out)
  expect(json).toMatchObject({ state: 'refused' })
  expect(json.errors.some((error: { line: number; code: string }) => error.line === 10)).toBe(true)
})

test.each([
  [['invoices'], 'Name the CSV file'],
  [['invoices', 'a.csv', '--dry-run', '--commit'], 'Choose one of'],
  [['invoices', 'a.csv', '--nonsense'], 'nonsense'],
  [['bills', 'a.csv'], 'Say what to import'],
  [['invoices', 'no-such-file.csv'], 'cannot be read'],
])('A wrong command %j ends with code 2 and says what is wrong', (args, words) => {
  const { code, err } = run(...args)
  expect(code).toBe(2)
  expect(err).toContain(words)
})

test('A file that no profile fits names the profiles there are', () => {
  const { code, err } = run('invoices', importFile('a,b\n1,2\n'))
  expect(code).toBe(2)
  expect(err).toContain('receivables-history')
})
