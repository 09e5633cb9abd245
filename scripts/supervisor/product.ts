import { computeAddress } from 'ethers/transaction'
import { anvilService, EMBEDDED_CHAIN_ID } from '#scripts/supervisor/anvil.ts'
import type { DataFolder } from '#scripts/supervisor/data-folder.ts'
import {
  choosePorts,
  type EmbeddedParts,
  type EmbeddedPorts,
  type Environment,
  embeddedParts,
  productEnvironment,
} from '#scripts/supervisor/environment.ts'
import { sandboxService, webService, workerService } from '#scripts/supervisor/node-services.ts'
import { postgresService } from '#scripts/supervisor/postgres.ts'
import { endLeftover } from '#scripts/supervisor/process.ts'
import { type DemoSecrets, demoSecrets } from '#scripts/supervisor/secrets.ts'
import { keepRunning, type Service, type ServiceSpec } from '#scripts/supervisor/service.ts'
import { runOnce, runStep } from '#scripts/supervisor/steps.ts'
import { buildWeb } from '#scripts/web-build.ts'

/** Everything that `npm start` runs, in the order in which it was started. */
export class Product {
  readonly folder: DataFolder
  readonly #say: (text: string) => void
  readonly #aborting = new AbortController()
  readonly #services: Service[] = []
  readonly #starting = new Set<Promise<unknown>>()
  #environment: Environment = {}
  #addresses: Record<string, string> = {}

  constructor(folder: DataFolder, say: (text: string) => void) {
    this.folder = folder
    this.#say = say
  }

  get environment(): Environment {
    return this.#environment
  }

  get addresses(): Readonly<Record<string, string>> {
    return this.#addresses
  }

  /** Process ids of the services that run at this moment; one that is being started again is not among them. */
  pids(): Record<string, number> {
    const running = this.#services.map((service) => [service.name, service.pid()] as const)
    return Object.fromEntries(running.filter((entry): entry is [string, number] => entry[1] !== undefined))
  }

  /** Brings everything up; rejects when a part cannot be started or `down` was called. */
  async up(): Promise<void> {
    const secrets = demoSecrets(this.folder)
    const parts = embeddedParts()
    for (const name of ['web', 'worker', 'sandbox', 'anvil'])
      if (await endLeftover(this.folder, name)) this.#say(`ended the ${name} of an earlier run`)
    const ports = await choosePorts(this.folder)
    this.#environment = productEnvironment(this.folder, parts, ports, secrets)
    this.#addresses = addressesOf(this.#environment, parts, ports)

    await Promise.all([
      this.#database(parts, ports, secrets),
      this.#chainAndSandbox(parts, ports, secrets),
      this.#timed('web pages built', () => buildWeb(this.folder, this.#aborting.signal)),
    ])
    if (this.#environment.MODE === 'demo')
      await this.#timed('demo data written', () =>
        runOnce(this.folder, 'seeded', () => this.#step('seed', 'prisma/seed.ts')),
      )
    await Promise.all([
      this.#start(workerService(this.folder, this.#environment)),
      this.#start(webService(this.folder, this.#environment)),
    ])
  }

  async #database(parts: EmbeddedParts, ports: EmbeddedPorts, secrets: DemoSecrets): Promise<void> {
    if (parts.database)
      await this.#timed('database started', () =>
        this.#start(postgresService(this.folder, ports.postgres, secrets.passwords)),
      )
    await this.#timed('database migrated', () => this.#step('migrate', 'scripts/migrate.ts'))
  }

  async #chainAndSandbox(parts: EmbeddedParts, ports: EmbeddedPorts, secrets: DemoSecrets): Promise<void> {
    const starts: Promise<unknown>[] = []
    if (parts.chain) {
      const writer = computeAddress(secrets.ledgerWriterKey)
      const spec = anvilService(this.folder, { port: ports.anvil, writer, report: this.#say })
      starts.push(this.#timed('chain started', () => this.#start(spec)))
    }
    if (parts.sandbox) {
      const spec = sandboxService(this.folder, ports, this.#environment)
      starts.push(this.#timed('payment sandbox started', () => this.#start(spec)))
    }
    await Promise.all(starts)
  }

  #step(name: string, script: string): Promise<void> {
    return runStep(this.folder, name, script, this.#environment, this.#aborting.signal)
  }

  async #start(spec: ServiceSpec): Promise<void> {
    this.#aborting.signal.throwIfAborted()
    const starting = keepRunning(spec, this.#say).then((service) => this.#services.push(service))
    this.#starting.add(starting)
    await starting.finally(() => this.#starting.delete(starting))
  }

  async #timed(text: string, work: () => Promise<unknown>): Promise<void> {
    const startedAt = performance.now()
    const didSomething = (await work()) !== false
    if (didSomething) this.#say(`${text} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`)
  }

  /** Stops everything, the processes that use others first. Safe to call at any time. */
  async down(): Promise<void> {
    this.#aborting.abort(new Error('stopped'))
    await Promise.allSettled(this.#starting)
    const stop = (...names: string[]): Promise<unknown> =>
      Promise.allSettled(
        this.#services.filter(({ name }) => names.includes(name)).map((service) => service.stop()),
      )
    await stop('web', 'worker')
    await stop('sandbox')
    await stop('anvil')
    await stop('postgres')
  }
}

function addressesOf(env: Environment, parts: EmbeddedParts, ports: EmbeddedPorts): Record<string, string> {
  return {
    Portal: env.APP_ORIGIN ?? '',
    'Check a receipt': `${env.APP_ORIGIN}/check`,
    Health: `${env.APP_ORIGIN}/health`,
    ...(parts.sandbox ? { 'Payment sandbox and mailbox': `http://localhost:${ports.sandbox}` } : {}),
    ...(parts.chain ? { [`Chain ${EMBEDDED_CHAIN_ID} (JSON-RPC)`]: `http://127.0.0.1:${ports.anvil}` } : {}),
  }
}
