import { afterEach, expect, test, vi } from 'vitest'
import { parseEnv } from '#app/platform/env-schema.ts'
import { PLAID_CLIENT_ID, PLAID_SECRET } from '#scripts/sandbox/plaid/api/plaid-keys.ts'
import { type Environment, productEnvironment } from '#scripts/supervisor/environment.ts'

afterEach(() => vi.unstubAllEnvs())

const folder = { root: '/data', path: (...parts: string[]) => ['/data', ...parts].join('/') }
const ports = { postgres: 5001, anvil: 5002, sandbox: 5003, smtp: 5004 }
const secrets = {
  authSecret: 'x'.repeat(32),
  passwords: { superuser: 'a', owner: 'b', app: 'c' },
  stripeSecretKey: 'sk_test_abc',
  stripeWebhookSecret: 'whsec_abc',
  ledgerWriterKey: `0x${'1'.repeat(64)}`,
}

function environment(sandbox: boolean, outside: Environment = {}): Environment {
  // The test runner has a MODE of its own.
  for (const [name, value] of Object.entries({ MODE: 'demo', ...outside })) vi.stubEnv(name, value)
  return productEnvironment(folder, { database: true, chain: true, sandbox }, ports, secrets)
}

test("a product with the sandbox links banks there, with the sandbox's keys, whatever keys lie about", () => {
  const real = { PLAID_CLIENT_ID: 'real', PLAID_SECRET: 'real', PLAID_ENV: 'production' }
  expect(parseEnv(environment(true, real)).plaid).toMatchObject({
    clientId: PLAID_CLIENT_ID,
    secret: PLAID_SECRET,
    isLive: false,
    baseUrl: 'http://127.0.0.1:5003/plaid',
    pageOrigins: ['http://127.0.0.1:5003', 'http://localhost:5003'],
  })
})

test('a product with a card processor of its own takes the keys for Plaid that it is given, or none', () => {
  const own = { STRIPE_SECRET_KEY: 'sk_test_own', STRIPE_WEBHOOK_SECRET: 'whsec_own' }
  expect(parseEnv(environment(false, own)).plaid).toBeUndefined()
  const plaid = { PLAID_CLIENT_ID: 'own', PLAID_SECRET: 'own', PLAID_ENV: 'sandbox' }
  expect(parseEnv(environment(false, { ...own, ...plaid })).plaid).toMatchObject({
    clientId: 'own',
    baseUrl: 'https://sandbox.plaid.com',
  })
})
