import type { AddressInfo, Server } from 'node:net'
import { OfficialSchema } from '#scripts/sandbox/api/official-schema.ts'
import { OPERATIONS } from '#scripts/sandbox/api/routes.ts'
import { Clock } from '#scripts/sandbox/clock.ts'
import { readConfig } from '#scripts/sandbox/config.ts'
import { Faults } from '#scripts/sandbox/faults.ts'
import { createHttpServer } from '#scripts/sandbox/http/serve.ts'
import { createMailServer } from '#scripts/sandbox/mail/smtp.ts'
import { PlaidSchema } from '#scripts/sandbox/plaid/api/plaid-schema.ts'
import { PLAID_OPERATIONS } from '#scripts/sandbox/plaid/api/serve-plaid.ts'
import { PlaidCourier } from '#scripts/sandbox/plaid/webhooks/plaid-courier.ts'
import { applyConfiguredEndpoint } from '#scripts/sandbox/resources/webhook-endpoints.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'
import { Store } from '#scripts/sandbox/store.ts'
import { TASK_HANDLERS } from '#scripts/sandbox/tasks.ts'
import { runDueTasks } from '#scripts/sandbox/timers.ts'
import { Courier } from '#scripts/sandbox/webhooks/courier.ts'

const HOST = '127.0.0.1'
const TICK_MS = 100

/** Starts the sandbox, says on standard output where it listens, and runs until it is told to stop. */
async function main(): Promise<void> {
  const config = readConfig(process.env)
  const store = new Store(config.dataDir)
  const sandbox: Sandbox = {
    config,
    store,
    clock: new Clock(store),
    schema: new OfficialSchema(),
    plaidSchema: new PlaidSchema(),
    faults: new Faults(store),
    publicUrl: '',
    cause: null,
  }
  applyConfiguredEndpoint(sandbox)
  const http = createHttpServer(sandbox)
  const mail = createMailServer(sandbox)
  mail.on('error', (error) => console.error('sandbox: mail server', error.message))
  const port = await listen(http, config.httpPort)
  const smtpPort = await listen(mail.server, config.smtpPort)
  sandbox.publicUrl = `http://localhost:${port}`

  const couriers = [new Courier(sandbox), new PlaidCourier(sandbox)]
  const tick = setInterval(() => runTasks(sandbox), TICK_MS)
  runTasks(sandbox)
  for (const courier of couriers) courier.start()
  console.log(JSON.stringify({ listening: port, smtp: smtpPort, url: sandbox.publicUrl }))

  prepareSchemas([
    ...OPERATIONS.map(
      ({ method, template }) =>
        () =>
          sandbox.schema.prepare(method, template),
    ),
    ...PLAID_OPERATIONS.map(
      ({ path }) =>
        () =>
          sandbox.plaidSchema.prepare(path),
    ),
  ])

  const stop = (): void => {
    clearInterval(tick)
    for (const courier of couriers) courier.stop()
    mail.close(() => {})
    http.close()
    http.closeAllConnections()
    setTimeout(() => process.exit(0), 200).unref()
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  // Started by a supervisor with a channel: its end means that nobody looks after this process any more.
  if (process.channel) process.once('disconnect', stop)
}

/** Compiles the validators between requests, one endpoint at a time. */
function prepareSchemas([first, ...rest]: (() => void)[]): void {
  if (first === undefined) return
  first()
  setTimeout(() => prepareSchemas(rest), 5).unref()
}

/** A task that fails is a defect of the sandbox: said loudly, tried again at the next tick. */
function runTasks(sandbox: Sandbox): void {
  try {
    runDueTasks(sandbox, TASK_HANDLERS)
  } catch (error) {
    console.error('sandbox: a planned task failed', error)
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, HOST, () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })
}

main().catch((error: unknown) => {
  console.error(`sandbox: ${error instanceof Error ? error.message : String(error)}`)
  process.exit(1)
})
