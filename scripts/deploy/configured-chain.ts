/** Makes sure that the ledger contract stands on the chain of the settings, through the queue of stored transactions. */
import { connectChain } from '#app/gateways/chain/client.server.ts'
import { createLedgerSigner } from '#app/gateways/chain/signer.server.ts'
import { awaitDeployment } from '#app/ledger/deploy-ledger.server.ts'
import { standUpLedger } from '#app/ledger/stand-up-ledger.server.ts'
import { formatStream } from '#app/ledger/stream.ts'
import { streamOf } from '#app/ledger/stream-of-books.server.ts'
import { db } from '#app/platform/db.server.ts'
import { env } from '#app/platform/env.server.ts'

const LIMIT_MS = 60_000

/** Safe to run again at any time: what stands already is left alone. */
export async function deployToConfiguredChain(): Promise<void> {
  if (env.chain === undefined)
    throw new Error(
      'Set CHAIN_RPC_URL and LEDGER_WRITER_KEY to say where to deploy, or name a foreign chain with --network.',
    )
  const chain = await connectChain(env.chain.rpcUrl)
  try {
    const signer = createLedgerSigner(env.chain.writerKey, chain.chainId, env.chain.adminAddress)
    const deployed = await standUpLedger(chain, signer)
    if (!deployed.ok) throw new Error(deployed.refusal.sentence)
    const { deployment, isNew } = deployed
    const stands = await awaitDeployment(chain, deployment, LIMIT_MS)
    const state = stands
      ? isNew
        ? deployment.chainTransactionId === null
          ? 'taken over'
          : 'deployed'
        : 'already there'
      : 'stored and sent; the worker keeps sending it until it is mined'
    console.log(`PaymentLedger ${state}: ${formatStream(streamOf(deployment))}`)
  } finally {
    chain.close()
    await db.$disconnect()
  }
}
