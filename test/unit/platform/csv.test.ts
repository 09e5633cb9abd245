import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { csvText, textCell } from '#app/platform/csv.server.ts'

async function written(header: readonly string[], rows: readonly (readonly string[])[]): Promise<string> {
  let text = ''
  for await (const part of csvText(header, rows)) text += part
  return text
}

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1'])(
  'no spreadsheet runs %j',
  (text) => {
    expect(textCell(text)).toBe(`'${text}`)
  },
)

test('harmless text stays as it is, and nothing is an empty cell', () => {
  expect(['PO-7', '10% = off', '', null].map(textCell)).toEqual(['PO-7', '10% = off', '', ''])
})

test('what is written is read back, however odd the texts', async () => {
  const cell = fc.string({ unit: 'binary', maxLength: 12 }).filter((text) => text.isWellFormed())
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(cell, cell, cell), { maxLength: 20 }), async (rows) => {
      const text = await written(['a', 'b', 'c'], rows)
      expect(parse(text, { record_delimiter: '\r\n' })).toEqual([['a', 'b', 'c'], ...rows])
    }),
  )
})

test('a long file comes in parts, the head first', async () => {
  const rows = Array.from({ length: 1000 }, (_, index) => [String(index)])
  const parts: string[] = []
  for await (const part of csvText(['n'], rows)) parts.push(part)
  expect(parts[0]).toBe('n\r\n')
  expect(parts.length).toBeGreaterThan(3)
  expect(parts.join('').trimEnd().split('\r\n')).toHaveLength(1001)
})
