/**
 * Where our contracts stand on one chain: the form of `deployments/CHAINID.json`, which a deployment to a foreign chain writes once the
 * contracts are there and were found to be as intended. Addresses are in lower case.
 */
import { z } from 'zod'

const address = z.string().regex(/^0x[0-9a-f]{40}$/)
const block = z
  .string()
  .regex(/^\d{1,18}$/)
  .transform(BigInt)

const deployedContracts = z.strictObject({
  chainId: z
    .string()
    .regex(/^\d{1,18}$/)
    .transform(BigInt),
  /** The shared ledger and the registry of placements: one of each. `fromBlock`: nothing of them is before it. */
  books: z
    .strictObject({ ledger: address, registry: address, admin: address, writer: address, fromBlock: block })
    .optional(),
  /** Escrow and instalments of each vetted token. */
  settlement: z.array(
    z.strictObject({
      token: address,
      symbol: z.string(),
      decimals: z.int().min(0).max(255),
      escrow: address,
      plan: address,
      fromBlock: block,
    }),
  ),
})

export type DeployedContracts = z.infer<typeof deployedContracts>

/** Reads the text of such a file; throws when it is none. */
export function parseDeployedContracts(text: string): DeployedContracts {
  return deployedContracts.parse(JSON.parse(text))
}

/** The text that `parseDeployedContracts` reads. */
export function deployedContractsText(deployed: DeployedContracts): string {
  const plain = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value)
  return `${JSON.stringify(deployed, plain, 2)}\n`
}
