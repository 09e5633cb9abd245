import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  type DataFolder,
  openDataFolder,
  readJson,
  releaseLock,
  resetDataFolder,
  takeLock,
  writeWhole,
} from '#scripts/supervisor/data-folder.ts'
import { demoSecrets } from '#scripts/supervisor/secrets.ts'

let root = ''
let folder: DataFolder

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'quittance data '))
  folder = openDataFolder(root)
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

test('the folder is closed to other accounts', () => {
  expect(statSync(folder.path('run')).mode & 0o777).toBe(0o700)
})

test('a free folder is taken and given back', () => {
  expect(takeLock(folder, 'a test')).toBeUndefined()
  expect(takeLock(folder, 'another')).toMatchObject({ pid: process.pid, purpose: 'a test' })
  releaseLock(folder)
  expect(takeLock(folder, 'another')).toBeUndefined()
})

test.each([
  ['a process that is gone', JSON.stringify({ pid: 2 ** 22 + 1, startedAt: '1', purpose: 'x' })],
  ['an earlier process with our number', JSON.stringify({ pid: process.pid, startedAt: '1', purpose: 'x' })],
  ['a write that was cut off', '{"pid":'],
])('the lock of %s is replaced', (_, text) => {
  writeFileSync(folder.path('lock'), text)
  expect(takeLock(folder, 'a test')).toBeUndefined()
  expect(readJson(folder.path('lock'))).toMatchObject({ pid: process.pid })
})

test('a lock of somebody else is not given back by us', () => {
  writeFileSync(folder.path('lock'), JSON.stringify({ pid: 1, startedAt: '1', purpose: 'x' }))
  releaseLock(folder)
  expect(existsSync(folder.path('lock'))).toBe(true)
})

test('a reset removes what is ours and nothing else', () => {
  writeFileSync(folder.path('seeded'), '')
  writeFileSync(folder.path('holiday.jpg'), '')
  resetDataFolder(folder)
  expect([existsSync(folder.path('seeded')), existsSync(folder.path('holiday.jpg'))]).toEqual([false, true])
})

test('secrets are invented once, differ between folders, and are closed to other accounts', () => {
  const first = demoSecrets(folder)
  expect(demoSecrets(folder)).toEqual(first)
  expect(statSync(folder.path('secrets.json')).mode & 0o777).toBe(0o600)
  const other = openDataFolder(join(root, 'other'))
  expect(demoSecrets(other).authSecret).not.toBe(first.authSecret)
})

test('without its secrets an existing database is not touched', () => {
  writeWhole(folder.path('postgres'), '')
  expect(() => demoSecrets(folder)).toThrow('--reset starts clean')
})
