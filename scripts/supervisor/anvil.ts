import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { keepCopies, prepareState, stateFile } from '#scripts/supervisor/anvil-state.ts'
import { chainCall } from '#scripts/supervisor/chain-rpc.ts'
import type { DataFolder } from '#scripts/supervisor/data-folder.ts'
import { runProcess } from '#scripts/supervisor/process.ts'
import type { ServiceSpec } from '#scripts/supervisor/service.ts'

export const EMBEDDED_CHAIN_ID = 31_337
const CONFIRMATIONS = 2
const LOOK_EVERY_MS = 250
const WRITER_BALANCE_WEI = `0x${(10n ** 22n).toString(16)}`

/** Path of the anvil binary that npm installed for this platform. */
function binary(): string {
  const require = createRequire(createRequire(import.meta.url).resolve('@foundry-rs/anvil/package.json'))
  const name = `@foundry-rs/anvil-${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`
  const file = process.platform === 'win32' ? 'anvil.exe' : 'anvil'
  return join(dirname(require.resolve(`${name}/package.json`)), 'bin', file)
}

/**
 * The embedded chain: a development chain whose blocks survive in the data folder. `writer` gets the play money that
 * it pays its gas with.
 */
export function anvilService(
  folder: DataFolder,
  options: { port: number; writer: string; report: (text: string) => void },
): ServiceSpec {
  const home = folder.path('anvil')
  const rpcUrl = `http://127.0.0.1:${options.port}`
  return {
    name: 'anvil',
    run: async () => {
      const origin = await prepareState(home)
      if (origin === 'copy') options.report('the chain file was cut off; a copy from seconds before is used')
      const instance = await runProcess(folder, {
        name: 'anvil',
        program: binary(),
        args: [
          ...['--host', '127.0.0.1', '--port', String(options.port)],
          ...['--chain-id', String(EMBEDDED_CHAIN_ID), '--quiet'],
          ...['--state', stateFile(home), '--state-interval', '2'],
        ],
        env: { PATH: process.env.PATH ?? '', HOME: home },
        isReady: () =>
          chainCall(rpcUrl, 'eth_chainId').then(
            () => true,
            () => false,
          ),
        readyLimitMs: 20_000,
        stopSignal: 'SIGINT',
        graceMs: 8_000,
      })
      await chainCall(rpcUrl, 'anvil_setBalance', [options.writer, WRITER_BALANCE_WEI])
      const ending = new AbortController()
      void instance.ended.then(() => ending.abort())
      keepCopies(home, ending.signal)
      void mineConfirmations(rpcUrl, ending.signal)
      return instance
    },
  }
}

type Block = { number: string; transactions: readonly unknown[] }

/**
 * A chain that mines a block per transaction stands still when nobody sends, and its last block would never be
 * confirmed. Mines the missing empty blocks on top of the last block that holds transactions, until aborted.
 */
export async function mineConfirmations(rpcUrl: string, signal: AbortSignal): Promise<void> {
  let lastHead = -1
  while (!signal.aborted) {
    try {
      const head = Number(await chainCall<string>(rpcUrl, 'eth_blockNumber'))
      const missing = head === lastHead ? 0 : await missingConfirmations(rpcUrl, head)
      for (let block = 0; block < missing; block += 1) await chainCall(rpcUrl, 'evm_mine')
      lastHead = head
    } catch {
      // The chain is down or going down; the supervisor brings it back.
    }
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => {})
  }
}

async function missingConfirmations(rpcUrl: string, head: number): Promise<number> {
  for (let depth = 0; depth < CONFIRMATIONS && head - depth > 0; depth += 1) {
    const number = `0x${(head - depth).toString(16)}`
    const block = await chainCall<Block>(rpcUrl, 'eth_getBlockByNumber', [number, false])
    if (block.transactions.length > 0) return CONFIRMATIONS - depth
  }
  return 0
}
