import { env } from '#app/platform/env.server.ts'
import { listDeployments, streamOf } from './stream-of-books.server.ts'
import { wellKnownFile } from './well-known.ts'

/**
 * What /.well-known/quittance.json says: our streams, oldest first. The chain's address is named in the demo only: elsewhere
 * CHAIN_RPC_URL may carry a key, and whoever checks should ask an endpoint of their own choice.
 */
export async function publishedLedger(): Promise<ReturnType<typeof wellKnownFile>> {
  const streams = (await listDeployments()).map(streamOf)
  return wellKnownFile(streams, env.isProduction ? null : (env.chain?.rpcUrl ?? null))
}
