/** A ledger contract that was deployed with another key, taken over by the books from the file that the deployment wrote. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ContractFactory, JsonRpcProvider, Wallet } from 'ethers'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { connectChain } from '#app/gateways/chain/client.server.ts'
import { deployedContractsText } from '#app/gateways/chain/deployed-contracts.ts'
import type { Chain } from '#app/gateways/chain/port.ts'
import { createLedgerSigner } from '#app/gateways/chain/signer.server.ts'
import { checkStreams } from '#app/ledger/check-stream.server.ts'
import type { Deployed } from '#app/ledger/continue-stream.server.ts'
import { standUpLedger } from '#app/ledger/stand-up-ledger.server.ts'
import { db } from '#app/platform/db.server.ts'
import { readCompiled } from '#scripts/contracts/compiled.ts'
import { type Anvil, DEV_KEY, startAnvil } from '#test/support/anvil.ts'
import { createCustomer, createSupplier, issueInvoice } from '#test/support/books.ts'
import { fund, ledgerUnderTest, newWriterKey } from '#test/support/ledger-chain.ts'

const RULES = { size: 200, longestWaitMs: 0 }
let anvil: Anvil
let provider: JsonRpcProvider
let chain: Chain
let folder: string

beforeAll(async () => {
  anvil = await startAnvil()
  provider = new JsonRpcProvider(anvil.url, undefined, { cacheTimeout: -1 })
  chain = await connectChain(anvil.url)
  await createSupplier()
  folder = mkdtempSync(join(tmpdir(), 'quittance-deployments-'))
})
beforeEach(() => rmSync(join(folder, `${chain.chainId}.json`), { force: true }))
afterAll(async () => {
  rmSync(folder, { recursive: true })
  provider.destroy()
  chain.close()
  await anvil.stop()
})

/** Deploys a ledger for this writer with the development key, and writes the file. Answers the contract's address. */
async function deployedFor(writer: string, changes: { ledger?: string } = {}): Promise<string> {
  const { abi, bytecode } = readCompiled('PaymentLedger')
  const factory = new ContractFactory(JSON.stringify(abi), bytecode, new Wallet(DEV_KEY, provider))
  const admin = Wallet.createRandom().address
  const contract = await factory.deploy(172_800, admin, writer)
  const receipt = await contract.deploymentTransaction()?.wait()
  const ledger = changes.ledger ?? (await contract.getAddress()).toLowerCase()
  const books = {
    ledger,
    registry: ledger,
    admin: admin.toLowerCase(),
    writer,
    fromBlock: BigInt(receipt?.blockNumber ?? 0),
  }
  const text = deployedContractsText({ chainId: chain.chainId, books, settlement: [] })
  writeFileSync(join(folder, `${chain.chainId}.json`), text)
  return ledger
}

const standUp = (key: string): Promise<Deployed> =>
  standUpLedger(chain, createLedgerSigner(key, chain.chainId), folder)

test('A contract that the file names is taken over once, written to, and continues the stream before it', async () => {
  const first = newWriterKey()
  const own = await ledgerUnderTest(anvil.url, first, RULES)
  await issueInvoice(await createCustomer(), 100n)
  await own.settle()
  own.close()

  const key = newWriterKey()
  const { address } = createLedgerSigner(key, chain.chainId)
  await fund(anvil.url, address)
  const ledger = await deployedFor(address)
  expect(await standUp(key)).toMatchObject({
    ok: true,
    isNew: true,
    deployment: { address: ledger, writerAddress: address, chainTransactionId: null },
  })
  expect(await standUp(key)).toMatchObject({ ok: true, isNew: false })

  const next = await ledgerUnderTest(anvil.url, key, RULES)
  await issueInvoice(await createCustomer(), 100n)
  await next.settle()
  await checkStreams(chain)
  const head = await chain.streamHead(ledger, address)
  expect(Number.parseInt(head.slice(-8), 16)).toBe(2)
  next.close()
})

test('A contract of another writer, of no code, or with entries that nobody here made is refused, and nothing is booked', async () => {
  const key = newWriterKey()
  const { address } = createLedgerSigner(key, chain.chainId)
  const before = await db.chainDeployment.count()

  await deployedFor(createLedgerSigner(newWriterKey(), chain.chainId).address)
  expect(await standUp(key)).toMatchObject({ ok: false, refusal: { code: 'OTHER_WRITER' } })

  await deployedFor(address, { ledger: `0x${'5'.repeat(40)}` })
  expect(await standUp(key)).toMatchObject({ ok: false, refusal: { code: 'CONTRACT_MISSING' } })

  await fund(anvil.url, address)
  const contract = await deployedFor(address)
  const signed = createLedgerSigner(key, chain.chainId).signAppend({
    contract,
    expectedCount: 0,
    entries: new Uint8Array(64).fill(7),
    nonce: 0,
    fees: await chain.suggestFees(),
  })
  await chain.broadcast(signed.raw)
  await provider.waitForTransaction(signed.hash)
  expect(await standUp(key)).toMatchObject({ ok: false, refusal: { code: 'STREAM_IN_USE' } })

  expect(await db.chainDeployment.count()).toBe(before)
})

test('A file of another chain is not read as if it were of this one', async () => {
  const ledger = `0x${'1'.repeat(40)}`
  const books = { ledger, registry: ledger, admin: ledger, writer: ledger, fromBlock: 0n }
  const text = deployedContractsText({ chainId: chain.chainId + 1n, books, settlement: [] })
  writeFileSync(join(folder, `${chain.chainId}.json`), text)
  await expect(standUp(newWriterKey())).rejects.toThrow('is of chain')
})
