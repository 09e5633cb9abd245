/** npm run deploy: makes sure that the ledger contract stands on the configured chain. Safe to run again at any time. */
import { connectChain } from '#app/gateways/chain/client.server.ts'
import { createLedgerSigner } from '#app/gateways/chain/signer.server.ts'
import { awaitDeployment, deployLedger } from '#app/ledger/deploy-ledger.server.ts'
import { formatStream } from '#app/ledger/stream.ts'
import { streamOf } from '#app/ledger/stream-of-books.server.ts'
import { db } from '#app/platform/db.server.ts'
import { env } from '#app/platform/env.server.ts'

const LIMIT_MS = 60_000

async function main(): Promise<void> {
  if (env.chain === undefined)
    throw new Error('Set CHAIN_RPC_URL and LEDGER_WRITER_KEY to say where to deploy.')
  const chain = await connectChain(env.chain.rpcUrl)
  try {
    const signer = createLedgerSigner(env.chain.writerKey, chain.chainId, env.chain.adminAddress)
    const deployed = await deployLedger(chain, signer)
    if (!deployed.ok) throw new Error(deployed.refusal.sentence)
    const { deployment, isNew } = deployed
    const stands = await awaitDeployment(chain, deployment, LIMIT_MS)
    const state = stands
      ? isNew
        ? 'deployed'
        : 'already there'
      : 'stored and sent; the worker keeps sending it until it is mined'
    console.log(`PaymentLedger ${state}: ${formatStream(streamOf(deployment))}`)
  } finally {
    chain.close()
    await db.$disconnect()
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
