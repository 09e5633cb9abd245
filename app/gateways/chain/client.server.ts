import { FetchRequest, getBigInt, JsonRpcProvider, keccak256, Network, zeroPadValue } from 'ethers'
import { asFault, broadcastAnswer } from './errors.ts'
import { isLocalChain } from './local-chain.ts'
import type { Block, Broadcast, Chain, Fees, Receipt } from './port.ts'

const TIMEOUT_MS = 10_000
/** Storage slot of PaymentLedger's mapping from writer to head. */
const HEADS_SLOT = '3'.padStart(64, '0')
const GWEI = 1_000_000_000n
/** We never offer more than this for a unit of gas, whatever a node suggests. */
const MOST_PER_GAS = 500n * GWEI
/** A development chain may start over with a higher base fee than the one it had when a transaction was signed. */
const LEAST_PER_GAS_LOCAL = 20n * GWEI

/** Connects to the chain at a JSON-RPC address and asks which chain it is. Throws GatewayFault when it does not answer. */
export async function connectChain(rpcUrl: string): Promise<Chain> {
  const chainId = await askChainId(rpcUrl)
  const network = Network.from(chainId)
  const provider = new JsonRpcProvider(request(rpcUrl), network, {
    staticNetwork: network,
    cacheTimeout: -1,
    // Each call goes out at once, instead of waiting 10 ms for others to go with it.
    batchMaxCount: 1,
  })
  return chainOf(provider, chainId)
}

function request(rpcUrl: string): FetchRequest {
  const made = new FetchRequest(rpcUrl)
  made.timeout = TIMEOUT_MS
  return made
}

async function askChainId(rpcUrl: string): Promise<bigint> {
  try {
    const asked = request(rpcUrl)
    asked.body = { jsonrpc: '2.0', id: 1, method: 'eth_chainId', params: [] }
    const answer = await asked.send()
    answer.assertOk()
    return getBigInt(answer.bodyJson.result)
  } catch (error) {
    throw asFault(error, 'eth_chainId')
  }
}

function chainOf(provider: JsonRpcProvider, chainId: bigint): Chain {
  const read = async <T>(operation: string, call: () => Promise<T>): Promise<T> => {
    try {
      return await call()
    } catch (error) {
      throw asFault(error, operation)
    }
  }
  return {
    chainId,
    findBlock: (number) => read('eth_getBlockByNumber', () => findBlock(provider, number)),
    findFinalizedNumber: () => findFinalizedNumber(provider),
    findReceipt: (hash) => read('eth_getTransactionReceipt', () => findReceipt(provider, hash)),
    minedCount: (address) =>
      read('eth_getTransactionCount', () => provider.getTransactionCount(address, 'latest')),
    hasCode: (address) => read('eth_getCode', async () => (await provider.getCode(address)) !== '0x'),
    streamHead: (contract, writer) =>
      read('eth_getStorageAt', () =>
        provider.getStorage(contract, keccak256(zeroPadValue(writer, 32) + HEADS_SLOT)),
      ),
    suggestFees: () => read('eth_feeHistory', () => suggestFees(provider, chainId)),
    broadcast: (raw) => broadcast(provider, raw),
    close: () => provider.destroy(),
  }
}

async function findBlock(provider: JsonRpcProvider, number: bigint | 'latest'): Promise<Block | null> {
  const block = await provider.getBlock(number)
  if (block === null || block.hash === null) return null
  return {
    number: BigInt(block.number),
    hash: block.hash.toLowerCase(),
    parentHash: block.parentHash.toLowerCase(),
    transactionHashes: block.transactions.map((hash) => hash.toLowerCase()),
  }
}

async function findFinalizedNumber(provider: JsonRpcProvider): Promise<bigint | null> {
  try {
    const block = await provider.getBlock('finalized')
    return block === null ? null : BigInt(block.number)
  } catch {
    return null
  }
}

async function findReceipt(provider: JsonRpcProvider, hash: string): Promise<Receipt | null> {
  const receipt = await provider.getTransactionReceipt(hash)
  if (receipt === null) return null
  return {
    blockNumber: BigInt(receipt.blockNumber),
    blockHash: receipt.blockHash.toLowerCase(),
    succeeded: receipt.status === 1,
    gasUsed: receipt.gasUsed,
  }
}

async function suggestFees(provider: JsonRpcProvider, chainId: bigint): Promise<Fees> {
  const { maxFeePerGas, maxPriorityFeePerGas, gasPrice } = await provider.getFeeData()
  const suggested = maxFeePerGas ?? gasPrice ?? GWEI
  const least = isLocalChain(chainId) ? LEAST_PER_GAS_LOCAL : 0n
  const fee = suggested < least ? least : suggested
  const capped = fee > MOST_PER_GAS ? MOST_PER_GAS : fee
  const tip = maxPriorityFeePerGas ?? 0n
  return { maxFeePerGas: capped, maxPriorityFeePerGas: tip > capped ? capped : tip }
}

async function broadcast(provider: JsonRpcProvider, raw: string): Promise<Broadcast> {
  try {
    await provider.send('eth_sendRawTransaction', [raw])
    return { kind: 'accepted' }
  } catch (error) {
    const answer = broadcastAnswer(error)
    if (answer !== null) return answer
    // It may have been taken: the same bytes are sent again, which changes nothing if it was.
    throw asFault(error, 'eth_sendRawTransaction', 'indeterminate')
  }
}
