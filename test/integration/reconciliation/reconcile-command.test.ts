import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test, vi } from 'vitest'
import { createSupplier } from '#test/support/books.ts'
import { asSuperuser } from '#test/support/reconcile-world.ts'

const COMMAND = fileURLToPath(new URL('../../../scripts/reconcile.ts', import.meta.url))

function run(args: readonly string[] = [], settings: NodeJS.ProcessEnv = {}) {
  const env = { ...process.env, ...settings }
  const done = spawnSync(process.execPath, [COMMAND, ...args], { encoding: 'utf8', env })
  return { code: done.status, out: done.stdout, err: done.stderr }
}

beforeAll(createSupplier)
// Each run loads the whole product in a process of its own, which takes its time where others work too.
vi.setConfig({ testTimeout: 180_000 })

test('sides that agree end with code 0', () => {
  expect(run()).toMatchObject({ code: 0, out: expect.stringContaining('All sides agree.') })
})

test('a difference ends with code 1, in words with the next step, and as data', async () => {
  await asSuperuser(`INSERT INTO provider_transaction (id, kind, type, reporting_category, amount_minor, fee_minor, net_minor, is_rounded, currency, source_id,
    status, created_at, available_on, read_at)
    VALUES ('txn_1', 'payment', 'charge', 'charge', 5250, 0, 5250, false, 'USD', 'ch_stranger', 'available', now() - interval '1 day', now(), now())`)
  const text = run()
  expect(text.code).toBe(1)
  for (const words of ['missing-in-books  ch_stranger  (ar)', 'Next: Open the charge', 'card service $52.50'])
    expect.soft(text.out, words).toContain(words)
  const data = run(['--json'])
  expect(data.code).toBe(1)
  expect(JSON.parse(data.out)).toMatchObject({
    open: 1,
    counts: { kinds: { 'reconcile.missing-in-books': 1 }, chain: null },
    differences: [{ kind: 'missing-in-books', subject: 'ch_stranger', facts: { providerMinor: '5250' } }],
  })
})

test.each([
  ['a day that is none', ['--from', 'monday'], {}, 'Not a date'],
  ['an option that is none', ['--nonsense'], {}, 'nonsense'],
  [
    'a processor that does not answer',
    [],
    {
      STRIPE_SECRET_KEY: 'sk_test_nobody',
      STRIPE_WEBHOOK_SECRET: 'whsec_nobody',
      STRIPE_API_HOST: '127.0.0.1',
      STRIPE_API_PORT: '1',
      STRIPE_API_PROTOCOL: 'http',
    },
    'balance_transactions.list',
  ],
])('%s ends with code 2 and says what is wrong', (_name, args, settings, words) => {
  const { code, err } = run(args, settings)
  expect(code).toBe(2)
  expect(err).toContain(words)
})
