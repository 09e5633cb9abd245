/** Which contracts the product keeps compiled, and the form of `contracts/compiled/NAME.json`. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A parameter as solc's ABI describes it; `internalType` carries the names of structs and enums. */
export type AbiParameter = {
  name: string
  type: string
  internalType?: string
  indexed?: boolean
  components?: readonly AbiParameter[]
}

export type AbiEntry = {
  type: 'constructor' | 'function' | 'event' | 'error' | 'fallback' | 'receive'
  name?: string
  inputs?: readonly AbiParameter[]
  outputs?: readonly AbiParameter[]
  stateMutability?: 'pure' | 'view' | 'nonpayable' | 'payable'
}

export type Compiled = {
  contractName: string
  compiler: { name: string; version: string; settings: Record<string, unknown> }
  abi: readonly AbiEntry[]
  /** Members in order of every enum that the ABI speaks of, by the enum's full name. */
  enums?: Readonly<Record<string, readonly string[]>>
  bytecode: string
}

export type KeptContract = {
  name: string
  /** Its source, below contracts/. */
  source: string
  /** Whether the product itself uses it. Others are kept for gas tables and tests, which then need no compiler. */
  isProduct: boolean
}

export const KEPT_CONTRACTS: readonly KeptContract[] = [
  { name: 'PaymentLedger', source: 'PaymentLedger.sol', isProduct: true },
  { name: 'InvoiceEscrow', source: 'InvoiceEscrow.sol', isProduct: true },
  { name: 'InstallmentPlan', source: 'InstallmentPlan.sol', isProduct: true },
  { name: 'PlacementRegistry', source: 'PlacementRegistry.sol', isProduct: true },
  { name: 'DemoDollar', source: 'tokens/DemoDollar.sol', isProduct: true },
  { name: 'UsdcLike', source: 'testing/UsdcLike.sol', isProduct: false },
  { name: 'UsdcLikeProxy', source: 'testing/UsdcLike.sol', isProduct: false },
  { name: 'HostileToken', source: 'testing/HostileToken.sol', isProduct: false },
]

/** Path of a contract's committed file, from the root of the project. */
export function compiledPath({ name, isProduct }: KeptContract): string {
  return isProduct ? `contracts/compiled/${name}.json` : `contracts/compiled/testing/${name}.json`
}

/** The committed file of a contract, by name. */
export function readCompiled(name: string): Compiled {
  const kept = KEPT_CONTRACTS.find((each) => each.name === name)
  if (kept === undefined) throw new Error(`${name} is not kept compiled`)
  const path = fileURLToPath(new URL(`../../${compiledPath(kept)}`, import.meta.url))
  return JSON.parse(readFileSync(path, 'utf8')) as Compiled
}
