import { setTimeout as sleep } from 'node:timers/promises'
import type { PlaidApi } from 'plaid'
import type { z } from 'zod'
import { asFault, isPassing } from '#app/gateways/plaid/errors.ts'

export type PlaidConfig = {
  readonly clientId: string
  readonly secret: string
  /** Where Plaid, or the sandbox, is called; without a trailing slash. */
  readonly baseUrl: string
  /** How long one try of any call may take, instead of the times below. */
  readonly timeoutMs?: number
  /** How long to wait before the second try of a read; twice as long before the third. Default 250 ms. */
  readonly retryWaitMs?: number
}

const READ_TIMEOUT_MS = 10_000
const WRITE_TIMEOUT_MS = 20_000
const READ_TRIES = 3
const LARGEST_ANSWER_BYTES = 2_000_000

type Call = (api: PlaidApi, options: { timeout: number }) => Promise<{ data: unknown }>
type Ask = <Shape extends z.ZodType>(operation: string, shape: Shape, call: Call) => Promise<z.output<Shape>>

/** The ways to call Plaid. But for `once`, nothing of the SDK's errors comes out. */
export type Calls = {
  /** A read; what got no answer is repeated. */
  read: Ask
  /** A read that is paid for, or that somebody waits for: not repeated. */
  ask: Ask
  /** Never repeated. */
  write: Ask
  /** One try that throws what the SDK throws; for a caller that turns it into a fault itself. */
  once: (timeoutMs: number, call: Call) => Promise<{ data: unknown }>
}

export function createCalls(config: PlaidConfig): Calls {
  let loading: Promise<PlaidApi> | undefined
  const once: Calls['once'] = async (timeoutMs, call) => {
    loading ??= loadApi(config)
    return call(await loading, { timeout: config.timeoutMs ?? timeoutMs })
  }
  const tryTo =
    (timeoutMs: number, mostTries: number, isWrite: boolean): Ask =>
    async (operation, shape, call) => {
      for (let tries = 1; ; tries += 1) {
        try {
          return shape.parse((await once(timeoutMs, call)).data)
        } catch (error) {
          if (tries === mostTries || !isPassing(error)) throw asFault(error, operation, isWrite)
          await sleep((config.retryWaitMs ?? 250) * tries)
        }
      }
    }
  return {
    once,
    read: tryTo(READ_TIMEOUT_MS, READ_TRIES, false),
    ask: tryTo(WRITE_TIMEOUT_MS, 1, false),
    write: tryTo(WRITE_TIMEOUT_MS, 1, true),
  }
}

/** The SDK weighs 76 MB in memory, so that it is loaded only where a bank is linked. */
async function loadApi({ baseUrl, clientId, secret }: PlaidConfig): Promise<PlaidApi> {
  const sdk = await import('plaid')
  const headers = { 'PLAID-CLIENT-ID': clientId, 'PLAID-SECRET': secret }
  // A redirect could carry the secret elsewhere, and so could a proxy that is set for other programs.
  const baseOptions = { headers, maxRedirects: 0, proxy: false, maxContentLength: LARGEST_ANSWER_BYTES }
  return new sdk.PlaidApi(new sdk.Configuration({ basePath: baseUrl, baseOptions }))
}
