import { resolve } from 'node:path'

/** Where the sandbox listens, keeps its file and sends its webhooks. */
export type SandboxConfig = {
  httpPort: number
  smtpPort: number
  /** Folder of the durable file; created when missing. */
  dataDir: string
  /** Endpoint that receives every event, or null when endpoints are registered only through the API. */
  webhook: { url: string; secret: string } | null
  /** Origin of the portal, linked from the sandbox's own pages, or null. */
  appOrigin: string | null
  /** Bank debits and refunds come to their end at once instead of after business days. */
  isAchInstant: boolean
  /** Part of a bank debit can be refunded; the provider's present rule is the whole or nothing. */
  allowsPartialAchRefund: boolean
}

/**
 * Reads the configuration from environment variables: PORT, SMTP_PORT (0 = any free port), SANDBOX_DATA,
 * WEBHOOK_URL with WEBHOOK_SECRET, APP_ORIGIN, ACH_INSTANT and ACH_PARTIAL_REFUND (1 = yes).
 * @throws Error in production mode (no sandbox may stand in for a real provider) and for malformed values.
 */
export function readConfig(variables: Readonly<Record<string, string | undefined>>): SandboxConfig {
  if (variables.MODE === 'production' || variables.NODE_ENV === 'production') {
    throw new Error(
      'The sandbox does not run in production mode: it would accept payments that are not real.',
    )
  }
  return {
    httpPort: port(variables.PORT, 4010, 'PORT'),
    smtpPort: port(variables.SMTP_PORT, 4025, 'SMTP_PORT'),
    dataDir: resolve(variables.SANDBOX_DATA ?? '.data/sandbox'),
    webhook: webhook(variables.WEBHOOK_URL?.trim(), variables.WEBHOOK_SECRET?.trim()),
    appOrigin: variables.APP_ORIGIN ? new URL(variables.APP_ORIGIN).origin : null,
    isAchInstant: variables.ACH_INSTANT === '1',
    allowsPartialAchRefund: variables.ACH_PARTIAL_REFUND === '1',
  }
}

function port(text: string | undefined, fallback: number, name: string): number {
  if (text === undefined || text === '') return fallback
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0 || value > 65535)
    throw new Error(`${name} is not a port: ${text}`)
  return value
}

function webhook(url: string | undefined, secret: string | undefined): SandboxConfig['webhook'] {
  if (!url && !secret) return null
  if (!url || !secret) throw new Error('WEBHOOK_URL and WEBHOOK_SECRET belong together.')
  return { url: new URL(url).href, secret }
}
