import { PlaidEnvironments } from 'plaid'
import { expect, test } from 'vitest'
import { EnvironmentError, parseEnv } from '#app/platform/env-schema.ts'

const minimal = {
  DATABASE_URL: 'postgresql://quittance_app:secret@127.0.0.1:5432/quittance',
  AUTH_SECRET: 'x'.repeat(32),
}
const sandbox = {
  STRIPE_SECRET_KEY: 'sk_test_abc',
  STRIPE_WEBHOOK_SECRET: 'whsec_abc',
  STRIPE_API_HOST: '127.0.0.1',
  STRIPE_API_PORT: '4010',
  STRIPE_API_PROTOCOL: 'http',
}
const plaid = { PLAID_CLIENT_ID: 'client', PLAID_SECRET: 'secret', PLAID_ENV: 'sandbox' }
const livePlaid = { ...plaid, PLAID_ENV: 'production' }
const localPlaid = { PLAID_BASE_URL: 'http://127.0.0.1:4010/plaid' }
const production = { ...minimal, MODE: 'production', APP_ORIGIN: 'https://pay.example.test' }
const stripe = { STRIPE_SECRET_KEY: 'sk_test_abc', STRIPE_WEBHOOK_SECRET: 'whsec_abc' }
const live = { STRIPE_SECRET_KEY: 'sk_live_abc', STRIPE_WEBHOOK_SECRET: 'whsec_abc' }

test('a database and a secret are enough for a demo; everything else has a default or is off', () => {
  const env = parseEnv(minimal)
  expect(env).toMatchObject({
    mode: 'demo',
    web: { port: 3000, origin: 'http://localhost:3000', listenHost: '127.0.0.1', trustedProxies: 0 },
    database: { url: minimal.DATABASE_URL, ownerUrl: minimal.DATABASE_URL },
    chain: undefined,
    stripe: undefined,
  })
})

test('the settings are frozen, their groups too', () => {
  const env = parseEnv(minimal)
  expect(Object.isFrozen(env) && Object.isFrozen(env.web) && Object.isFrozen(env.database)).toBe(true)
})

test('an empty value counts as not set', () => {
  expect(parseEnv({ ...minimal, PORT: '', STRIPE_SECRET_KEY: ' ' }).web.port).toBe(3000)
})

test('NODE_ENV=production means production mode unless MODE says otherwise', () => {
  expect(parseEnv({ ...production, MODE: undefined, NODE_ENV: 'production' }).isProduction).toBe(true)
  expect(parseEnv({ ...minimal, MODE: 'demo', NODE_ENV: 'production' }).isProduction).toBe(false)
})

test('the sandbox is reached with a test key in demo mode', () => {
  expect(parseEnv({ ...minimal, ...sandbox }).stripe).toMatchObject({
    isLive: false,
    webhookSecrets: ['whsec_abc'],
    api: { host: '127.0.0.1', port: 4010, protocol: 'http' },
  })
})

test('two webhook secrets are good while one is rotated', () => {
  const env = parseEnv({ ...minimal, ...stripe, STRIPE_WEBHOOK_SECRET: 'whsec_old,whsec_new' })
  expect(env.stripe?.webhookSecrets).toEqual(['whsec_old', 'whsec_new'])
})

test('a test key at Stripe itself is fine for staging, a live key for production', () => {
  expect(parseEnv({ ...production, ...stripe }).stripe?.isLive).toBe(false)
  expect(parseEnv({ ...production, ...live }).stripe?.isLive).toBe(true)
})

test("Plaid is reached at its own addresses, or in a demo at the sandbox's", () => {
  expect(parseEnv(minimal).plaid).toBeUndefined()
  expect(parseEnv({ ...minimal, ...sandbox, ...plaid, ...localPlaid }).plaid).toEqual({
    clientId: 'client',
    secret: 'secret',
    isLive: false,
    baseUrl: 'http://127.0.0.1:4010/plaid',
    pageOrigins: ['http://127.0.0.1:4010', 'http://localhost:4010'],
  })
  expect(parseEnv({ ...production, ...stripe, ...plaid }).plaid?.baseUrl).toBe(PlaidEnvironments.sandbox)
  expect(parseEnv({ ...production, ...live, ...livePlaid }).plaid).toMatchObject({
    isLive: true,
    baseUrl: PlaidEnvironments.production,
    pageOrigins: ['https://secure.plaid.com'],
  })
})

