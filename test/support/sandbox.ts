import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Stripe from 'stripe'

export type SandboxProcess = {
  port: number
  smtpPort: number
  /** Address without a trailing slash, for server-to-server use. */
  url: string
  pid: number
  dataDir: string
  stripe: Stripe
  /** Calls a control endpoint and answers its JSON; throws when it refuses. */
  control: <T = Record<string, unknown>>(method: string, path: string, body?: object) => Promise<T>
  /** SIGKILL, as a power cut would; the data stays for another start. */
  kill: () => Promise<void>
  /** Ends it and deletes its data. */
  stop: () => Promise<void>
}
export type SandboxOptions = {
  port?: number
  dataDir?: string
  webhook?: { url: string; secret: string }
  /** Further settings of the sandbox, such as ACH_INSTANT. */
  env?: Record<string, string>
}

/** Starts the payment sandbox on free ports (or `port`) with its own data folder (or `dataDir`), and waits until it listens. */
export async function startSandbox(options: SandboxOptions = {}): Promise<SandboxProcess> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'quittance-sandbox-'))
  const logFile = join(dataDir, `sandbox-${Date.now()}.log`)
  const log = openSync(logFile, 'a')
  const child = spawn(process.execPath, ['scripts/sandbox/server.ts'], {
    stdio: ['ignore', log, log],
    env: {
      PATH: process.env.PATH,
      PORT: String(options.port ?? 0),
      SMTP_PORT: '0',
      SANDBOX_DATA: dataDir,
      ...(options.webhook
        ? { WEBHOOK_URL: options.webhook.url, WEBHOOK_SECRET: options.webhook.secret }
        : {}),
      ...options.env,
    },
  })
  const ready = await waitUntilReady(child, logFile)
  const url = `http://127.0.0.1:${ready.listening}`
  return {
    port: ready.listening,
    smtpPort: ready.smtp,
    url,
    pid: child.pid ?? 0,
    dataDir,
    stripe: stripeFor(ready.listening),
    control: (method, path, body) => callControl(url, method, path, body),
    kill: () => end(child, 'SIGKILL'),
    stop: async () => {
      await end(child, 'SIGTERM')
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** The real SDK, pointed at a sandbox. */
export function stripeFor(
  port: number,
  config: { maxNetworkRetries?: number; timeout?: number } = {},
): Stripe {
  const address = { host: '127.0.0.1', port, protocol: 'http' } as const
  return new Stripe('sk_test_sandbox', {
    ...address,
    telemetry: false,
    maxNetworkRetries: 0,
    timeout: 10_000,
    ...config,
  })
}

/** A complete valid session over one invoice of 123.45, with overrides. */
export function sessionParams(
  overrides: Partial<Stripe.Checkout.SessionCreateParams> = {},
): Stripe.Checkout.SessionCreateParams {
  return {
    mode: 'payment',
    client_reference_id: 'pay_1',
    metadata: { payment_id: 'pay_1' },
    allowed_payment_method_types: ['card', 'link'],
    line_items: [
      {
        quantity: 1,
        price_data: { currency: 'usd', unit_amount: 12_345, product_data: { name: 'Invoice 1001' } },
      },
    ],
    payment_intent_data: { metadata: { payment_id: 'pay_1' }, description: 'Invoice 1001' },
    success_url: 'http://localhost:3000/pay/return?session_id={CHECKOUT_SESSION_ID}',
    cancel_url: 'http://localhost:3000/pay/1',
    ...overrides,
  }
}

/** Waits until `probe` answers something other than null, or fails after `timeoutMs`. */
export async function eventually<T>(
  probe: () => Promise<T | null> | T | null,
  timeoutMs = 10_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const found = await probe()
    if (found !== null) return found
    if (Date.now() > deadline) throw new Error(`Nothing after ${timeoutMs} ms`)
    await sleep(25)
  }
}

async function callControl<T>(url: string, method: string, path: string, body?: object): Promise<T> {
  const content = body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}
  const response = await fetch(`${url}/_sandbox/${path}`, { method, ...content })
  const answer = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer}`)
  return JSON.parse(answer) as T
}

async function waitUntilReady(
  child: ChildProcess,
  logFile: string,
): Promise<{ listening: number; smtp: number }> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    const line = readFileSync(logFile, 'utf8')
      .split('\n')
      .find((one) => one.startsWith('{"listening"'))
    if (line) return JSON.parse(line) as { listening: number; smtp: number }
    if (child.exitCode !== null) break
    await sleep(25)
  }
  child.kill('SIGKILL')
  throw new Error(`The sandbox did not start:\n${readFileSync(logFile, 'utf8')}`)
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill(signal)
  await gone
}
