/** A chain in this process, for contracts that are compared with a model: any account may send, and a refusal says its reason. */
import { getAddress, Interface } from 'ethers'
import hre from 'hardhat'
import { readCompiled } from '#scripts/contracts/compiled.ts'

/** A contract on the chain; `enums` are the members of the enums that its interface speaks of, by their full names. */
export type Deployed = { at: string; abi: Interface; enums: Readonly<Record<string, readonly string[]>> }

/** Asks a view for what it answers now. */
export type View = () => Promise<unknown[]>

type Transaction = { from: string; to: string; data: string; gas: string }

const DEPLOYMENT_GAS = '0xe4e1c0'
const CALL_GAS = '0x1e8480'

/** Starts an empty chain. */
export async function openInProcessChain() {
  const { provider } = await hre.network.create()
  const request = async <T>(method: string, params: unknown[]): Promise<T> =>
    (await provider.request({ method, params })) as T
  const interfaces: Interface[] = []

  return {
    accounts: await request<string[]>('eth_accounts', []),
    chainId: BigInt(await request<string>('eth_chainId', [])),
    now: async (): Promise<bigint> => {
      const block = await request<{ timestamp: string }>('eth_getBlockByNumber', ['latest', false])
      return BigInt(block.timestamp)
    },
    /** Lets the chain send for an account that it has no key of, and gives it coins for the fees. */
    adopt: async (account: string): Promise<void> => {
      await request('hardhat_impersonateAccount', [account])
      await request('hardhat_setBalance', [account, `0x${(10n ** 21n).toString(16)}`])
    },
    deploy: async (from: string, name: string, args: unknown[]): Promise<Deployed> => {
      const { abi: entries, bytecode, enums = {} } = readCompiled(name)
      const abi = new Interface(JSON.stringify(entries))
      interfaces.push(abi)
      const data = bytecode + abi.encodeDeploy(args).slice(2)
      const hash = await request('eth_sendTransaction', [{ from, data, gas: DEPLOYMENT_GAS }])
      const receipt = await request<{ contractAddress: string }>('eth_getTransactionReceipt', [hash])
      return { at: getAddress(receipt.contractAddress), abi, enums }
    },
    /** Sends a call that is mined at this time, or a second after the last block; what the contract refused with, else null. */
    send: async (from: string, to: Deployed, data: string, at?: bigint): Promise<string | null> => {
      if (at !== undefined) await request('evm_setNextBlockTimestamp', [`0x${at.toString(16)}`])
      const transaction: Transaction = { from, to: to.at, data, gas: CALL_GAS }
      try {
        await request('eth_sendTransaction', [transaction])
        return null
      } catch (error) {
        return refusalIn(error, interfaces)
      }
    },
    /** A view that is asked many times with the same arguments, which are encoded once. */
    viewer: (contract: Deployed, method: string, args: unknown[]): View => {
      const data = contract.abi.encodeFunctionData(method, args)
      return async () => {
        const answer = await request<string>('eth_call', [{ to: contract.at, data }, 'latest'])
        return [...contract.abi.decodeFunctionResult(method, answer)]
      }
    },
    /** What a call would answer if it were mined at this time, or the name of what it would be refused with. */
    ask: async (from: string, to: Deployed, method: string, data: string, at: bigint) => {
      await request('evm_setNextBlockTimestamp', [`0x${at.toString(16)}`])
      const transaction: Transaction = { from, to: to.at, data, gas: CALL_GAS }
      try {
        const answer = await request<string>('eth_call', [transaction, 'pending'])
        return [...to.abi.decodeFunctionResult(method, answer)] as unknown[]
      } catch (error) {
        return refusalIn(error, interfaces)
      }
    },
    /** Remembers the chain as it is; the answer takes it back to there, as often as wanted. */
    remember: async (): Promise<() => Promise<void>> => {
      let id = await request<string>('evm_snapshot', [])
      return async () => {
        await request('evm_revert', [id])
        id = await request<string>('evm_snapshot', [])
      }
    },
  }
}

/** The name of the error that a contract refused with, its own or that of a contract which it called; of any other, the first four bytes. */
function refusalIn(error: unknown, interfaces: readonly Interface[]): string {
  const data = error instanceof Error && 'data' in error ? error.data : undefined
  if (typeof data !== 'string' || !data.startsWith('0x')) throw error
  if (data.length < 10) return 'no reason'
  for (const abi of interfaces) {
    const name = abi.parseError(data)?.name
    if (name !== undefined) return name
  }
  return data.slice(0, 10)
}