test.each([
  [
    'a live key outside production',
    { ...minimal, ...live },
    'live key: it is refused unless MODE=production',
  ],
  [
    'a live key with another host',
    { ...production, ...sandbox, ...live },
    'may not be sent to an overridden STRIPE_API_HOST',
  ],
  [
    'another provider host in production',
    { ...production, ...sandbox },
    'STRIPE_API_HOST is refused in production',
  ],
  [
    'a key without its webhook secret',
    { ...minimal, STRIPE_SECRET_KEY: 'sk_test_a' },
    'STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET must be set together',
  ],
  [
    'a part of the keys for Plaid',
    { ...minimal, PLAID_CLIENT_ID: 'client', PLAID_ENV: 'sandbox' },
    'PLAID_CLIENT_ID, PLAID_SECRET and PLAID_ENV must be set together',
  ],
  ['an address of Plaid without keys', { ...minimal, ...localPlaid }, 'PLAID_BASE_URL needs PLAID_CLIENT_ID'],
  [
    'live Plaid at another address',
    { ...production, ...livePlaid, ...localPlaid },
    'may not be sent to an overridden PLAID_BASE_URL',
  ],
  [
    'live Plaid outside production',
    { ...minimal, ...livePlaid },
    'PLAID_ENV is production: it is refused unless MODE=production',
  ],
  [
    'the local Plaid in production',
    { ...production, ...plaid, ...localPlaid },
    'PLAID_BASE_URL is refused in production mode',
  ],
  [
    'live Stripe with the sandbox of Plaid',
    { ...production, ...live, ...plaid },
    'PLAID_ENV is sandbox, but STRIPE_SECRET_KEY is a live key',
  ],
  [
    'live Plaid with a test key of Stripe',
    { ...production, ...stripe, ...livePlaid },
    'PLAID_ENV is production, but STRIPE_SECRET_KEY is a test key',
  ],
  [
    'a chain without a writer',
    { ...minimal, CHAIN_RPC_URL: 'http://127.0.0.1:8545' },
    'CHAIN_RPC_URL and LEDGER_WRITER_KEY must be set together',
  ],
  [
    'an admin that is no address',
    { ...minimal, LEDGER_ADMIN_ADDRESS: '0x12' },
    'LEDGER_ADMIN_ADDRESS is not valid: must be 0x and 40',
  ],
  [
    'a mail server without a sender',
    { ...minimal, SMTP_URL: 'smtp://127.0.0.1' },
    'SMTP_URL needs MAIL_FROM',
  ],
  [
    'a shifted clock in production',
    { ...production, CLOCK_OFFSET_SECONDS: '60' },
    'CLOCK_OFFSET_SECONDS is refused',
  ],
  ['production without a name', { ...minimal, MODE: 'production' }, 'APP_ORIGIN must be set'],
  ['a short secret', { ...minimal, AUTH_SECRET: 'short' }, 'AUTH_SECRET is not valid'],
  ['no database', { AUTH_SECRET: minimal.AUTH_SECRET }, 'DATABASE_URL is not set'],
  ['a port beyond the last', { ...minimal, PORT: '70000' }, 'PORT is not valid'],
])('%s is refused in words', (_, source, message) => {
  expect(() => parseEnv(source)).toThrow(EnvironmentError)
  expect(() => parseEnv(source)).toThrow(message)
})

test('every problem is named at once, and no value is repeated', () => {
  const refusal = (): unknown =>
    parseEnv({ DATABASE_URL: 'mysql://root:hunter2@host/db', PORT: 'x', AUTH_SECRET: 'hunter3' })
  expect(refusal).toThrow(/DATABASE_URL[\s\S]*AUTH_SECRET|AUTH_SECRET[\s\S]*DATABASE_URL/)
  expect(refusal).toThrow(expect.not.stringContaining('hunter'))
})
