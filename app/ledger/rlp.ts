import { concatBytes } from '@noble/hashes/utils.js'

/** A decoded RLP item: bytes, or a list of items. */
export type RlpItem = Uint8Array | RlpItem[]

/**
 * Reads one RLP item (Ethereum's encoding of nested byte strings, yellow paper, appendix B). Throws RangeError when `bytes` are
 * anything but exactly one item in its shortest form.
 */
export function decodeRlp(bytes: Uint8Array): RlpItem {
  const { item, end } = readItem(bytes, 0)
  if (end !== bytes.length) throw new RangeError('bytes follow the RLP item')
  return item
}

/** Writes an item as RLP. */
export function encodeRlp(item: RlpItem): Uint8Array {
  if (item instanceof Uint8Array) {
    const [first = 0] = item
    return item.length === 1 && first < 0x80 ? item : concatBytes(header(0x80, item.length), item)
  }
  const body = concatBytes(...item.map(encodeRlp))
  return concatBytes(header(0xc0, body.length), body)
}

function header(offset: number, length: number): Uint8Array {
  if (length < 56) return Uint8Array.of(offset + length)
  const size = bigEndian(length)
  return concatBytes(Uint8Array.of(offset + 55 + size.length), size)
}

function bigEndian(length: number): Uint8Array {
  const bytes: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  return Uint8Array.from(bytes)
}

function readItem(bytes: Uint8Array, start: number): { item: RlpItem; end: number } {
  const first = bytes[start]
  if (first === undefined) throw new RangeError('an RLP item is cut off')
  if (first < 0x80) return { item: bytes.subarray(start, start + 1), end: start + 1 }
  const isList = first >= 0xc0
  const { from, end } = readExtent(bytes, start, first - (isList ? 0xc0 : 0x80))
  if (end > bytes.length) throw new RangeError('an RLP item is cut off')
  if (isList) return { item: readList(bytes, from, end), end }
  const item = bytes.subarray(from, end)
  if (item.length === 1 && (item[0] ?? 0) < 0x80)
    throw new RangeError('an RLP byte is not in its shortest form')
  return { item, end }
}

/** Where the content of an item lies; `kind` is its first byte without the offset of its sort. */
function readExtent(bytes: Uint8Array, start: number, kind: number): { from: number; end: number } {
  if (kind < 56) return { from: start + 1, end: start + 1 + kind }
  const from = start + 1 + (kind - 55)
  const size = bytes.subarray(start + 1, from)
  const length = size.reduce((sum, byte) => sum * 256 + byte, 0)
  if (size.length > 6 || size[0] === 0 || length < 56)
    throw new RangeError('an RLP length is not in its shortest form')
  return { from, end: from + length }
}

function readList(bytes: Uint8Array, from: number, end: number): RlpItem[] {
  const items: RlpItem[] = []
  let at = from
  while (at < end) {
    const next = readItem(bytes, at)
    items.push(next.item)
    at = next.end
  }
  if (at !== end) throw new RangeError('an RLP list is cut off')
  return items
}
