import { keccak_256 } from '@noble/hashes/sha3.js'
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { z } from 'zod'
import { nextStreamHash, STREAM_HASH_LENGTH } from './commitment.ts'
import { createRpc, type RpcCall, RpcRefusal } from './json-rpc.ts'
import { accountProofSchema, headerHash, headerSchema, provenSlot } from './state-proof.ts'
import {
  type ChainEntry,
  ChainReadError,
  type ChainReader,
  type LedgerStream,
  type StreamSnapshot,
} from './stream.ts'

/** Topic 0 of EntryAppended(bytes32 indexed subjectKey, address indexed writer, bytes32 commitment). */
export const ENTRY_APPENDED_TOPIC = `0x${bytesToHex(keccak_256(utf8ToBytes('EntryAppended(bytes32,address,bytes32)')))}`
/** Storage slot of the contract's mapping from writer to head. */
const HEADS_SLOT = 3
/** Blocks asked for at once; halved whenever an endpoint refuses, as many limit the range or the size of an answer. */
const FIRST_RANGE = 100_000n
const TRIES = 5

const quantity = z.string().regex(/^0x(0|[1-9a-f][0-9a-f]*)$/)
const word = z.string().regex(/^0x[0-9a-f]{64}$/)
const blockSchema = z.object({ number: quantity, hash: word })
const logSchema = z.object({
  address: z.string().regex(/^0x[0-9a-fA-F]{40}$/),
  topics: z.tuple([word, word, word]),
  data: word,
  blockNumber: quantity,
  logIndex: quantity,
  transactionHash: word,
})

/**
 * Reads ledgers from JSON-RPC endpoints; for each stream it takes the first endpoint of that chain. It believes an endpoint
 * no further than it must: the log has to add up to the head that the contract itself stores.
 */
export function createChainReader(rpcUrls: readonly string[]): ChainReader {
  const rpcs = rpcUrls.map(createRpc)
  return {
    readStream: async (stream) =>
      retryWhileChainMoves(await endpointFor(rpcs, stream), (rpc) => readStream(rpc, stream)),
    readSubject: async (stream, subjectKey) =>
      retryWhileChainMoves(await endpointFor(rpcs, stream), async (rpc) => {
        const block = await latestBlock(rpc)
        return readLogs(rpc, stream, [ENTRY_APPENDED_TOPIC, subjectKey, null], block.number)
      }),
  }
}

/** The storage slot that holds a writer's head. */
export function headSlot(writer: string): string {
  const padded = (hex: string): Uint8Array => hexToBytes(hex.padStart(64, '0'))
  return `0x${bytesToHex(keccak_256(concatBytes(padded(writer.slice(2)), padded(HEADS_SLOT.toString(16)))))}`
}

/** The head slot that a list of entries adds up to. */
export function foldEntries(entries: readonly Pick<ChainEntry, 'subjectKey' | 'commitment'>[]): string {
  let hash: Uint8Array = new Uint8Array(STREAM_HASH_LENGTH)
  for (const entry of entries)
    hash = nextStreamHash(hash, hexToBytes(entry.subjectKey.slice(2)), hexToBytes(entry.commitment.slice(2)))
  return `0x${bytesToHex(hash)}${entries.length.toString(16).padStart(8, '0')}`
}

async function readStream(rpc: RpcCall, stream: LedgerStream): Promise<StreamSnapshot> {
  const block = await latestBlock(rpc)
  const at = toQuantity(block.number)
  const code = await rpc('eth_getCode', [stream.contract, at])
  if (code === '0x')
    throw new ChainReadError('no_contract', `There is no contract at ${stream.contract} on this chain.`)
  const head = parse(word, await rpc('eth_getStorageAt', [stream.contract, headSlot(stream.writer), at]))
  const writerTopic = `0x${stream.writer.slice(2).padStart(64, '0')}`
  const entries = await readLogs(rpc, stream, [ENTRY_APPENDED_TOPIC, null, writerTopic], block.number)
  const isProven = await proveHead(rpc, stream, block, head)
  const again = parse(blockSchema, await rpc('eth_getBlockByNumber', [at, false]))
  if (again.hash !== block.hash) throw new RpcRefusal('the chain changed while it was read')
  if (foldEntries(entries) !== head)
    throw new ChainReadError(
      'log_differs',
      'The log that this endpoint gives does not add up to the contract’s own head: entries are missing, added or changed. Ask another endpoint.',
    )
  return { entries, head, isProven, blockNumber: block.number, blockHash: block.hash }
}

/**
 * Proves the head against the block's hash. False when the endpoint gives no proofs, as many do not for blocks or at all;
 * throws when it gives one that does not hold, or that proves another head than it told.
 */
