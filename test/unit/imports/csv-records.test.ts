import { stringify } from 'csv-stringify/sync'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type CsvFormat, csvRecords, likelyDelimiter, UnreadableFile } from '#app/imports/csv-records.ts'
import type { FileRecord } from '#app/imports/layout.ts'

const AUTO: CsvFormat = { delimiter: 'auto', encoding: 'utf-8' }

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
}

async function read(content: string | Uint8Array, format = AUTO, size = 64): Promise<FileRecord[]> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
  const records: FileRecord[] = []
  for await (const record of csvRecords(pieces(bytes, size), format)) records.push(record)
  return records
}

async function problemOf(content: string | Uint8Array, format = AUTO) {
  const error = await read(content, format).then(
    () => null,
    (reason: unknown) => reason,
  )
  return error instanceof UnreadableFile ? error.problem : error
}

test('A record knows the line on which it starts, after empty lines and line breaks inside of cells', async () => {
  expect(await read('\uFEFFa,b\r\n1,"x\r\ny"\r\n\r\n3,4\r\n5,"6"')).toEqual([
    { line: 1, cells: ['a', 'b'] },
    { line: 2, cells: ['1', 'x\r\ny'] },
    { line: 5, cells: ['3', '4'] },
    { line: 6, cells: ['5', '6'] },
  ])
})

test.each([
  ['a;b;c', ';'],
  ['a\tb', '\t'],
  ['a|b|c,d', '|'],
  ['"a,b,c";d', ';'],
  ['alone', ','],
  ['a,b\n1;2;3;4', ','],
])('The header %j is divided by %j', (header, delimiter) => {
  expect(likelyDelimiter(header)).toBe(delimiter)
})

test('Whatever is written as CSV is read back, however the bytes are cut', async () => {
  const cell = fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => text.replaceAll('\0', ''))
  const row = fc.tuple(fc.string({ minLength: 1, unit: fc.constantFrom('x', 'ü', '漢') }), cell, cell)
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 40 }),
      async (rows, size) => {
        const text = stringify([['id', 'b', 'c'], ...rows], { quoted: true })
        const records = await read(text, { delimiter: ',', encoding: 'utf-8' }, size)
        expect(records.slice(1).map(({ cells }) => cells)).toEqual(rows)
      },
    ),
  )
})

test('Latin-1 is read when it was chosen and refused with advice when it was not', async () => {
  const bytes = Uint8Array.from([0x61, 0x0a, 0x42, 0xfc, 0x72, 0x6f, 0x0a])
  expect(await problemOf(bytes)).toMatchObject({
    code: 'FILE_NOT_UTF8',
    message: expect.stringContaining('Latin-1'),
  })
  expect(await read(bytes, { delimiter: 'auto', encoding: 'latin1' })).toContainEqual({
    line: 2,
    cells: ['Büro'],
  })
})

test('A character cut off at the end of the file is not UTF-8', async () => {
  expect(await problemOf(Uint8Array.from([0x61, 0x0a, 0x42, 0xc3]))).toMatchObject({ code: 'FILE_NOT_UTF8' })
})

test.each([
  ['an empty file', new Uint8Array(), 'FILE_EMPTY'],
  ['a spreadsheet', Uint8Array.from([0x50, 0x4b, 3, 4, 0]), 'FILE_NOT_TEXT'],
  ['UTF-16', Uint8Array.from([0xff, 0xfe, 0x61, 0]), 'FILE_NOT_UTF8'],
  ['a binary file', Uint8Array.from([0x61, 0, 0x62]), 'FILE_NOT_TEXT'],
  ['an open quotation mark', new TextEncoder().encode('a,b\n1,"2\n3,4\n'), 'FILE_NOT_CSV'],
  ['a quotation mark inside of a cell', new TextEncoder().encode('a,b\n1,x"y\n'), 'FILE_NOT_CSV'],
  ['a record without end', new TextEncoder().encode(`a,b\n1,"${'x'.repeat(1_100_000)}`), 'FILE_NOT_CSV'],
])('What is %s is refused as a whole', async (_name, content, code) => {
  expect(await problemOf(content)).toMatchObject({ code })
})
