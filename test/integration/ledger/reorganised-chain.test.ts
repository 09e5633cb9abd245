import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Chain } from '#app/gateways/chain/port.ts'
import { ChainDisaster } from '#app/ledger/chain-alarm.server.ts'
import { checkStreams } from '#app/ledger/check-stream.server.ts'
import { followChain, WINDOW } from '#app/ledger/follow-chain.server.ts'
import { db } from '#app/platform/db.server.ts'
import { type Anvil, startAnvil } from '#test/support/anvil.ts'
import { createCustomer, createSupplier, issueInvoice } from '#test/support/books.ts'
import { chainRpc, type LedgerUnderTest, ledgerUnderTest, newWriterKey } from '#test/support/ledger-chain.ts'

let anvil: Anvil
let ledger: LedgerUnderTest
let customer: string

beforeAll(async () => {
  anvil = await startAnvil()
  await createSupplier()
  customer = await createCustomer()
  ledger = await ledgerUnderTest(anvil.url, newWriterKey(), { size: 200, longestWaitMs: 0 })
})

afterAll(async () => {
  ledger.close()
  await anvil.stop()
})

const mine = (blocks: bigint) => chainRpc(anvil.url, 'anvil_mine', [`0x${blocks.toString(16)}`])

async function states(): Promise<string[]> {
  return (await db.chainTransactionStatus.findMany({ orderBy: { transaction: { nonce: 'asc' } } })).map(
    (each) => each.state,
  )
}

async function lastKnown(): Promise<string | undefined> {
  return (await db.chainBlock.findFirst({ orderBy: { number: 'desc' } }))?.hash
}

test.each([1n, 5n, WINDOW - 1n, WINDOW + 1n])(
  'a change %i blocks deep ends with the event on the new chain, once',
  async (depth) => {
    await ledger.settle()
    await mine(WINDOW + 3n)
    await ledger.round()
    const snapshot = await chainRpc<string>(anvil.url, 'evm_snapshot')
    await issueInvoice(customer, 100n)
    await ledger.round()
    await mine(depth - 1n)
    while ((await lastKnown()) !== (await ledger.chain.findBlock('latest'))?.hash) await ledger.round()
    expect((await states()).at(-1)).not.toBe('sent')

    await chainRpc(anvil.url, 'evm_revert', [snapshot])
    await chainRpc(anvil.url, 'evm_setNextBlockTimestamp', [
      `0x${(4_000_000_000 + Number(depth) * 1000).toString(16)}`,
    ])
    await mine(depth + 1n)
    await followChain(ledger.chain, 2)
    expect((await states()).at(-1)).toBe('sent')
    await ledger.settle()
    expect(await states()).not.toContain('sent')
    await checkStreams(ledger.chain)
  },
)

test('elsewhere than on a development chain, a change beyond the window stops the ledger with an alarm', async () => {
  const elsewhere: Chain = { ...ledger.chain, chainId: 8453n, findFinalizedNumber: async () => null }
  await followChain(elsewhere, 2)
  await mine(WINDOW)
  await followChain(elsewhere, 2)
  const hidden: Chain = {
    ...elsewhere,
    findBlock: async (number) => {
      const block = await ledger.chain.findBlock(number)
      return block && { ...block, hash: `0x${'0'.repeat(64)}` }
    },
  }
  await expect(followChain(hidden, 2)).rejects.toThrow(ChainDisaster)
  await expect(followChain(hidden, 2)).rejects.toThrow(ChainDisaster)
  const cases = await db.exceptionCase.findMany({ where: { kind: 'chain.reorganised-too-deep' } })
  expect(cases.map((each) => each.resolvedAt)).toEqual([null])
})
