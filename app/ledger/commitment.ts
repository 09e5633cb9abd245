import { sha256 } from '@noble/hashes/sha2.js'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import type { SubjectKind } from './event.ts'

/**
 * Salted hashes of the shared ledger. Each kind starts with a byte of its own, so that none can pass for another; each has
 * 32 random bytes, so that nothing guessable is ever hashed bare. Specified in docs/ledger-format.md.
 */
const DOMAIN = {
  commitment: 0x01,
  subjectKey: 0x02,
  // 0x03 and 0x04 belong to the keys of settlement contracts and of the placement registry.
  text: 0x05,
  continuation: 0x06,
} as const

export const SALT_LENGTH = 32
/** A stream's running hash: the first 28 bytes of a keccak256. */
export const STREAM_HASH_LENGTH = 28

/** What goes on chain for an event: keccak256(0x01 ‖ salt ‖ canonical bytes). */
export function commitmentOf(salt: Uint8Array, canonical: Uint8Array): Uint8Array {
  return keccak_256(concatBytes(domain('commitment'), checkedSalt(salt), canonical))
}

/** The key under which a subject's entries stand: keccak256(0x02 ‖ salt ‖ "kind:id"). */
export function subjectKeyOf(salt: Uint8Array, kind: SubjectKind, id: string): Uint8Array {
  return keccak_256(concatBytes(domain('subjectKey'), checkedSalt(salt), utf8ToBytes(`${kind}:${id}`)))
}

/** The hash by which an event names a deletable text: sha256(0x05 ‖ salt ‖ UTF-8 text). PostgreSQL makes it too. */
export function textHashOf(salt: Uint8Array, text: string): Uint8Array {
  return sha256(concatBytes(domain('text'), checkedSalt(salt), utf8ToBytes(text)))
}

/**
 * The key of the first entry of a stream that continues another one, in a new contract or by a new writer:
 * keccak256(0x06 ‖ chain id, 32 bytes ‖ contract, 20 bytes ‖ writer, 20 bytes), all of the old stream. Not salted: all
 * three are public. The entry's commitment is the old stream's head slot.
 */
export function continuationKeyOf(chainId: bigint, contract: string, writer: string): Uint8Array {
  const chain = hexToBytes(chainId.toString(16).padStart(64, '0'))
  return keccak_256(concatBytes(domain('continuation'), chain, addressBytes(contract), addressBytes(writer)))
}

/** Extends a stream's running hash by one entry, as the contract does. */
export function nextStreamHash(
  streamHash: Uint8Array,
  subjectKey: Uint8Array,
  commitment: Uint8Array,
): Uint8Array {
  return keccak_256(concatBytes(streamHash, subjectKey, commitment)).slice(0, STREAM_HASH_LENGTH)
}

function domain(name: keyof typeof DOMAIN): Uint8Array {
  return Uint8Array.of(DOMAIN[name])
}

function checkedSalt(salt: Uint8Array): Uint8Array {
  if (salt.length !== SALT_LENGTH) throw new Error(`A salt has ${SALT_LENGTH} bytes, not ${salt.length}`)
  return salt
}

function addressBytes(address: string): Uint8Array {
  const bytes = hexToBytes(address.replace(/^0x/, ''))
  if (bytes.length !== 20) throw new Error(`Not an address: ${address}`)
  return bytes
}
