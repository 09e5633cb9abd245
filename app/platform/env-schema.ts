/**
 * Every setting of Quittance, read from environment variables by one schema and grouped by service.
 * Pairs that only make sense together are checked together; Stripe's and Plaid's keys of a live account are refused
 * wherever they could reach something else.
 */
import { z } from 'zod'

const text = z.string().trim().min(1)
const port = z.coerce.number().int().min(0).max(65_535)
const count = z.coerce.number().int().min(0)

const variables = z.object({
  NODE_ENV: z.enum(['development', 'production', 'test']).default('development'),
  MODE: z.enum(['demo', 'production']).optional(),
  PORT: port.default(3000),
  LISTEN_HOST: text.optional(),
  APP_ORIGIN: z.url({ protocol: /^https?$/ }).optional(),
  TRUSTED_PROXIES: count.max(8).default(0),
  DATA_DIR: text.default('.data'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  DATABASE_OWNER_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  DATABASE_POOL_SIZE: count.min(1).max(200).default(10),
  CHAIN_RPC_URL: z.url({ protocol: /^https?$/ }).optional(),
  CHAIN_CONFIRMATIONS: count.max(10_000).default(2),
  LEDGER_WRITER_KEY: z
    .string()
    .regex(/^0x[0-9a-fA-F]{64}$/, 'must be 0x and 64 hexadecimal digits')
    .optional(),
  LEDGER_ADMIN_ADDRESS: z
    .string()
    .regex(/^0x[0-9a-fA-F]{40}$/, 'must be 0x and 40 hexadecimal digits')
    .optional(),
  DEPLOY_KEYSTORE_PASSWORD: z.string().optional(),
  STRIPE_SECRET_KEY: z
    .string()
    .regex(/^(sk|rk)_(test|live)_\w+$/, 'must start with sk_test_, rk_test_, sk_live_ or rk_live_')
    .optional(),
  STRIPE_WEBHOOK_SECRET: z
    .string()
    .regex(
      /^whsec_\w+(,whsec_\w+)?$/,
      'must be whsec_…, or two of them with a comma between while one is rotated',
    )
    .optional(),
  STRIPE_API_HOST: text.optional(),
  STRIPE_API_PORT: port.optional(),
  STRIPE_API_PROTOCOL: z.enum(['http', 'https']).optional(),
  PLAID_CLIENT_ID: text.optional(),
  PLAID_SECRET: text.optional(),
  PLAID_ENV: z.enum(['sandbox', 'production']).optional(),
  PLAID_BASE_URL: z.url({ protocol: /^https?$/ }).optional(),
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  MAIL_FROM: text.optional(),
  AUTH_SECRET: z.string().min(32, 'must have at least 32 characters'),
  CLOCK_OFFSET_SECONDS: z.coerce.number().int().default(0),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
})

type Variables = z.infer<typeof variables>

/** The names of all variables that the schema reads, for the check of .env.example. */
export const ENV_NAMES: readonly string[] = Object.keys(variables.shape)

const modeOf = (v: Variables): 'demo' | 'production' =>
  v.MODE ?? (v.NODE_ENV === 'production' ? 'production' : 'demo')

function crossChecks(v: Variables): string[] {
  const problems: string[] = []
  const together = (a: keyof Variables, b: keyof Variables): void => {
    if ((v[a] === undefined) !== (v[b] === undefined)) problems.push(`${a} and ${b} must be set together`)
  }
  together('STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRET')
  together('CHAIN_RPC_URL', 'LEDGER_WRITER_KEY')
  together('STRIPE_API_HOST', 'STRIPE_API_PROTOCOL')
  if (v.SMTP_URL !== undefined && v.MAIL_FROM === undefined) problems.push('SMTP_URL needs MAIL_FROM')
  if (v.STRIPE_API_PORT !== undefined && v.STRIPE_API_HOST === undefined)
    problems.push('STRIPE_API_PORT needs STRIPE_API_HOST')
  if (v.STRIPE_API_HOST !== undefined && v.STRIPE_SECRET_KEY === undefined)
    problems.push('STRIPE_API_HOST needs STRIPE_SECRET_KEY')

  const isLiveKey = /^(sk|rk)_live_/.test(v.STRIPE_SECRET_KEY ?? '')
  if (isLiveKey && v.STRIPE_API_HOST !== undefined)
    problems.push('STRIPE_SECRET_KEY is a live key: it may not be sent to an overridden STRIPE_API_HOST')
  if (isLiveKey && modeOf(v) !== 'production')
    problems.push('STRIPE_SECRET_KEY is a live key: it is refused unless MODE=production')
  problems.push(...plaidChecks(v, isLiveKey))
  if (modeOf(v) === 'production') {
    if (v.STRIPE_API_HOST !== undefined) problems.push('STRIPE_API_HOST is refused in production mode')
    if (v.PLAID_BASE_URL !== undefined) problems.push('PLAID_BASE_URL is refused in production mode')
    if (v.APP_ORIGIN === undefined) problems.push('APP_ORIGIN must be set in production mode')
    if (v.CLOCK_OFFSET_SECONDS !== 0) problems.push('CLOCK_OFFSET_SECONDS is refused in production mode')
  }
  return problems
}

/** Bank tokens of one world are worth nothing in the other: both providers are live, or neither is. */
function plaidChecks(v: Variables, isLiveKey: boolean): string[] {
  const parts = [v.PLAID_CLIENT_ID, v.PLAID_SECRET, v.PLAID_ENV]
  const given = parts.filter((part) => part !== undefined).length
  if (given === 0) return v.PLAID_BASE_URL === undefined ? [] : ['PLAID_BASE_URL needs PLAID_CLIENT_ID']
  const problems: string[] = []
  if (given < parts.length) problems.push('PLAID_CLIENT_ID, PLAID_SECRET and PLAID_ENV must be set together')
  const isLive = v.PLAID_ENV === 'production'
  if (isLive && v.PLAID_BASE_URL !== undefined)
    problems.push('PLAID_ENV is production: its keys may not be sent to an overridden PLAID_BASE_URL')
  if (isLive && modeOf(v) !== 'production')
    problems.push('PLAID_ENV is production: it is refused unless MODE=production')
  if (v.STRIPE_SECRET_KEY !== undefined && v.PLAID_ENV !== undefined && isLive !== isLiveKey)
    problems.push(
      isLiveKey
        ? 'PLAID_ENV is sandbox, but STRIPE_SECRET_KEY is a live key'
        : 'PLAID_ENV is production, but STRIPE_SECRET_KEY is a test key',
    )
  return problems
}

/** What the rest of the product sees; read it through `env` in env.server.ts. */
export type Env = ReturnType<typeof group>

function group(v: Variables) {
  const mode = modeOf(v)
  const origin = new URL(v.APP_ORIGIN ?? `http://localhost:${v.PORT}`).origin
  return {
    /** `demo` runs against the sandbox with invented data; `production` refuses everything of that kind. */
    mode,
    isProduction: mode === 'production',
    dataDir: v.DATA_DIR,
    web: {
      port: v.PORT,
      /** A demo with well-known sign-ins listens on this machine only. */
      listenHost: v.LISTEN_HOST ?? (mode === 'production' ? '0.0.0.0' : '127.0.0.1'),
      /** Scheme, host and port that browsers use; no trailing slash. */
      origin,
      isHttps: origin.startsWith('https:'),
      /** How many proxies in front of us append to X-Forwarded-For; 0 ignores that header. */
      trustedProxies: v.TRUSTED_PROXIES,
    },
    database: {
      url: v.DATABASE_URL,
      /** The role that owns the tables: migrations alone use it. */
      ownerUrl: v.DATABASE_OWNER_URL ?? v.DATABASE_URL,
      poolSize: v.DATABASE_POOL_SIZE,
    },
    /** Undefined when no chain is configured: ledger events then wait in their queue. */
    chain:
      v.CHAIN_RPC_URL === undefined || v.LEDGER_WRITER_KEY === undefined
        ? undefined
        : {
            rpcUrl: v.CHAIN_RPC_URL,
            confirmations: v.CHAIN_CONFIRMATIONS,
            writerKey: v.LEDGER_WRITER_KEY,
            /** Who admits writers to the ledger contract; a development chain alone may do without. */
            adminAddress: v.LEDGER_ADMIN_ADDRESS,
          },
    /** Undefined when no provider is configured: card payment is then not offered. */
    stripe:
      v.STRIPE_SECRET_KEY === undefined || v.STRIPE_WEBHOOK_SECRET === undefined
        ? undefined
        : {
            secretKey: v.STRIPE_SECRET_KEY,
            isLive: /^(sk|rk)_live_/.test(v.STRIPE_SECRET_KEY),
            /** More than one while a secret is rotated: a signature by any of them is good. */
            webhookSecrets: v.STRIPE_WEBHOOK_SECRET.split(','),
            /** Where the sandbox listens; undefined means Stripe itself. */
            api:
              v.STRIPE_API_HOST === undefined || v.STRIPE_API_PROTOCOL === undefined
                ? undefined
                : {
                    host: v.STRIPE_API_HOST,
                    port: v.STRIPE_API_PORT ?? (v.STRIPE_API_PROTOCOL === 'http' ? 80 : 443),
                    protocol: v.STRIPE_API_PROTOCOL,
                  },
          },
    /** Undefined when no provider is configured: linking a bank is then not offered. */
    plaid:
      v.PLAID_CLIENT_ID === undefined || v.PLAID_SECRET === undefined || v.PLAID_ENV === undefined
        ? undefined
        : {
            clientId: v.PLAID_CLIENT_ID,
            secret: v.PLAID_SECRET,
            isLive: v.PLAID_ENV === 'production',
            baseUrl: (v.PLAID_BASE_URL ?? `https://${v.PLAID_ENV}.plaid.com`).replace(/\/+$/, ''),
            /** Where a form of ours may lead to: Plaid's pages, or the sandbox's under both names of this machine. */
            pageOrigins:
              v.PLAID_BASE_URL === undefined ? ['https://secure.plaid.com'] : bothNames(v.PLAID_BASE_URL),
          },
    mail: {
      /** Undefined keeps mail in the local mailbox, which the demo shows on a page. */
      smtpUrl: v.SMTP_URL,
      from: v.MAIL_FROM ?? 'Quittance <no-reply@localhost>',
    },
    auth: { secret: v.AUTH_SECRET },
    /** Seconds that business time runs ahead of database time; demos and tests only. */
    clock: { offsetSeconds: v.CLOCK_OFFSET_SECONDS },
    log: { level: v.LOG_LEVEL },
  }
}

function bothNames(baseUrl: string): string[] {
  const { protocol, host, port } = new URL(baseUrl)
  return [...new Set([`${protocol}//${host}`, `${protocol}//localhost${port === '' ? '' : `:${port}`}`])]
}

/** What a deployment to a foreign chain reads, which needs no database and no other setting. */
export function parseDeployEnv(source: Readonly<Record<string, string | undefined>>): {
  /** Undefined asks on the terminal. */
  keystorePassword: string | undefined
} {
  const { DEPLOY_KEYSTORE_PASSWORD } = variables.pick({ DEPLOY_KEYSTORE_PASSWORD: true }).parse(source)
  return { keystorePassword: DEPLOY_KEYSTORE_PASSWORD === '' ? undefined : DEPLOY_KEYSTORE_PASSWORD }
}

/** Thrown when the environment cannot be used; the message lists every problem, one a line, and no value. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError'
}

/**
 * Reads the settings from a map of environment variables; an empty value counts as absent.
 * Throws EnvironmentError that names every variable at fault.
 */
export function parseEnv(source: Readonly<Record<string, string | undefined>>): Env {
  const given = Object.fromEntries(
    Object.entries(source).filter(([name, value]) => ENV_NAMES.includes(name) && value?.trim() !== ''),
  )
  const parsed = variables.safeParse(given)
  const problems = parsed.success
    ? crossChecks(parsed.data)
    : parsed.error.issues.map((issue) =>
        given[String(issue.path[0])] === undefined
          ? `${issue.path.join('.')} is not set`
          : `${issue.path.join('.')} is not valid: ${issue.message}`,
      )
  if (!parsed.success || problems.length > 0)
    throw new EnvironmentError(`The settings cannot be used:\n  ${problems.join('\n  ')}\nSee .env.example.`)
  return deepFreeze(group(parsed.data))
}

function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) deepFreeze(part)
  return Object.freeze(value)
}
