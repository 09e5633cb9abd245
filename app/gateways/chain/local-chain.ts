const LOCAL_CHAINS: readonly bigint[] = [31_337n, 1_337n]

/** Whether a chain is somebody's own development chain, which may lose blocks and hands out play money. */
export function isLocalChain(chainId: bigint): boolean {
  return LOCAL_CHAINS.includes(chainId)
}
