/** npm start: brings the whole product up on this machine, keeps it up, and takes it down again. */
import { rmSync } from 'node:fs'
import { stopLeftover } from '#scripts/database/cluster.ts'
import { readyText } from '#scripts/supervisor/banner.ts'
import { openDataFolder, releaseLock, resetDataFolder, takeLock } from '#scripts/supervisor/data-folder.ts'
import { settingsOf } from '#scripts/supervisor/environment.ts'
import { isPortFree } from '#scripts/supervisor/ports.ts'
import { endLeftover } from '#scripts/supervisor/process.ts'
import { identify } from '#scripts/supervisor/process-identity.ts'
import { Product } from '#scripts/supervisor/product.ts'
import { announce, findRunning } from '#scripts/supervisor/running.ts'

const startedAt = performance.now()
const say = (text: string): void => console.log(text)
const folder = openDataFolder()
const product = new Product(folder, (text) => say(`  ${text}`))

let publishing: NodeJS.Timeout | undefined
let ending: Promise<void> | undefined
function end(reason: string, exitCode: number): Promise<void> {
  ending ??= (async () => {
    say(reason)
    clearInterval(publishing)
    await product.down()
    rmSync(folder.path('running.json'), { force: true })
    releaseLock(folder)
    say('Stopped.')
    process.exit(exitCode)
  })()
  return ending
}

function listenForTheEnd(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => void end('\nStopping …', 0))
  process.on('disconnect', () => void end('Stopping: the program that started this has ended.', 0))
  process.on('uncaughtException', (error) => {
    console.error(error)
    void end('Stopping after an unexpected error …', 1)
  })
}

async function reset(): Promise<void> {
  for (const name of ['web', 'worker', 'sandbox', 'anvil']) await endLeftover(folder, name)
  await stopLeftover(folder.path('postgres'))
  resetDataFolder(folder)
  say('Removed the data of earlier runs.')
}

async function refuseTakenPort(): Promise<void> {
  for (const name of ['web', 'worker']) await endLeftover(folder, name)
  const port = Number(process.env.PORT?.trim() || 3000)
  if (await isPortFree(port)) return
  throw new Error(`Port ${port} is in use by another program. Choose another one: PORT=${port + 1} npm start`)
}

async function main(): Promise<void> {
  const holder = takeLock(folder, 'npm start')
  if (holder !== undefined) {
    const running = findRunning(folder)
    const where = running === undefined ? '' : ` at ${running.addresses.Portal}`
    say(`Quittance is already running${where} on ${folder.root} (${holder.purpose}, process ${holder.pid}).`)
    if (process.argv.includes('--reset')) process.exitCode = 1
    return process.disconnect?.()
  }
  listenForTheEnd()
  try {
    if (process.argv.includes('--reset')) await reset()
    await refuseTakenPort()
    say('Starting Quittance …')
    await product.up()
  } catch (error) {
    if (ending !== undefined) return ending
    console.error(`\n${error instanceof Error ? error.message : String(error)}\n`)
    return end('Stopping …', 1)
  }
  publish()
  publishing = setInterval(publish, 500)
  say(readyText(folder, product.addresses, (performance.now() - startedAt) / 1000))
}

let published = ''
const startedOn = new Date().toISOString()
function publish(): void {
  const pids = product.pids()
  if (JSON.stringify(pids) === published) return
  published = JSON.stringify(pids)
  announce(folder, {
    supervisor: identify(process.pid),
    startedAt: startedOn,
    addresses: product.addresses,
    pids,
    environment: settingsOf(product.environment),
  })
}

await main()
