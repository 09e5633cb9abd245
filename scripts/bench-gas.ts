import { readFileSync } from 'node:fs'
import { ContractFactory, hexlify, JsonRpcProvider, randomBytes, Wallet } from 'ethers'
import { DEV_KEY, startAnvil } from '#test/support/anvil.ts'

/**
 * Measures the gas of an appended entry from the receipts of real transactions, base and calldata included, on a fresh
 * anvil. The stream exists already, as in steady state. Exits with 1 when a goal is missed.
 */
const goals = [
  { batch: 1, goal: 34_500 },
  { batch: 10, goal: 6_300 },
  { batch: 50, goal: 3_900 },
  { batch: 200, goal: 3_450 },
]

export type GasRow = { batch: number; gasPerEntry: number; goal: number }

/** Gas per entry for each batch size, rounded up to whole units. */
export async function measureGas(): Promise<GasRow[]> {
  const anvil = await startAnvil()
  const provider = new JsonRpcProvider(anvil.url, undefined, { cacheTimeout: -1 })
  try {
    const wallet = new Wallet(DEV_KEY, provider)
    const compiled = JSON.parse(
      readFileSync(new URL('../contracts/compiled/PaymentLedger.json', import.meta.url), 'utf8'),
    )
    const factory = new ContractFactory(compiled.abi, compiled.bytecode, wallet)
    const ledger = await factory.deploy(0, wallet.address, wallet.address)
    await ledger.waitForDeployment()
    let count = 0
    const rows: GasRow[] = []
    for (const { batch, goal } of [{ batch: 1, goal: 0 }, ...goals]) {
      const sent = await ledger.getFunction('append').send(count, hexlify(randomBytes(64 * batch)))
      const receipt = await sent.wait()
      if (receipt?.status !== 1) throw new Error(`a batch of ${batch} was refused`)
      count += batch
      rows.push({ batch, goal, gasPerEntry: Math.ceil(Number(receipt.gasUsed) / batch) })
    }
    return rows.slice(1)
  } finally {
    provider.destroy()
    await anvil.stop()
  }
}

/** The rows as a Markdown table. */
export function gasTable(rows: readonly GasRow[]): string {
  const lines = rows.map(
    ({ batch, gasPerEntry, goal }) =>
      `| ${batch} | ${gasPerEntry.toLocaleString('en-US')} | ${goal.toLocaleString('en-US')} | ${gasPerEntry <= goal ? 'met' : 'MISSED'} |`,
  )
  return ['| entries in a batch | gas per entry | goal | |', '|---:|---:|---:|---|', ...lines].join('\n')
}

if (import.meta.main) {
  const rows = await measureGas()
  console.log(gasTable(rows))
  if (rows.some((row) => row.gasPerEntry > row.goal)) process.exitCode = 1
}
