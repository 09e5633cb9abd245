import { expect, test } from 'vitest'
import { conflictWaitMs, isWriteConflict, retryConflicts } from '#app/platform/write-conflict.ts'

test.each([
  ['Prisma says so', { code: 'P2034' }],
  ['no transaction could be had', { code: 'P2028' }],
  [
    'a raw query, adapter kind',
    { code: 'P2010', meta: { driverAdapterError: { cause: { kind: 'TransactionWriteConflict' } } } },
  ],
  [
    'a raw query, SQLSTATE',
    { code: 'P2010', meta: { driverAdapterError: { cause: { originalCode: '40P01' } } } },
  ],
  ['the adapter itself', { cause: { kind: 'TransactionWriteConflict' } }],
  ['the driver', { code: '40001' }],
])('a lost race is recognised when %s', (_, error) => {
  expect(isWriteConflict(error)).toBe(true)
})

test.each([
  ['a unique index', { code: 'P2002' }],
  [
    'another raw error',
    { code: 'P2010', meta: { driverAdapterError: { cause: { originalCode: '23514' } } } },
  ],
  ['a text', '40001'],
  ['nothing', undefined],
])('%s is no lost race', (_, error) => {
  expect(isWriteConflict(error)).toBe(false)
})

test('an error that is its own cause ends the search', () => {
  const error: { cause?: unknown } = {}
  error.cause = error
  expect(isWriteConflict(error)).toBe(false)
})

test('nine lost races and then a win give the result', async () => {
  let tries = 0
  const result = await retryConflicts(
    async () => {
      tries += 1
      if (tries < 10) throw { code: '40001' }
      return 'won'
    },
    async () => {},
  )
  expect([result, tries]).toEqual(['won', 10])
})

test('the tenth lost race is thrown', async () => {
  let tries = 0
  const work = async (): Promise<never> => {
    tries += 1
    throw { code: 'P2034' }
  }
  await expect(retryConflicts(work, async () => {})).rejects.toEqual({ code: 'P2034' })
  expect(tries).toBe(10)
})

test('any other error is thrown at once', async () => {
  let tries = 0
  const work = async (): Promise<never> => {
    tries += 1
    throw new Error('no')
  }
  await expect(retryConflicts(work, async () => {})).rejects.toThrow('no')
  expect(tries).toBe(1)
})

test('waits double up to half a second, with full jitter', () => {
  expect([1, 2, 3, 9].map((attempt) => conflictWaitMs(attempt, () => 1))).toEqual([10, 20, 40, 500])
  expect(conflictWaitMs(5, () => 0)).toBe(0)
})
