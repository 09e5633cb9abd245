import pino, { type Logger } from 'pino'
import { env } from '#app/platform/env.server.ts'
import { loggedError } from '#app/platform/logged-error.ts'

/** Keys whose values never reach a log line, at the top and one or two levels down. */
const SECRET_KEYS = [
  'password',
  'secret',
  'token',
  'authorization',
  'cookie',
  '["set-cookie"]',
  '["stripe-signature"]',
  '["plaid-verification"]',
  'accessToken',
  'publicToken',
  'linkToken',
  'bankToken',
  'apiKey',
  'secretKey',
  'writerKey',
  'salt',
  'connectionString',
]

const path = (prefix: string, key: string): string =>
  key.startsWith('[') ? `${prefix}${key}` : `${prefix}.${key}`

/** Structured log, one JSON object a line, times in UTC. Newlines inside values are escaped by JSON itself. */
export const log: Logger = pino({
  level: env.log.level,
  base: { pid: process.pid },
  timestamp: pino.stdTimeFunctions.isoTime,
  serializers: { err: loggedError },
  formatters: { level: (label) => ({ level: label }) },
  redact: {
    paths: SECRET_KEYS.flatMap((key) => [key, path('*', key), path('*.*', key)]),
    censor: '[redacted]',
  },
})
