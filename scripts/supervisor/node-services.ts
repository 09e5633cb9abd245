import { fileURLToPath } from 'node:url'
import type { DataFolder } from '#scripts/supervisor/data-folder.ts'
import type { EmbeddedPorts, Environment } from '#scripts/supervisor/environment.ts'
import { runProcess, statusOf } from '#scripts/supervisor/process.ts'
import type { ServiceSpec } from '#scripts/supervisor/service.ts'

/** Absolute path of a script of the project. */
export const projectPath = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

type NodeService = { script: string; env: Environment; url?: string; graceMs: number }

function nodeService(folder: DataFolder, name: string, service: NodeService): ServiceSpec {
  return {
    name,
    run: () =>
      runProcess(folder, {
        name,
        program: process.execPath,
        args: ['--disable-warning=ExperimentalWarning', projectPath(service.script)],
        env: service.env,
        isReady: async () => service.url === undefined || (await statusOf(service.url)) !== undefined,
        readyLimitMs: 30_000,
        stopSignal: 'SIGTERM',
        graceMs: service.graceMs,
      }),
  }
}

/** The local stand-in for Stripe and for a mail server. */
export function sandboxService(folder: DataFolder, ports: EmbeddedPorts, product: Environment): ServiceSpec {
  return nodeService(folder, 'sandbox', {
    script: 'scripts/sandbox/server.ts',
    env: {
      PATH: product.PATH ?? '',
      NODE_COMPILE_CACHE: product.NODE_COMPILE_CACHE ?? '',
      NODE_ENV: 'development',
      MODE: 'demo',
      PORT: String(ports.sandbox),
      SMTP_PORT: String(ports.smtp),
      SANDBOX_DATA: folder.path('sandbox'),
      WEBHOOK_URL: `http://127.0.0.1:${product.PORT}/webhooks/stripe`,
      WEBHOOK_SECRET: product.STRIPE_WEBHOOK_SECRET ?? '',
      APP_ORIGIN: product.APP_ORIGIN ?? '',
      ACH_INSTANT: process.env.ACH_INSTANT ?? '',
    },
    url: `http://127.0.0.1:${ports.sandbox}/`,
    graceMs: 4_000,
  })
}

/** The web process; ready when it answers, whatever it says of its neighbours. */
export function webService(folder: DataFolder, product: Environment): ServiceSpec {
  return nodeService(folder, 'web', {
    script: 'scripts/web.ts',
    env: product,
    url: `http://127.0.0.1:${product.PORT}/health`,
    graceMs: 7_000,
  })
}

/** The process that runs jobs, sends ledger events to the chain and follows it. */
export function workerService(folder: DataFolder, product: Environment): ServiceSpec {
  return nodeService(folder, 'worker', { script: 'scripts/worker.ts', env: product, graceMs: 7_000 })
}
