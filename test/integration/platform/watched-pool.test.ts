import type pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isDatabaseLoss } from '#app/platform/database-loss.ts'
import { createWatchedPool } from '#app/platform/watched-pool.server.ts'
import { testDatabase } from '#test/support/database.ts'
import { startTcpProxy, type TcpProxy } from '#test/support/tcp-proxy.ts'

let network: TcpProxy
let pool: pg.Pool
beforeEach(async () => {
  const address = new URL(testDatabase.url)
  network = await startTcpProxy([Number(address.port)])
  address.port = String(network.port)
  const config = { connectionString: address.href, max: 2, connectionTimeoutMillis: 2_000 }
  pool = createWatchedPool(config, { lookEveryMs: 100, suspectAfterMs: 400, probeLimitMs: 1_500 })
  pool.on('error', () => {})
})
afterEach(async () => {
  network.resume()
  await pool.end()
  await network.close()
})

test('a network that falls silent fails what waits as a loss of the database, and the pool is whole again after it', async () => {
  await pool.query('SELECT 1')
  network.stall()
  const asked = await Promise.allSettled([1, 2].map(() => pool.query('SELECT 1')))
  const reasons = asked.map((each) => (each.status === 'rejected' ? each.reason : 'answered'))
  expect(reasons.map((reason) => isDatabaseLoss(reason))).toEqual([true, true])
  network.resume()
  const [row] = (await pool.query<{ one: number }>('SELECT 1 AS one')).rows
  expect([row?.one, pool.totalCount]).toEqual([1, 1])
})

test('an answer that was lost on the way ends its wait, though the server can be reached', async () => {
  await pool.query('SELECT 1')
  const lost = network.lose({ text: 'SELECT 2', when: 'forgotten', ending: 'reset' }, 5_000)
  const asked = pool.query('SELECT 2').catch((error: unknown) => error)
  expect(await lost).toBe(true)
  expect(isDatabaseLoss(await asked)).toBe(true)
})

test('a long statement is waited for: the server is at work on it', async () => {
  const { rows } = await pool.query<{ done: string }>("SELECT 'yes' AS done, pg_sleep(3)")
  expect(rows[0]?.done).toBe('yes')
})
