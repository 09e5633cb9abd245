import { AbiCoder, id, keccak256, Wallet } from 'ethers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLedgerSigner } from '#app/gateways/chain/signer.server.ts'
import { broadcastWaiting } from '#app/ledger/broadcast.server.ts'
import { checkStreams } from '#app/ledger/check-stream.server.ts'
import { raiseStuckFee, resendReverted } from '#app/ledger/resend.server.ts'
import { listDeployments } from '#app/ledger/stream-of-books.server.ts'
import { db } from '#app/platform/db.server.ts'
import { type Anvil, DEV_KEY, startAnvil } from '#test/support/anvil.ts'
import { createCustomer, createSupplier, issueInvoice } from '#test/support/books.ts'
import { chainRpc, type LedgerUnderTest, ledgerUnderTest, newWriterKey } from '#test/support/ledger-chain.ts'

const writerKey = newWriterKey()
let anvil: Anvil
let ledger: LedgerUnderTest
let customer: string

beforeAll(async () => {
  anvil = await startAnvil()
  await createSupplier()
  customer = await createCustomer()
  ledger = await ledgerUnderTest(anvil.url, writerKey, { size: 200, longestWaitMs: 0 })
})

afterAll(async () => {
  ledger.close()
  await anvil.stop()
})

/** Takes the writer's role away in the contract's storage, or gives it back. */
async function setRole(holds: boolean): Promise<void> {
  const [deployment] = await listDeployments()
  const coder = AbiCoder.defaultAbiCoder()
  const roles = keccak256(coder.encode(['bytes32', 'uint256'], [id('quittance.ledger.writer'), 0]))
  const slot = keccak256(coder.encode(['address', 'bytes32'], [ledger.signer.address, roles]))
  await chainRpc(anvil.url, 'anvil_setStorageAt', [
    deployment?.address,
    slot,
    `0x${(holds ? '1' : '0').padStart(64, '0')}`,
  ])
}

async function openCases(): Promise<string[]> {
  return (await db.exceptionCase.findMany({ where: { resolvedAt: null } })).map((each) => each.kind)
}

test('batches that the contract refuses are sent again, in order, once it takes them', async () => {
  await setRole(false)
  await issueInvoice(customer, 100n)
  await ledger.round()
  await issueInvoice(customer, 200n)
  await ledger.round()
  await ledger.round()
  expect(await db.chainTransactionStatus.count({ where: { state: 'reverted' } })).toBe(1)
  expect(await openCases()).toEqual(['chain.reverted'])
  // While one is refused, no new one is signed behind it.
  expect(await db.ledgerEntry.count()).toBe(1)

  await setRole(true)
  expect(await resendReverted(ledger.chain, ledger.signer, 3_600_000)).toBe(0)
  expect(await resendReverted(ledger.chain, ledger.signer, 0)).toBe(1)
  await ledger.settle()
  await checkStreams(ledger.chain)
  expect(await db.ledgerEntry.count()).toBe(2)
  await resendReverted(ledger.chain, ledger.signer)
  expect(await openCases()).toEqual([])
})

test('a transaction that the chain passes over is offered with a higher fee, and only one of the two is mined', async () => {
  await chainRpc(anvil.url, 'evm_setAutomine', [false])
  await issueInvoice(customer, 300n)
  await ledger.round()
  expect(await raiseStuckFee(ledger.chain, ledger.signer)).toBe(false)
  await chainRpc(anvil.url, 'anvil_setNextBlockBaseFeePerGas', [`0x${(100n * 10n ** 9n).toString(16)}`])
  await chainRpc(anvil.url, 'evm_mine')
  expect(await raiseStuckFee(ledger.chain, ledger.signer, 0)).toBe(true)
  await ledger.round()
  await chainRpc(anvil.url, 'evm_setAutomine', [true])
  await chainRpc(anvil.url, 'evm_mine')
  await ledger.settle()
  await checkStreams(ledger.chain)
  const states = await db.chainTransactionStatus.findMany({
    where: { transaction: { replacesId: { not: null } } },
  })
  expect(states.map((each) => each.state)).toEqual(['final', 'final'])
})

test('a foreign transaction with our key raises an alarm, and the entries are sent all the same', async () => {
  const { chain, signer } = ledger
  const fees = await chain.suggestFees()
  const nonce = await chain.minedCount(signer.address)
  const foreign = await new Wallet(writerKey).signTransaction({
    ...{ type: 2, chainId: chain.chainId, to: signer.address, nonce, gasLimit: 21_000 },
    ...fees,
  })
  await issueInvoice(customer, 400n)
  await chainRpc(anvil.url, 'evm_setAutomine', [false])
  await chainRpc(anvil.url, 'eth_sendRawTransaction', [foreign])
  await ledger.round()
  await chainRpc(anvil.url, 'evm_setAutomine', [true])
  await chainRpc(anvil.url, 'evm_mine')
  await db.chainTransactionStatus.updateMany({ where: { state: 'sent' }, data: { sentAt: null } })
  await ledger.round()
  await broadcastWaiting(chain)
  expect(await openCases()).toContain('chain.nonce-taken')
  expect(await resendReverted(chain, signer, 0)).toBe(1)
  await ledger.settle()
  await checkStreams(chain)
  // That one is for a person.
  expect(await openCases()).toEqual(['chain.nonce-taken'])
})

test('a well-known development key is refused anywhere but on a development chain', () => {
  expect(() => createLedgerSigner(DEV_KEY, 8453n)).toThrow('development key')
  expect(createLedgerSigner(DEV_KEY, 31337n).address).toBe('0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266')
  const admin = new Wallet(newWriterKey()).address
  expect(createLedgerSigner(writerKey, 8453n, admin).chainId).toBe(8453n)
})
