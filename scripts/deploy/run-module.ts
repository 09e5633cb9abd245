/** Runs one module of Hardhat Ignition with its journal, so that a run that broke off goes on where it was. */
import {
  type ArtifactResolver,
  type ContractFuture,
  type DeploymentResult,
  DeploymentResultType,
  deploy,
  type IgnitionModule,
  listTransactions,
  type ModuleParameters,
  trackTransaction,
  wipe,
} from '@nomicfoundation/ignition-core'
import { z } from 'zod'
import { KEPT_CONTRACTS, readCompiled } from '#scripts/contracts/compiled.ts'
import type { SigningProvider } from './signing-provider.ts'

export type ModuleRun = {
  provider: SigningProvider
  deployer: string
  /** Folder of this module's journal on this chain. */
  journal: string
  parameters: ModuleParameters
  confirmations: number
}

export type ModuleOutcome<Key extends string> = {
  /** Addresses in lower case by their name in the module. */
  addresses: Record<Key, string>
  /** Of every deployment. */
  transactionHashes: string[]
}

type Module<Key extends string> = IgnitionModule<string, string, Record<Key, ContractFuture<string>>>

/** Deploys what the journal lacks of a module. Throws with the engine's reasons when it cannot be finished. */
export async function runModule<Key extends string>(
  module: Module<Key>,
  run: ModuleRun,
): Promise<ModuleOutcome<Key>> {
  const result = await resume(module, run)
  if (result.type !== DeploymentResultType.SUCCESSFUL_DEPLOYMENT)
    throw new Error(
      [
        `${module.id} is not deployed as asked. The journal in ${run.journal} keeps what is done.`,
        ...reasonsOf(result),
      ].join('\n  '),
    )
  const futures = Object.entries<ContractFuture<string>>(module.results)
  const transactions = await listTransactions(run.journal, ARTIFACTS)
  return {
    addresses: Object.fromEntries(
      futures.map(([key, { id }]) => [key, result.contracts[id]?.address.toLowerCase()]),
    ) as Record<Key, string>,
    transactionHashes: transactions.map((transaction) => transaction.txHash),
  }
}

/** Runs the engine; a transaction of an earlier run whose sending broke off is looked after first. */
async function resume<Key extends string>(module: Module<Key>, run: ModuleRun): Promise<DeploymentResult> {
  for (let recovered = 0; ; recovered += 1) {
    try {
      return await deploy({
        provider: run.provider,
        ignitionModule: module,
        artifactResolver: ARTIFACTS,
        deploymentDir: run.journal,
        deploymentParameters: { [module.id]: run.parameters },
        accounts: [run.deployer],
        defaultSender: run.deployer,
        config: { requiredConfirmations: run.confirmations },
      })
    } catch (error) {
      const lost = lostTransaction.safeParse(error)
      if (!lost.success || recovered === module.futures.size) throw error
      await recover(lost.data.messageArguments, run)
    }
  }
}

/** The engine's words for: a nonce was taken for this step, and whether a transaction went out is not known. */
const lostTransaction = z.object({
  number: z.literal(10_410),
  messageArguments: z.object({ futureId: z.string(), nonce: z.number() }),
})

/**
 * What was signed is on disk, since it is written there before it is sent: the same bytes are sent again and followed. Nothing on
 * disk means that nothing was sent, so that the step starts anew.
 */
async function recover(
  { futureId, nonce }: { futureId: string; nonce: number },
  run: ModuleRun,
): Promise<void> {
  const hash = await run.provider.sendAgain(nonce)
  if (hash === null) await wipe(run.journal, ARTIFACTS, futureId)
  else await trackTransaction(run.journal, hash, run.provider, run.confirmations)
}

/** The engine deploys what the product keeps compiled, so that a deployment needs no compiler. */
const ARTIFACTS: ArtifactResolver = {
  loadArtifact: async (name) => {
    const { abi, bytecode } = readCompiled(name)
    const source = KEPT_CONTRACTS.find((kept) => kept.name === name)?.source ?? ''
    return {
      _format: 'hh3-artifact-1',
      contractName: name,
      sourceName: `contracts/${source}`,
      abi,
      bytecode,
      deployedBytecode: '0x',
      linkReferences: {},
      deployedLinkReferences: {},
    }
  },
  getBuildInfo: async () => undefined,
}

type Failure = Exclude<DeploymentResult, { type: DeploymentResultType.SUCCESSFUL_DEPLOYMENT }>

function reasonsOf(failure: Failure): string[] {
  switch (failure.type) {
    case DeploymentResultType.VALIDATION_ERROR:
    case DeploymentResultType.RECONCILIATION_ERROR:
    case DeploymentResultType.PREVIOUS_RUN_ERROR:
      return Object.entries(failure.errors).flatMap(([future, errors]) =>
        errors.map((error) => `${future}: ${error}`),
      )
    case DeploymentResultType.EXECUTION_ERROR:
      return [
        ...failure.failed.map(({ futureId, error }) => `${futureId} failed: ${error}`),
        ...failure.timedOut.map(
          ({ futureId }) => `${futureId} was not mined in time; run the same command again`,
        ),
        ...failure.held.map(({ futureId, reason }) => `${futureId} is held: ${reason}`),
        ...failure.started.map((futureId) => `${futureId} was begun; run the same command again`),
      ]
  }
}
