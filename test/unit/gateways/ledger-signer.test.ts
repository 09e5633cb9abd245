import { AbiCoder, computeAddress, dataSlice, Transaction } from 'ethers'
import { expect, test } from 'vitest'
import { createLedgerSigner } from '#app/gateways/chain/signer.server.ts'

const KEY = `0x${'5a'.repeat(32)}`
const writer = computeAddress(KEY)
const admin = '0x00000000000000000000000000000000000000A1'
const other = '0x00000000000000000000000000000000000000b2'
const PUBLIC_CHAIN = 8_453n
const LOCAL_CHAIN = 31_337n
const at = { nonce: 0, fees: { maxFeePerGas: 2n, maxPriorityFeePerGas: 1n } }

/** What a raw deployment passes to the contract's constructor. */
function constructorOf(raw: string): unknown[] {
  const { data } = Transaction.from(raw)
  const length = (data.length - 2) / 2
  return [
    ...AbiCoder.defaultAbiCoder().decode(['uint48', 'address', 'address'], dataSlice(data, length - 96)),
  ]
}

test('on a public chain the admin must be given, and be another account than the writer', () => {
  expect(() => createLedgerSigner(KEY, PUBLIC_CHAIN)).toThrow('LEDGER_ADMIN_ADDRESS must be set')
  expect(() => createLedgerSigner(KEY, PUBLIC_CHAIN, writer.toLowerCase())).toThrow('LEDGER_ADMIN_ADDRESS')
  const { raw } = createLedgerSigner(KEY, PUBLIC_CHAIN, admin).signDeployment(at)
  expect(constructorOf(raw).slice(1)).toEqual(
    [admin, writer].map((each) => expect.stringMatching(new RegExp(each, 'i'))),
  )
})

test('a development chain may keep one key for both', () => {
  const { raw } = createLedgerSigner(KEY, LOCAL_CHAIN).signDeployment(at)
  expect(constructorOf(raw).slice(1)).toEqual([writer, writer])
})

test('another admin makes no other deployment, another writer does', () => {
  const { raw } = createLedgerSigner(KEY, PUBLIC_CHAIN, admin).signDeployment(at)
  expect(createLedgerSigner(KEY, PUBLIC_CHAIN, other).isCurrentDeployment(raw)).toBe(true)
  const successor = createLedgerSigner(`0x${'5b'.repeat(32)}`, PUBLIC_CHAIN, admin)
  expect(successor.isCurrentDeployment(raw)).toBe(false)
})
