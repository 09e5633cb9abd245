/**
 * What the generated bindings have in common: an ABI as a TypeScript type, and ethers' contract and codec typed by it.
 * Integers are bigint, whatever their width; addresses and bytes are hex. A struct that a call answers is ethers' Result:
 * its fields are read by name.
 */
import {
  type BaseContract,
  type BaseContractMethod,
  Contract,
  type ContractRunner,
  type ContractTransactionResponse,
  Interface,
} from 'ethers'

/** A function that changes the chain; `Output` is what a static call of it answers. */
export type Write<Inputs extends unknown[], Output = void> = {
  kind: 'write'
  inputs: Inputs
  output: Output
}
/** A view. */
export type Read<Inputs extends unknown[], Output> = { kind: 'read'; inputs: Inputs; output: Output }

/** The shape of the types that the generator writes. */
export type AbiTypes = {
  constructor: unknown[]
  functions: Record<string, Write<unknown[], unknown> | Read<unknown[], unknown>>
  events: Record<string, object>
  errors: Record<string, object>
}

type Method<Signature> =
  Signature extends Read<infer Inputs, infer Output>
    ? BaseContractMethod<Inputs, Output, Output>
    : Signature extends Write<infer Inputs, infer Output>
      ? BaseContractMethod<Inputs, Output, ContractTransactionResponse>
      : never

/** An ethers contract whose methods have the types of `Abi`. */
export type TypedContract<Abi extends AbiTypes> = BaseContract & {
  [Name in keyof Abi['functions']]: Method<Abi['functions'][Name]>
}

/** One of several named things with its arguments; a switch on `name` knows them. */
export type Named<Members> = {
  [Name in keyof Members]: { name: Name; args: Members[Name] }
}[keyof Members]

/** A log as any JSON-RPC client gives it. */
export type RawLog = { topics: readonly string[]; data: string }

export type ContractBinding<Abi extends AbiTypes> = {
  readonly interface: Interface
  /** The contract at an address, to be called through `runner`: a provider, or a signer. */
  at: (address: string, runner?: ContractRunner | null) => TypedContract<Abi>
  /** The data of a call, for a transaction that is signed elsewhere or later. */
  encode: <Name extends keyof Abi['functions'] & string>(
    name: Name,
    ...inputs: Abi['functions'][Name]['inputs']
  ) => string
  /** The constructor's arguments, which follow the bytecode in a deployment. */
  encodeConstructor: (...inputs: Abi['constructor']) => string
  /** The first topic of an event. */
  topicOf: (name: keyof Abi['events'] & string) => string
  /** The event that a log holds; null when it is none of this contract's. */
  parseLog: (log: RawLog) => Named<Abi['events']> | null
  /** The custom error that a revert carries; null when it is none of this contract's. */
  parseError: (data: string) => Named<Abi['errors']> | null
}

/** Ties ethers to generated types: the one place where what ethers answers is taken for what the ABI says. */
export function bindContract<Abi extends AbiTypes>(fragments: readonly string[]): ContractBinding<Abi> {
  const abi = new Interface(fragments)
  return {
    interface: abi,
    at: (address, runner = null) => new Contract(address, abi, runner) as unknown as TypedContract<Abi>,
    encode: (name, ...inputs) => abi.encodeFunctionData(name, inputs),
    encodeConstructor: (...inputs) => abi.encodeDeploy(inputs),
    topicOf: (name) => requireFound(abi.getEvent(name), name).topicHash,
    parseLog: (log) => {
      const parsed = abi.parseLog(log)
      return parsed === null
        ? null
        : ({ name: parsed.name, args: parsed.args.toObject(true) } as unknown as Named<Abi['events']>)
    },
    parseError: (data) => {
      const parsed = abi.parseError(data)
      return parsed === null
        ? null
        : ({ name: parsed.name, args: parsed.args.toObject(true) } as unknown as Named<Abi['errors']>)
    },
  }
}

function requireFound<T>(found: T | null, name: string): T {
  if (found === null) throw new Error(`the contract has no ${name}`)
  return found
}
