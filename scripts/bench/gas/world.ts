/** A fresh anvil with one token, our settlement contracts and funded parties, on which the gas of real transactions is measured. */
import {
  type BaseContract,
  Contract,
  ContractFactory,
  type ContractTransactionResponse,
  HDNodeWallet,
  id,
  JsonRpcProvider,
  Mnemonic,
} from 'ethers'
import { type DemoDollarAbi, demoDollar } from '#app/gateways/chain/bindings/demo-dollar.ts'
import { type InstallmentPlanAbi, installmentPlan } from '#app/gateways/chain/bindings/installment-plan.ts'
import { type InvoiceEscrowAbi, invoiceEscrow } from '#app/gateways/chain/bindings/invoice-escrow.ts'
import type { TypedContract } from '#app/gateways/chain/typed-contract.ts'
import { readCompiled } from '#scripts/contracts/compiled.ts'
import { startAnvil } from '#test/support/anvil.ts'

export type TokenKind = 'usdc' | 'plain'

export type Parties = {
  payer: HDNodeWallet
  payee: HDNodeWallet
  arbiter: HDNodeWallet
  /** Somebody with no role of its own: relayer and keeper. */
  keeper: HDNodeWallet
  buyers: readonly HDNodeWallet[]
  suppliers: readonly HDNodeWallet[]
}

export type GasWorld = Parties & {
  /** The calls of a token that both tokens have; the USDC-like one behind its proxy. */
  token: (signer: HDNodeWallet) => TypedContract<DemoDollarAbi>
  /** Name and version of the token's EIP-712 domain. */
  tokenDomain: { name: string; version: string }
  escrow: (signer: HDNodeWallet) => TypedContract<InvoiceEscrowAbi>
  plan: (signer: HDNodeWallet) => TypedContract<InstallmentPlanAbi>
  escrowAddress: string
  planAddress: string
  tokenAddress: string
  chainId: bigint
  /** A salted key, as each invoice has one; the same at each run, since a zero byte of it would be cheaper. */
  newKey: () => string
  /** Time of the latest block. */
  now: () => Promise<bigint>
  /** Lets time pass. */
  wait: (seconds: number) => Promise<void>
}

const MNEMONIC = 'test test test test test test test test test test test junk'
const CROWD = 20
const PLENTY = 1_000_000_000_000n
/** When the chain begins; the same at each run. */
const START_SECONDS = 1_900_000_000
const GAS_LIMIT = 12_000_000n

/** Amount of an invoice in the table: 1,250.550001 dollars, so that no byte of it is zero by chance. */
export const AMOUNT = 1_250_550_001n

/** Runs `measure` in a new world of a token and ends it. */
export async function inWorld<T>(kind: TokenKind, measure: (world: GasWorld) => Promise<T>): Promise<T> {
  const anvil = await startAnvil([
    ...['--hardfork', 'osaka', '--accounts', String(4 + 2 * CROWD)],
    ...['--timestamp', String(START_SECONDS)],
  ])
  const provider = new JsonRpcProvider(anvil.url, undefined, { cacheTimeout: -1, batchMaxCount: 1 })
  try {
    return await measure(await createWorld(kind, provider))
  } finally {
    provider.destroy()
    await anvil.stop()
  }
}

/** Gas of a transaction that succeeds. */
export async function gasOf(sent: Promise<ContractTransactionResponse>): Promise<number> {
  const receipt = await (await sent).wait()
  if (receipt?.status !== 1) throw new Error('a measured transaction failed')
  return Number(receipt.gasUsed)
}

/** Every transaction has a fixed limit: an estimate would be a second run, and cost says nothing about the limit. */
export const limit = { gasLimit: GAS_LIMIT }

async function createWorld(kind: TokenKind, provider: JsonRpcProvider): Promise<GasWorld> {
  const parties = partiesOf(provider)
  const deployer = parties.keeper
  const tokenAddress = await deployToken(kind, deployer)
  const escrowAddress = await deploy('InvoiceEscrow', deployer, tokenAddress)
  const planAddress = await deploy('InstallmentPlan', deployer, tokenAddress)
  const { chainId } = await provider.getNetwork()
  let keys = 0
  const world: GasWorld = {
    ...parties,
    tokenAddress,
    escrowAddress,
    planAddress,
    chainId,
    tokenDomain: kind === 'usdc' ? { name: 'USD Coin', version: '2' } : { name: 'Demo Dollar', version: '1' },
    token: (signer) => demoDollar.at(tokenAddress, signer),
    escrow: (signer) => invoiceEscrow.at(escrowAddress, signer),
    plan: (signer) => installmentPlan.at(planAddress, signer),
    newKey: () => {
      keys += 1
      return id(`settlement key ${keys}`)
    },
    now: async () => BigInt((await provider.getBlock('latest'))?.timestamp ?? 0),
    wait: async (seconds) => {
      await provider.send('evm_increaseTime', [seconds])
      await provider.send('evm_mine', [])
    },
  }
  await furnish(kind, world)
  return world
}

function partiesOf(provider: JsonRpcProvider): Parties {
  const root = HDNodeWallet.fromMnemonic(Mnemonic.fromPhrase(MNEMONIC), "m/44'/60'/0'/0")
  const account = (index: number): HDNodeWallet => root.deriveChild(index).connect(provider)
  const crowd = (first: number): HDNodeWallet[] =>
    Array.from({ length: CROWD }, (_, index) => account(first + index))
  return {
    payer: account(0),
    payee: account(1),
    arbiter: account(2),
    keeper: account(3),
    buyers: crowd(4),
    suppliers: crowd(4 + CROWD),
  }
}

async function deploy(name: string, deployer: HDNodeWallet, ...inputs: unknown[]): Promise<string> {
  const { abi, bytecode } = readCompiled(name)
  const contract: BaseContract = await new ContractFactory(JSON.stringify(abi), bytecode, deployer).deploy(
    ...inputs,
  )
  await contract.waitForDeployment()
  return contract.getAddress()
}

async function deployToken(kind: TokenKind, deployer: HDNodeWallet): Promise<string> {
  if (kind === 'plain') return deploy('DemoDollar', deployer)
  return deploy('UsdcLikeProxy', deployer, await deploy('UsdcLike', deployer))
}

/** Steady state: whoever pays or is paid holds the token already, allowances stand, both contracts were used before. */
async function furnish(kind: TokenKind, world: GasWorld): Promise<void> {
  const { payer, payee, keeper, buyers, suppliers } = world
  const give = giverOf(kind, world)
  for (const account of [payer, payee, keeper, ...buyers, ...suppliers]) await give(account, PLENTY)
  for (const account of [payer, ...buyers]) {
    await gasOf(world.token(account).approve(world.escrowAddress, PLENTY, limit))
    await gasOf(world.token(account).approve(world.planAddress, PLENTY, limit))
  }
}

/** The plain token has a tap for each account, the USDC-like one mints. */
function giverOf(
  kind: TokenKind,
  world: GasWorld,
): (account: HDNodeWallet, amount: bigint) => Promise<number> {
  if (kind === 'plain') return (account, amount) => gasOf(world.token(account).tap(amount, limit))
  const usdc = new Contract(world.tokenAddress, JSON.stringify(readCompiled('UsdcLike').abi), world.keeper)
  return (account, amount) => gasOf(usdc.getFunction('mint').send(account.address, amount, limit))
}
