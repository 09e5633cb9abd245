import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { prepareState, stateFile } from '#scripts/supervisor/anvil-state.ts'

const whole = (block: number): string => JSON.stringify({ block, accounts: {} })
let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'quittance-anvil-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const write = (name: string, text: string): void => writeFileSync(join(folder, name), text)

test('a whole state file is kept', async () => {
  write('state.json', whole(3))
  write('good-1.json', whole(2))
  expect(await prepareState(folder)).toBe('kept')
  expect(readFileSync(stateFile(folder), 'utf8')).toBe(whole(3))
})

test.each([
  ['the newest copy', whole(2), whole(2)],
  ['the older one, when the newest is cut off too', whole(2).slice(0, 5), whole(1)],
])('a cut-off file is replaced by %s', async (_, newest, expected) => {
  write('state.json', whole(3).slice(0, -4))
  write('good-1.json', newest)
  write('good-2.json', whole(1))
  expect(await prepareState(folder)).toBe('copy')
  expect(readFileSync(stateFile(folder), 'utf8')).toBe(expected)
})

test('with nothing whole the chain begins anew', async () => {
  write('state.json', '{')
  write('good-1.json', '')
  expect(await prepareState(folder)).toBe('genesis')
  expect(() => readFileSync(stateFile(folder))).toThrow('ENOENT')
})
