import { expect, test } from 'vitest'
import { isDatabaseLoss } from '#app/platform/database-loss.ts'

const inAdapter = (cause: object) => ({ code: 'P2010', meta: { driverAdapterError: { cause } } })

test.each([
  ['Prisma finds the connection closed', { code: 'P1017' }],
  ['no transaction could be had in time', { code: 'P2028' }],
  ['a raw query finds it closed', inAdapter({ kind: 'ConnectionClosed' })],
  ['a raw query is told that the server ends', inAdapter({ originalCode: '57P01', kind: 'postgres' })],
  ['the adapter itself reaches nobody', { cause: { kind: 'DatabaseNotReachable' } }],
  ['the server starts', { code: '57P03' }],
  ['the server has no connection left', { code: '53300' }],
  ['a connection fails', { code: '08006' }],
  ['the socket is reset', { code: 'ECONNRESET', syscall: 'read' }],
  ['the driver says so', new Error('Connection terminated unexpectedly')],
  ['no connection is free in time', new Error('timeout exceeded when trying to connect')],
])('the database is lost when %s', (_, error) => {
  expect(isDatabaseLoss(error)).toBe(true)
})

test.each([
  ['a unique index', { code: 'P2002' }],
  ['a rule of the books', inAdapter({ originalCode: 'P0001', kind: 'postgres' })],
  [
    'a provider that cannot be reached',
    Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNREFUSED', syscall: 'connect' } }),
  ],
  ['a defect', new Error('a payment without a customer')],
  ['a text', 'P1017'],
  ['nothing', null],
])('%s is no loss of the database', (_, error) => {
  expect(isDatabaseLoss(error)).toBe(false)
})
