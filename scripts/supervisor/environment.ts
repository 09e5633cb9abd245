import { ENV_NAMES } from '#app/platform/env-schema.ts'
import { APP_ROLE, clusterUrl, OWNER_ROLE } from '#scripts/database/cluster.ts'
import { PLAID_CLIENT_ID, PLAID_SECRET } from '#scripts/sandbox/plaid/api/plaid-keys.ts'
import { type DataFolder, readJson, writeWhole } from '#scripts/supervisor/data-folder.ts'
import { choosePort } from '#scripts/supervisor/ports.ts'
import type { DemoSecrets } from '#scripts/supervisor/secrets.ts'

export const DATABASE_NAME = 'quittance'

/** Environment variables for a process of the product. */
export type Environment = Readonly<Record<string, string>>

/** Which parts run here because nothing outside was configured for them. */
export type EmbeddedParts = { database: boolean; chain: boolean; sandbox: boolean }

export type EmbeddedPorts = { postgres: number; anvil: number; sandbox: number; smtp: number }

const isSet = (name: string): boolean => (process.env[name] ?? '').trim() !== ''

/** Production mode takes no sandbox in a provider's place: without keys card payment is then not offered. */
export function embeddedParts(): EmbeddedParts {
  return {
    database: !isSet('DATABASE_URL'),
    chain: !isSet('CHAIN_RPC_URL'),
    sandbox: !isSet('STRIPE_SECRET_KEY') && process.env.MODE !== 'production',
  }
}

/** Ports for the embedded parts: those of the last run where they are still free. */
export async function choosePorts(folder: DataFolder): Promise<EmbeddedPorts> {
  const last = readJson<Partial<EmbeddedPorts>>(folder.path('ports.json'))
  const ports = {
    postgres: await choosePort(last?.postgres),
    anvil: await choosePort(last?.anvil),
    sandbox: await choosePort(last?.sandbox),
    smtp: await choosePort(last?.smtp),
  }
  writeWhole(folder.path('ports.json'), JSON.stringify(ports))
  return ports
}

/** The product's own settings among all variables of a process. */
export function settingsOf(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => ENV_NAMES.includes(name)))
}

function databaseSettings(port: number, secrets: DemoSecrets): Environment {
  const { owner, app } = secrets.passwords
  return {
    DATABASE_URL: clusterUrl(port, APP_ROLE, app, DATABASE_NAME),
    DATABASE_OWNER_URL: clusterUrl(port, OWNER_ROLE, owner, DATABASE_NAME),
  }
}

/** The sandbox's own keys; real ones of Plaid's are not mixed with a card processor that is not real. */
function plaidSettings(sandboxPort: number): Environment {
  return {
    PLAID_CLIENT_ID,
    PLAID_SECRET,
    PLAID_ENV: 'sandbox',
    PLAID_BASE_URL: `http://127.0.0.1:${sandboxPort}/plaid`,
  }
}

/** The settings of a product whose embedded database alone runs, for command-line tools. */
export function databaseOnlyEnvironment(folder: DataFolder, port: number, secrets: DemoSecrets): Environment {
  return {
    MODE: 'demo',
    DATA_DIR: folder.root,
    AUTH_SECRET: secrets.authSecret,
    ...databaseSettings(port, secrets),
  }
}

/** What is set outside wins; the embedded parts fill the rest. */
export function productEnvironment(
  folder: DataFolder,
  parts: EmbeddedParts,
  ports: EmbeddedPorts,
  secrets: DemoSecrets,
): Environment {
  const inherited = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && entry[1].trim() !== '',
  )
  const port = process.env.PORT?.trim() || '3000'
  return {
    MODE: 'demo',
    APP_ORIGIN: `http://localhost:${port}`,
    AUTH_SECRET: secrets.authSecret,
    ...Object.fromEntries(inherited),
    NODE_ENV: 'production',
    PORT: port,
    DATA_DIR: folder.root,
    // Compiled modules are kept between starts: a process that was killed is back in half the time.
    NODE_COMPILE_CACHE: folder.path('cache'),
    ...(parts.database ? databaseSettings(ports.postgres, secrets) : {}),
    ...(parts.chain
      ? {
          CHAIN_RPC_URL: `http://127.0.0.1:${ports.anvil}`,
          CHAIN_CONFIRMATIONS: '2',
          LEDGER_WRITER_KEY: secrets.ledgerWriterKey,
        }
      : {}),
    ...(parts.sandbox
      ? {
          STRIPE_SECRET_KEY: secrets.stripeSecretKey,
          STRIPE_WEBHOOK_SECRET: secrets.stripeWebhookSecret,
          STRIPE_API_PROTOCOL: 'http',
          STRIPE_API_HOST: '127.0.0.1',
          STRIPE_API_PORT: String(ports.sandbox),
          ...plaidSettings(ports.sandbox),
        }
      : {}),
    ...(parts.sandbox && !isSet('SMTP_URL')
      ? { SMTP_URL: `smtp://127.0.0.1:${ports.smtp}`, MAIL_FROM: 'Accounts receivable <ar@localhost>' }
      : {}),
  }
}
