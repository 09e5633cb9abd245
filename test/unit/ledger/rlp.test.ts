import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { encodeRlp as encodeByEthers } from 'ethers'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeRlp, encodeRlp, type RlpItem } from '#app/ledger/rlp.ts'

type Nested = string | Nested[]

function asHex(item: RlpItem): Nested {
  return Array.isArray(item) ? item.map(asHex) : `0x${bytesToHex(item)}`
}

const items = fc.letrec<{ item: RlpItem; list: RlpItem[]; bytes: Uint8Array }>((tie) => ({
  item: fc.oneof({ depthSize: 'small' }, tie('bytes'), tie('list')),
  list: fc.array(tie('item'), { maxLength: 8 }),
  bytes: fc.uint8Array({ maxLength: 80 }),
})).item

test('the examples of the yellow paper', () => {
  const cat = utf8ToBytes('cat')
  const dog = utf8ToBytes('dog')
  expect(bytesToHex(encodeRlp(dog))).toBe('83646f67')
  expect(bytesToHex(encodeRlp([cat, dog]))).toBe('c88363617483646f67')
  expect(bytesToHex(encodeRlp(new Uint8Array(0)))).toBe('80')
  expect(bytesToHex(encodeRlp([]))).toBe('c0')
  expect(bytesToHex(encodeRlp(Uint8Array.of(15)))).toBe('0f')
  expect(bytesToHex(encodeRlp(Uint8Array.of(4, 0)))).toBe('820400')
  expect(bytesToHex(encodeRlp(new Uint8Array(1_024)).subarray(0, 3))).toBe('b90400')
})

test('what is written is read again, and is what another library writes', () => {
  fc.assert(
    fc.property(items, (item) => {
      const bytes = encodeRlp(item)
      expect(`0x${bytesToHex(bytes)}`).toBe(encodeByEthers(asHex(item)))
      expect(asHex(decodeRlp(bytes))).toEqual(asHex(item))
    }),
  )
})

test.each([
  ['nothing', ''],
  ['a string that is cut off', '83646f'],
  ['a list that is cut off', 'c883636174'],
  ['an item that reaches out of its list', 'c28363'],
  ['bytes after the item', '0f0f'],
  ['a small byte as a string', '810f'],
  ['a short length written long', 'b803646f67'],
  ['a length with a leading zero', 'b90003646f67'],
  ['a length beyond all memory', 'bfffffffffffffffff'],
])('%s is refused', (_, hex) => {
  expect(() => decodeRlp(hexToBytes(hex))).toThrow(RangeError)
})
