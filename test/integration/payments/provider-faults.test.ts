/**
 * Every write at a provider meets every way in which a provider can fail it. Whatever was heard, nothing is done twice, nothing is
 * called a failure that may have been done, and in the end it is done once and known. In `npm test` each write meets a time-out
 * after it was carried out and one more; FAULT_SCRIPTS=all tries them all.
 */
import { globSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { GatewayFault } from '#app/gateways/gateway-fault.ts'
import { createPlaidProvider } from '#app/gateways/plaid/client.server.ts'
import { createStripeProcessor } from '#app/gateways/stripe/client.server.ts'
import * as operations from '#app/payments/writes/operations.ts'
import { projectPath } from '#scripts/supervisor/node-services.ts'
import { type BankWorld, openBankWorld } from '#test/support/bank-world.ts'
import { WEBHOOK_SECRET } from '#test/support/card-world.ts'
import { breaches } from '#test/support/money-back.ts'
import { PLAID_KEYS } from '#test/support/plaid.ts'
import { type Providers, WRITE_ROWS } from '#test/support/provider-writes.ts'

/** What happens to the request; each lasts for all the tries that one call makes. */
const SCRIPTS = [
  ['a time-out after the work', { kind: 'timeout', count: 4 }],
  ['a time-out before the work', { kind: 'timeout', stage: 'before', count: 4 }],
  ['a connection that is cut after the work', { kind: 'reset', count: 6 }],
  ['a connection that is cut before the work', { kind: 'reset', stage: 'before', count: 6 }],
  ['half an answer', { kind: 'malformed', count: 6 }],
  ['a conflict', { kind: 'status', status: 409, count: 6 }],
  ['too many requests', { kind: 'status', status: 429, count: 6 }],
  ['a server that is not there', { kind: 'status', status: 503, count: 6 }],
  [
    'a failure after the work, which is remembered',
    { kind: 'status', status: 500, stage: 'after', count: 1 },
  ],
  ['a late answer', { kind: 'slow', delay_ms: 900, count: 1 }],
] as const
const isWhole = process.env.FAULT_SCRIPTS === 'all'
const IMPATIENCE_MS = 500

/** A time-out that came after the work, and one more in turn, or all. */
const cases = WRITE_ROWS.flatMap((row, place) =>
  SCRIPTS.filter((_, script) => isWhole || script === 0 || script === 1 + (place % (SCRIPTS.length - 1))).map(
    ([what, fault]) => ({ operation: row.operation, row, what, fault }),
  ),
)

let world: BankWorld
let impatient: Providers
beforeAll(async () => {
  world = await openBankWorld()
  const timeoutMs = IMPATIENCE_MS
  const api = { host: '127.0.0.1', port: world.sandbox.port, protocol: 'http' } as const
  impatient = {
    processor: createStripeProcessor({
      ...{ secretKey: 'sk_test_sandbox', webhookSecrets: [WEBHOOK_SECRET], api, timeoutMs },
    }),
    banks: createPlaidProvider({ ...PLAID_KEYS, baseUrl: `${world.sandbox.url}/plaid`, timeoutMs }),
  }
})
afterAll(() => world.stop())
beforeEach(() => world.sandbox.control('DELETE', 'faults'))

test.each(cases)('$operation meets $what', { timeout: 120_000 }, async ({ row, what, fault }) => {
  const { act, recover, effects, isDone } = await row.begin(world)
  const { method, path } = row
  await world.sandbox.control('POST', 'faults', { ...fault, method, path })
  await act(fault.kind === 'timeout' ? impatient : world).catch((error: unknown) => {
    if (!(error instanceof GatewayFault)) throw error
    expect(error.kind, 'a fault of the provider is no refusal').not.toBe('rejected')
  })
  const { faults } = await world.sandbox.control<{ faults: { remaining: number }[] }>('GET', 'faults')
  expect(faults[0]?.remaining ?? 0, 'the fault was met').toBeLessThan(fault.count)
  await world.sandbox.control('DELETE', 'faults')
  expect(await effects()).toBeLessThanOrEqual(1)
  await recover(what.includes('remembered'))
  expect({ effects: await effects(), isDone: await isDone() }).toEqual({ effects: 1, isDone: true })
  expect(await breaches()).toEqual([])
})

/** Names that gateways give to calls that write. */
function writesOfGateways(): string[] {
  const files = globSync('app/gateways/{stripe,plaid}/**/*.server.ts', { cwd: projectPath('.') })
  const text = files.map((file) => readFileSync(projectPath(file), 'utf8')).join('\n')
  return [
    ...new Set([...text.matchAll(/\bwrite(?:OrFind)?\(\s*'([\w.]+)'/g)].flatMap((match) => match[1] ?? [])),
  ]
}

/** A visit that keeps a method is a checkout as well; an older kind of account is detached in its own way. */
const ALSO_KNOWN_AS: Readonly<Record<string, string>> = {
  'setups.create': 'checkout.sessions.create',
  'customers.deleteSource': 'payment_methods.detach',
}
/** The portal asks for no opinion on debits and reports nothing; a test below sees to that. */
const NOT_USED = ['signal.decision.report', 'signal.return.report']

test('every write of the gateways, and every stored operation, has its row', () => {
  const rows = WRITE_ROWS.map(({ operation }) => ALSO_KNOWN_AS[operation] ?? operation)
  expect([...new Set([...rows, ...NOT_USED])].toSorted()).toEqual(writesOfGateways().toSorted())
  const stored = Object.values(operations).filter((each) => typeof each === 'string')
  expect(rows).toEqual(expect.arrayContaining(stored))
})

test('what has no row is called by nobody', () => {
  const rooms = globSync('app/**/*.{ts,tsx}', { cwd: projectPath('.') }).filter(
    (file) => !file.startsWith('app/gateways/') && !file.includes('/generated/'),
  )
  const callers = rooms.filter((file) =>
    /\b(reportDecision|reportReturn)\b/.test(readFileSync(projectPath(file), 'utf8')),
  )
  expect(callers).toEqual([])
})