async function proveHead(
  rpc: RpcCall,
  stream: LedgerStream,
  block: { number: bigint; hash: string },
  head: string,
): Promise<boolean> {
  const at = toQuantity(block.number)
  const slot = headSlot(stream.writer)
  const given = await Promise.all([
    rpc('eth_getProof', [stream.contract, [slot], at]),
    rpc('eth_getBlockByNumber', [at, false]),
  ]).catch((error: unknown) => {
    if (error instanceof RpcRefusal) return null
    throw error
  })
  if (given === null) return false
  const proof = accountProofSchema.safeParse(given[0])
  const header = headerSchema.safeParse(given[1])
  // A chain may write its headers, or hash them, in a way of its own; then its state root is only the endpoint's word.
  if (!proof.success || !header.success) return false
  if (header.data.hash !== block.hash || headerHash(header.data) !== block.hash) return false
  try {
    if (provenSlot(header.data.stateRoot, stream.contract, slot, proof.data) === head) return true
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
  }
  throw new ChainReadError(
    'log_differs',
    'This endpoint’s proof does not lead from the block to the head that it tells. Ask another endpoint.',
  )
}

async function readLogs(
  rpc: RpcCall,
  stream: LedgerStream,
  topics: readonly (string | null)[],
  lastBlock: bigint,
): Promise<ChainEntry[]> {
  const found: z.infer<typeof logSchema>[] = []
  let from = stream.fromBlock
  let range = FIRST_RANGE
  while (from <= lastBlock) {
    const to = from + range - 1n < lastBlock ? from + range - 1n : lastBlock
    const filter = { address: stream.contract, topics, fromBlock: toQuantity(from), toBlock: toQuantity(to) }
    try {
      found.push(...parse(z.array(logSchema), await rpc('eth_getLogs', [filter])))
      from = to + 1n
    } catch (error) {
      if (!(error instanceof RpcRefusal) || from === to) throw error
      range = (to - from + 1n) / 2n
    }
  }
  return found
    .filter((log) => isWanted(log, stream, topics))
    .toSorted((a, b) => compare(a.blockNumber, b.blockNumber) || compare(a.logIndex, b.logIndex))
    .map((log) => ({
      subjectKey: log.topics[1],
      writer: `0x${log.topics[2].slice(26)}`,
      commitment: log.data,
      blockNumber: BigInt(log.blockNumber),
      transactionHash: log.transactionHash,
    }))
}

/** An endpoint may ignore a filter; what was not asked for is dropped, and what was left out shows in the head. */
function isWanted(
  log: z.infer<typeof logSchema>,
  stream: LedgerStream,
  topics: readonly (string | null)[],
): boolean {
  return (
    log.address.toLowerCase() === stream.contract &&
    topics.every((topic, index) => topic === null || log.topics[index] === topic)
  )
}

async function endpointFor(rpcs: readonly RpcCall[], stream: LedgerStream): Promise<RpcCall> {
  if (rpcs.length === 0) throw new ChainReadError('unreachable', 'No address of the chain was given.')
  const seen: string[] = []
  let failure: unknown = null
  for (const rpc of rpcs) {
    try {
      const chainId = BigInt(parse(quantity, await rpc('eth_chainId', [])))
      if (chainId === stream.chainId) return rpc
      seen.push(chainId.toString())
    } catch (error) {
      failure = asReadError(error)
    }
  }
  if (failure !== null) throw failure
  throw new ChainReadError(
    'wrong_chain',
    `The ledger is on chain ${stream.chainId}; the address given is of chain ${seen.join(', ')}.`,
  )
}

/** Reads again when the endpoint lost the block that was being read: a new head, a reorganisation, a short memory. */
async function retryWhileChainMoves<T>(rpc: RpcCall, read: (rpc: RpcCall) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await read(rpc)
    } catch (error) {
      if (!(error instanceof RpcRefusal) || attempt === TRIES) throw asReadError(error)
    }
  }
}

function asReadError(error: unknown): unknown {
  return error instanceof RpcRefusal
    ? new ChainReadError('bad_answer', `The chain refuses to answer: ${error.message}`)
    : error
}

async function latestBlock(rpc: RpcCall): Promise<{ number: bigint; hash: string }> {
  const block = parse(blockSchema, await rpc('eth_getBlockByNumber', ['latest', false]))
  return { number: BigInt(block.number), hash: block.hash }
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value)
  if (!parsed.success)
    throw new ChainReadError('bad_answer', 'The chain’s answer is not in the form that was expected.')
  return parsed.data
}

function toQuantity(value: bigint): string {
  return `0x${value.toString(16)}`
}

function compare(a: string, b: string): number {
  const difference = BigInt(a) - BigInt(b)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}
