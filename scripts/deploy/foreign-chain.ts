/**
 * Deploys our contracts to a chain that is not ours. The journal makes a run that broke off resume; what stands already, as
 * `deployments/CHAINID.json` says, is left alone. That file is written part by part, each once it was read back from the chain.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { FetchRequest, JsonRpcProvider, Network, type Wallet } from 'ethers'
import { demoDollar } from '#app/gateways/chain/bindings/demo-dollar.ts'
import {
  type DeployedContracts,
  deployedContractsText,
  parseDeployedContracts,
} from '#app/gateways/chain/deployed-contracts.ts'
import { isDevelopmentAccount } from '#app/gateways/chain/development-accounts.ts'
import { isLocalChain } from '#app/gateways/chain/local-chain.ts'
import { ADMIN_DELAY_SECONDS, booksModule, settlementModule } from '#scripts/contracts/ignition.ts'
import { releaseLock, takeLock, writeWhole } from '#scripts/supervisor/data-folder.ts'
import { checkLedger, checkSettlement } from './check-deployed.ts'
import type { DeployOptions } from './options.ts'
import { runModule } from './run-module.ts'
import { signingProvider } from './signing-provider.ts'

/** What DemoDollar answers, and no other token is likely to. */
const TAP_LIMIT = 1_000_000_000_000n
const TIMEOUT_MS = 30_000

type Target = DeployOptions & {
  provider: JsonRpcProvider
  wallet: Wallet
  chainId: bigint
  say: (line: string) => void
}

export type DeployRun = {
  options: DeployOptions
  /** Opens the deployer's key; called once the chain has answered. */
  openKey: () => Promise<Wallet>
  say: (line: string) => void
}

/** Deploys what is asked for and is not there yet. Answers where everything stands. */
export async function deployToForeignChain({ options, openKey, say }: DeployRun): Promise<DeployedContracts> {
  const { provider, chainId } = await connect(options)
  try {
    const wallet = await openKey()
    refuseUnsafe(options, wallet.address, chainId)
    const folder = {
      root: resolve(options.folder),
      path: (...parts: string[]) => join(resolve(options.folder), ...parts),
    }
    mkdirSync(folder.root, { recursive: true })
    const holder = takeLock(folder, `deployment to chain ${chainId}`)
    if (holder !== undefined)
      throw new Error(`Another deployment (process ${holder.pid}) uses ${folder.root}`)
    try {
      return await deployParts({ ...options, provider, wallet, chainId, say })
    } finally {
      releaseLock(folder)
    }
  } finally {
    provider.destroy()
  }
}

/** Where a chain's contracts are written down. */
export function deploymentFile(folder: string, chainId: bigint): string {
  return join(resolve(folder), `${chainId}.json`)
}

async function connect({ network }: DeployOptions): Promise<{ provider: JsonRpcProvider; chainId: bigint }> {
  const request = new FetchRequest(network.rpcUrl)
  request.timeout = TIMEOUT_MS
  request.body = { jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] }
  const answer = await request.send()
  answer.assertOk()
  const chainId = BigInt(answer.bodyJson.result)
  if (network.chainId !== undefined && network.chainId !== chainId)
    throw new Error(`The endpoint is chain ${chainId}, not ${network.chainId}`)
  const fixed = Network.from(chainId)
  const endpoint = new FetchRequest(network.rpcUrl)
  endpoint.timeout = TIMEOUT_MS
  return {
    chainId,
    provider: new JsonRpcProvider(endpoint, fixed, {
      staticNetwork: fixed,
      cacheTimeout: -1,
      batchMaxCount: 1,
    }),
  }
}

/** A key that everyone has, or roles that the deployer would keep. */
function refuseUnsafe({ admin, writer }: DeployOptions, deployer: string, chainId: bigint): void {
  if (!isLocalChain(chainId))
    for (const [name, account] of Object.entries({ deployer, admin, writer }))
      if (isDevelopmentAccount(account))
        throw new Error(
          `The ${name} ${account} is a well-known development account: refused on chain ${chainId}`,
        )
  if (admin === writer)
    throw new Error('--admin and --writer must be two accounts: a leaked key could not be shut out')
  if (deployer === admin || deployer === writer)
    throw new Error('The deployer must be neither --admin nor --writer: it is to keep no role')
}

async function deployParts(target: Target): Promise<DeployedContracts> {
  const file = deploymentFile(target.folder, target.chainId)
  let deployed: DeployedContracts = existsSync(file)
    ? parseDeployedContracts(readFileSync(file, 'utf8'))
    : { chainId: target.chainId, settlement: [] }
  if (deployed.chainId !== target.chainId) throw new Error(`${file} is of chain ${deployed.chainId}`)
  const keep = (changed: DeployedContracts): void => {
    deployed = changed
    writeWhole(file, deployedContractsText(deployed))
  }

  if (deployed.books === undefined) keep({ ...deployed, books: await deployBooks(target) })
  else refuseOtherRoles(deployed.books, target)
  for (const token of target.tokens) {
    const known = deployed.settlement.find((each) => each.token === token.toLowerCase())
    if (known !== undefined) target.say(`Settlement in ${known.symbol}: already there`)
    else keep({ ...deployed, settlement: [...deployed.settlement, await deploySettlement(target, token)] })
  }
  return deployed
}

