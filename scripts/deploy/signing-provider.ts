/**
 * An EIP-1193 provider for the deployment engine: transactions are signed here, so that the key never leaves this process. What is
 * signed is written to disk before it is sent, so that a later run can send the very same again.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type JsonRpcProvider, keccak256, Transaction, type Wallet } from 'ethers'
import { z } from 'zod'
import { writeWhole } from '#scripts/supervisor/data-folder.ts'

type Request = { readonly method: string; readonly params?: readonly unknown[] | object }
export type SigningProvider = {
  request: (request: Request) => Promise<unknown>
  /** Sends again what was signed with a nonce, and answers its hash; null when nothing was. */
  sendAgain: (nonce: number) => Promise<string | null>
}

export type Signing = {
  provider: JsonRpcProvider
  wallet: Wallet
  chainId: bigint
  /** Where what was signed is kept, a file for each nonce. */
  folder: string
}

const quantity = z.string().regex(/^0x[0-9a-f]+$/i)
/** What the engine sends; one that asked for more, such as another sender, would not parse. */
const unsigned = z.strictObject({
  from: z.string(),
  to: z.string().optional(),
  value: quantity,
  data: z.string(),
  nonce: quantity,
  gas: quantity,
  gasPrice: quantity.optional(),
  maxFeePerGas: quantity.optional(),
  maxPriorityFeePerGas: quantity.optional(),
})

export function signingProvider({ provider, wallet, chainId, folder }: Signing): SigningProvider {
  const fileOf = (nonce: number): string => join(folder, `${nonce}.txt`)
  const broadcast = (raw: string): Promise<unknown> => provider.send('eth_sendRawTransaction', [raw])
  const send = async (params: unknown): Promise<unknown> => {
    const [asked] = z.tuple([unsigned]).parse(params)
    const raw = sign(asked, wallet, chainId)
    mkdirSync(folder, { recursive: true })
    writeWhole(fileOf(Number(asked.nonce)), raw)
    return broadcast(raw)
  }
  return {
    request: async ({ method, params = [] }) => {
      if (method === 'eth_accounts') return [wallet.address]
      if (method === 'eth_sendTransaction') return send(params)
      return provider.send(method, Array.isArray(params) ? [...params] : params)
    },
    sendAgain: async (nonce) => {
      if (!existsSync(fileOf(nonce))) return null
      const raw = readFileSync(fileOf(nonce), 'utf8')
      const hash = keccak256(raw)
      // One that is known already, mined or waiting, is refused as such: what counts is that the chain has it.
      if ((await provider.getTransaction(hash)) === null) await broadcast(raw)
      return hash
    },
  }
}

function sign(asked: z.infer<typeof unsigned>, wallet: Wallet, chainId: bigint): string {
  if (asked.from.toLowerCase() !== wallet.address.toLowerCase())
    throw new Error(`asked to sign for ${asked.from}, which is not the deployer`)
  const { gas, nonce, gasPrice, maxFeePerGas = null, maxPriorityFeePerGas = null } = asked
  const fees =
    gasPrice === undefined ? { type: 2, maxFeePerGas, maxPriorityFeePerGas } : { type: 0, gasPrice }
  const transaction = Transaction.from({
    chainId,
    to: asked.to ?? null,
    value: asked.value,
    data: asked.data,
    nonce: Number(nonce),
    gasLimit: gas,
    ...fees,
  })
  transaction.signature = wallet.signingKey.sign(transaction.unsignedHash)
  return transaction.serialized
}
