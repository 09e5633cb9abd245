/**
 * Proves what a contract's storage slot holds from nothing but a block's hash. An endpoint answers `eth_getProof` with the nodes of
 * Ethereum's state tree (a Merkle-Patricia tree of RLP nodes) on the way to an account and on to its slot: each node is named by its
 * hash in the one above, the first by the block's state root, which the block's hash covers. Whoever trusts a block hash, by a
 * node of their own or by several explorers, need not trust the endpoint.
 */
import { keccak_256 } from '@noble/hashes/sha3.js'
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { z } from 'zod'
import { decodeRlp, encodeRlp, type RlpItem } from './rlp.ts'

const hex = z.string().regex(/^0x([0-9a-f]{2})*$/)
const quantity = z.string().regex(/^0x[0-9a-f]+$/)

/** `eth_getProof`'s answer, as far as it is looked at. */
export const accountProofSchema = z.object({
  accountProof: z.array(hex).min(1),
  storageProof: z.array(z.object({ proof: z.array(hex) })).length(1),
})
export type AccountProof = z.infer<typeof accountProofSchema>

/** The fields of a block's header in the order in which they are hashed; later forks added the last ones. */
const HEADER_FIELDS = [
  ['parentHash', 'bytes'],
  ['sha3Uncles', 'bytes'],
  ['miner', 'bytes'],
  ['stateRoot', 'bytes'],
  ['transactionsRoot', 'bytes'],
  ['receiptsRoot', 'bytes'],
  ['logsBloom', 'bytes'],
  ['difficulty', 'number'],
  ['number', 'number'],
  ['gasLimit', 'number'],
  ['gasUsed', 'number'],
  ['timestamp', 'number'],
  ['extraData', 'bytes'],
  ['mixHash', 'bytes'],
  ['nonce', 'bytes'],
  ['baseFeePerGas', 'number'],
  ['withdrawalsRoot', 'bytes'],
  ['blobGasUsed', 'number'],
  ['excessBlobGas', 'number'],
  ['parentBeaconBlockRoot', 'bytes'],
  ['requestsHash', 'bytes'],
] as const

/** Fields up to here are in every header. */
const OLDEST_FIELDS = 15

/** A block's header as an endpoint tells it. */
export const headerSchema = z
  .object(
    Object.fromEntries(
      HEADER_FIELDS.map(([name, kind], index) => {
        const field = kind === 'bytes' ? hex : quantity
        return [name, index < OLDEST_FIELDS ? field : field.optional()]
      }),
    ) as Record<(typeof HEADER_FIELDS)[number][0], z.ZodOptional<typeof hex>>,
  )
  .extend({ hash: hex, stateRoot: hex, number: quantity })
export type BlockHeader = z.infer<typeof headerSchema>

/** The hash of a header: what makes its state root more than a word of the endpoint. */
export function headerHash(header: BlockHeader): string {
  const fields: RlpItem[] = []
  for (const [name, kind] of HEADER_FIELDS) {
    const value = header[name]
    if (value === undefined) continue
    fields.push(kind === 'bytes' ? hexToBytes(value.slice(2)) : shortest(value))
  }
  return `0x${bytesToHex(keccak_256(encodeRlp(fields)))}`
}

/**
 * The 32 bytes that `slot` of `contract` holds under a state root, as hex; zero where the tree proves that there is nothing.
 * Throws RangeError when the proof does not lead from the root to the slot.
 */
export function provenSlot(stateRoot: string, contract: string, slot: string, proof: AccountProof): string {
  const account = walk(hexToBytes(stateRoot.slice(2)), hexToBytes(contract.slice(2)), proof.accountProof)
  if (account === null) return zeroWord()
  const fields = decodeRlp(account)
  const storageRoot = Array.isArray(fields) ? fields[2] : undefined
  if (!(storageRoot instanceof Uint8Array)) throw new RangeError('the account is not in its form')
  const [storage] = proof.storageProof
  const value = walk(storageRoot, hexToBytes(slot.slice(2)), storage?.proof ?? [])
  if (value === null) return zeroWord()
  const number = decodeRlp(value)
  if (!(number instanceof Uint8Array) || number.length > 32)
    throw new RangeError('the slot is not in its form')
  return `0x${bytesToHex(number).padStart(64, '0')}`
}

const EMPTY_ROOT = bytesToHex(keccak_256(encodeRlp(new Uint8Array(0))))

/** Follows the hash of `key` from the root; answers its value, or null where the tree ends before it. */
function walk(root: Uint8Array, key: Uint8Array, proof: readonly string[]): Uint8Array | null {
  const path = nibblesOf(keccak_256(key))
  const nodes = proof.map((node) => hexToBytes(node.slice(2)))
  if (bytesToHex(root) === EMPTY_ROOT) return null
  let expected: RlpItem = root
  let at = 0
  for (;;) {
    const node = open(expected, nodes)
    if (node.length === 17) {
      const index = path[at]
      if (index === undefined) throw new RangeError('a proof goes on behind its key')
      expected = node[index] ?? new Uint8Array(0)
      at += 1
    } else if (node.length === 2) {
      const { nibbles, isLeaf } = partOf(node[0])
      const rest = path.slice(at, at + nibbles.length)
      if (rest.join() !== nibbles.join()) return null
      at += nibbles.length
      expected = node[1] ?? new Uint8Array(0)
      if (isLeaf) {
        if (at !== path.length || !(expected instanceof Uint8Array))
          throw new RangeError('a leaf is not in its form')
        return expected
      }
    } else throw new RangeError('a node of the proof is not in its form')
    if (expected instanceof Uint8Array && expected.length === 0) return null
  }
}

/** The node that is named by its hash, taken off the proof, or that stands inside its parent. */
function open(expected: RlpItem, nodes: Uint8Array[]): RlpItem[] {
  if (Array.isArray(expected)) return expected
  const bytes = nodes.shift()
  if (bytes === undefined) throw new RangeError('the proof ends before its key')
  if (bytesToHex(keccak_256(bytes)) !== bytesToHex(expected))
    throw new RangeError('a node of the proof is not the one that the node above names')
  const node = decodeRlp(bytes)
  if (!Array.isArray(node)) throw new RangeError('a node of the proof is not in its form')
  return node
}

/** The piece of path in a leaf or an extension: its first half byte tells which it is, and whether the rest is odd. */
function partOf(item: RlpItem | undefined): { nibbles: number[]; isLeaf: boolean } {
  if (!(item instanceof Uint8Array) || item.length === 0) throw new RangeError('a path is not in its form')
  const all = nibblesOf(item)
  const flag = all[0] ?? 0
  if (flag > 3) throw new RangeError('a path is not in its form')
  return { nibbles: all.slice(flag % 2 === 1 ? 1 : 2), isLeaf: flag >= 2 }
}

function nibblesOf(bytes: Uint8Array): number[] {
  return [...bytes].flatMap((byte) => [byte >> 4, byte & 15])
}

/** A number without leading zero bytes. */
function shortest(value: string): Uint8Array {
  const digits = value.slice(2).replace(/^0+/, '')
  return hexToBytes(digits.length % 2 === 0 ? digits : `0${digits}`)
}

function zeroWord(): string {
  return `0x${'0'.repeat(64)}`
}