/** Other accounts on the command line are a mistake, not a wish for a second ledger. */
function refuseOtherRoles(
  books: NonNullable<DeployedContracts['books']>,
  { admin, writer, say }: Target,
): void {
  if (books.admin !== admin.toLowerCase() || books.writer !== writer.toLowerCase())
    throw new Error(
      `PaymentLedger ${books.ledger} stands already, with admin ${books.admin} and writer ${books.writer}: its roles change by its own calls, not by another deployment`,
    )
  say(`PaymentLedger ${books.ledger}: already there`)
}

async function deployBooks(target: Target): Promise<NonNullable<DeployedContracts['books']>> {
  const { admin, writer, provider, wallet, say } = target
  await requireMoney(target)
  say('Deploying PaymentLedger and PlacementRegistry …')
  const { addresses, transactionHashes } = await runModule(booksModule, {
    ...engineOf(target, 'books'),
    parameters: { adminDelaySeconds: ADMIN_DELAY_SECONDS, admin, writer },
  })
  const fromBlock = await firstBlock(provider, transactionHashes)
  refuseProblems(
    await checkLedger(provider, addresses.ledger, fromBlock, { admin, writer, deployer: wallet.address }),
  )
  say(`PaymentLedger ${addresses.ledger}: roles are as intended, the deployer holds none`)
  say(`PlacementRegistry ${addresses.registry}`)
  return {
    ledger: addresses.ledger,
    registry: addresses.registry,
    admin: admin.toLowerCase(),
    writer: writer.toLowerCase(),
    fromBlock,
  }
}

async function deploySettlement(
  target: Target,
  token: string,
): Promise<DeployedContracts['settlement'][number]> {
  const { provider, chainId, say } = target
  const { symbol, decimals } = await readToken(provider, token)
  await refusePlayMoney(provider, token, chainId)
  await requireMoney(target)
  say(`Deploying InvoiceEscrow and InstallmentPlan for ${symbol} (${token}) …`)
  const { addresses, transactionHashes } = await runModule(settlementModule, {
    ...engineOf(target, `settlement-${token.toLowerCase()}`),
    parameters: { token },
  })
  const { escrow, plan } = addresses
  refuseProblems(await checkSettlement(provider, { token, escrow, plan, chainId }))
  say(`InvoiceEscrow ${escrow}`)
  say(`InstallmentPlan ${plan}`)
  const fromBlock = await firstBlock(provider, transactionHashes)
  return { token: token.toLowerCase(), symbol, decimals, escrow, plan, fromBlock }
}

function engineOf({ provider, wallet, chainId, confirmations, folder }: Target, part: string) {
  const journal = join(resolve(folder), `${chainId}`, part)
  return {
    provider: signingProvider({ provider, wallet, chainId, folder: join(journal, 'signed') }),
    deployer: wallet.address,
    journal,
    confirmations,
  }
}

async function readToken(
  provider: JsonRpcProvider,
  address: string,
): Promise<{ symbol: string; decimals: number }> {
  if ((await provider.getCode(address)) === '0x') throw new Error(`There is no token at ${address}`)
  const token = demoDollar.at(address, provider)
  return { symbol: await token.symbol(), decimals: Number(await token.decimals()) }
}

/** The demo's own token, of which anyone can make any amount: invoices would be paid with nothing. */
async function refusePlayMoney(provider: JsonRpcProvider, address: string, chainId: bigint): Promise<void> {
  if (isLocalChain(chainId)) return
  const limit = await demoDollar
    .at(address, provider)
    .TAP_LIMIT()
    .catch(() => 0n)
  if (limit === TAP_LIMIT)
    throw new Error(`${address} is play money, which anyone can make: refused on chain ${chainId}`)
}

async function requireMoney({ provider, wallet, chainId }: Target): Promise<void> {
  if ((await provider.getBalance(wallet.address)) === 0n)
    throw new Error(`The deployer ${wallet.address} has nothing to pay gas with on chain ${chainId}`)
}

async function firstBlock(provider: JsonRpcProvider, hashes: readonly string[]): Promise<bigint> {
  const blocks: bigint[] = []
  for (const hash of hashes) {
    const receipt = await provider.getTransactionReceipt(hash)
    if (receipt !== null) blocks.push(BigInt(receipt.blockNumber))
  }
  const [first, ...rest] = blocks
  if (first === undefined) throw new Error('The chain has no receipt of the deployment')
  return rest.reduce((least, each) => (each < least ? each : least), first)
}

function refuseProblems(problems: readonly string[]): void {
  if (problems.length > 0)
    throw new Error(['Deployed, but not as intended; do not use it:', ...problems].join('\n  '))
}
