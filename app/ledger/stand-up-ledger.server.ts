import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type DeployedContracts, parseDeployedContracts } from '#app/gateways/chain/deployed-contracts.ts'
import type { Chain, LedgerSigner } from '#app/gateways/chain/port.ts'
import type { Deployed } from './continue-stream.server.ts'
import { deployLedger } from './deploy-ledger.server.ts'
import { takeOverLedger } from './take-over-ledger.server.ts'

/** Where `npm run deploy -- --network …` writes down what stands on which chain, seen from the project's folder. */
export const DEPLOYMENTS_FOLDER = 'deployments'

/**
 * Makes sure that the books know a ledger contract on this chain: the one that `deployments/CHAINID.json` names, else one that is
 * deployed now by the writer's own key. Throws when that file cannot be read or is of another chain.
 */
export async function standUpLedger(
  chain: Chain,
  signer: LedgerSigner,
  folder: string = DEPLOYMENTS_FOLDER,
): Promise<Deployed> {
  const books = readDeployedBooks(chain.chainId, folder)
  return books === undefined ? deployLedger(chain, signer) : takeOverLedger(chain, signer, books)
}

/** The ledger that was deployed to a chain with a key of its own; undefined when there is none. */
export function readDeployedBooks(
  chainId: bigint,
  folder: string = DEPLOYMENTS_FOLDER,
): DeployedContracts['books'] {
  const file = join(folder, `${chainId}.json`)
  if (!existsSync(file)) return undefined
  const deployed = parseDeployedContracts(readFileSync(file, 'utf8'))
  if (deployed.chainId !== chainId) throw new Error(`${file} is of chain ${deployed.chainId}`)
  return deployed.books
}
