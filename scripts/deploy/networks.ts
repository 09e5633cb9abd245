/** Chains that `--network` knows by name; any other is named by the address of its JSON-RPC endpoint. */
import { z } from 'zod'

export type TargetNetwork = {
  rpcUrl: string
  /** What the endpoint must say it is; undefined for a bare address. */
  chainId: bigint | undefined
}

/** Endpoints that the chains' own operators run for everybody; a busy deployer gives its own. */
const NETWORKS: Readonly<Record<string, TargetNetwork>> = {
  localhost: { rpcUrl: 'http://127.0.0.1:8545', chainId: undefined },
  base: { rpcUrl: 'https://mainnet.base.org', chainId: 8_453n },
  'base-sepolia': { rpcUrl: 'https://sepolia.base.org', chainId: 84_532n },
  optimism: { rpcUrl: 'https://mainnet.optimism.io', chainId: 10n },
  'optimism-sepolia': { rpcUrl: 'https://sepolia.optimism.io', chainId: 11_155_420n },
  arbitrum: { rpcUrl: 'https://arb1.arbitrum.io/rpc', chainId: 42_161n },
  'arbitrum-sepolia': { rpcUrl: 'https://sepolia-rollup.arbitrum.io/rpc', chainId: 421_614n },
}

/** The chain that a name or an address stands for; throws with the known names. */
export function findNetwork(nameOrUrl: string): TargetNetwork {
  const known = NETWORKS[nameOrUrl]
  if (known !== undefined) return known
  if (z.url({ protocol: /^https?$/ }).safeParse(nameOrUrl).success)
    return { rpcUrl: nameOrUrl, chainId: undefined }
  throw new Error(
    `--network ${nameOrUrl} is neither the http(s) address of a JSON-RPC endpoint nor one of ${Object.keys(NETWORKS).join(', ')}`,
  )
}
