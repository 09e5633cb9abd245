import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Contract, ContractFactory, concat, JsonRpcProvider, NonceManager, Wallet } from 'ethers'
import PDFDocument from 'pdfkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createChainReader } from '#app/ledger/chain-reader.ts'
import { type DisclosedSubject, disclosureBytes } from '#app/ledger/disclosure.ts'
import { formatStream, type LedgerStream } from '#app/ledger/stream.ts'
import { verifyCommand } from '#scripts/verify.ts'
import { type Anvil, DEV_KEY, OTHER_DEV_KEY, startAnvil } from '#test/support/anvil.ts'
import { chainEntries, event, payment, reversal, subject } from '#test/support/ledger-fixture.ts'

/** The whole way on a real chain: contract, endpoint, command line. */
const compiled = JSON.parse(
  readFileSync(new URL('../../contracts/compiled/PaymentLedger.json', import.meta.url), 'utf8'),
)
const folder = mkdtempSync(join(tmpdir(), 'quittance-verify-'))
const paid = subject(event(), payment())
const afterwards = subject(event(), payment(), reversal())
let anvil: Anvil
let provider: JsonRpcProvider
let trusted: LedgerStream

beforeAll(async () => {
  anvil = await startAnvil()
  provider = new JsonRpcProvider(anvil.url, undefined, { cacheTimeout: -1 })
  trusted = await deploy(DEV_KEY)
  const fresh = subject(event({ subjectId: '01939c3e-7a10-7c44-9e5d-ffffffffffff' }))
  await append(DEV_KEY, trusted, 0, [...entriesOf(paid), ...entriesOf(fresh)])
  await append(DEV_KEY, trusted, 3, entriesOf(afterwards).slice(2))
}, 60_000)

afterAll(async () => {
  provider.destroy()
  await anvil.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function deploy(key: string): Promise<LedgerStream> {
  const wallet = new Wallet(key, provider)
  const contract = await new ContractFactory(compiled.abi, compiled.bytecode, wallet).deploy(
    0,
    wallet.address,
    wallet.address,
  )
  await contract.waitForDeployment()
  const address = (await contract.getAddress()).toLowerCase()
  return { chainId: 31337n, contract: address, writer: wallet.address.toLowerCase(), fromBlock: 0n }
}

const entriesOf = (disclosed: DisclosedSubject): string[] =>
  chainEntries(disclosed).map((entry) => concat([entry.subjectKey, entry.commitment]))

async function append(key: string, stream: LedgerStream, count: number, entries: string[]): Promise<void> {
  const ledger = new Contract(stream.contract, compiled.abi, new NonceManager(new Wallet(key, provider)))
  const sent = await ledger.getFunction('append').send(count, concat(entries))
  expect((await sent.wait())?.status).toBe(1)
}

function file(name: string, bytes: Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

const verify = (path: string, stream: LedgerStream, ...more: string[]) =>
  verifyCommand([path, '--rpc', anvil.url, '--ledger', formatStream(stream), ...more])

async function receiptPdf(attachment: Uint8Array): Promise<Buffer> {
  const pdf = new PDFDocument()
  const chunks: Buffer[] = []
  pdf.on('data', (chunk: Buffer) => chunks.push(chunk))
  const done = new Promise((resolve) => pdf.on('end', resolve))
  pdf.text('Receipt')
  pdf.file(Buffer.from(attachment), { name: 'receipt.json', type: 'application/json' })
  pdf.end()
  await done
  return Buffer.concat(chunks)
}

test('a receipt verifies against the chain, as JSON and as PDF, and its later reversal is listed', async () => {
  const json = await verify(file('receipt.json', disclosureBytes([paid])), trusted)
  expect(json.output).toContain('1 later entry exists that this file does not open.')
  expect(json.output).toMatch(/3\. a LATER entry that this file does not open: block \d+/)
  expect(json.exitCode).toBe(0)
  const pdf = await verify(file('receipt.pdf', await receiptPdf(disclosureBytes([paid]))), trusted)
  expect(pdf).toEqual(json)
})

test('a receipt that opens the reversal says so at the payment', async () => {
  const { exitCode, output } = await verify(file('after.json', disclosureBytes([afterwards])), trusted)
  expect([exitCode, output.includes('This payment was taken back by entry 3.')]).toEqual([0, true])
})

test('without a ledger it is consistent with itself and not verified', async () => {
  const { exitCode, output } = await verifyCommand([file('receipt.json', disclosureBytes([paid]))])
  expect([exitCode, output.split('\n')[0]]).toEqual([
    2,
    'Consistent with itself, not verified. No ledger was given to compare with.',
  ])
})

test('a forged file that stands in a contract of its own is not on the trusted ledger', async () => {
  const forged = subject(event({ amount: '1', openAfter: '1' }), payment({ amount: '1' }))
  const forgery = { ...forged, salt: 'ab'.repeat(32) }
  const own = await deploy(OTHER_DEV_KEY)
  await append(OTHER_DEV_KEY, own, 0, entriesOf(forgery))
  const path = file('forged.json', disclosureBytes([forgery]))
  expect((await verify(path, own)).exitCode).toBe(0)
  const { exitCode, output } = await verify(path, trusted)
  expect([exitCode, output.match(/unknown_subject/g)?.length]).toEqual([2, 2])
})

test('an entry by another writer of the same contract is told apart', async () => {
  const ledger = new Contract(trusted.contract, compiled.abi, new Wallet(DEV_KEY, provider))
  const writer = new Wallet(OTHER_DEV_KEY, provider).address
  const role = await ledger.getFunction('WRITER_ROLE').staticCall()
  await (await ledger.getFunction('grantRole').send(role, writer)).wait()
  const forged = subject(event(), payment({ amount: '124049', openAfter: '1' }))
  await append(OTHER_DEV_KEY, trusted, 0, entriesOf(forged).slice(1))
  const { exitCode, output } = await verify(file('other.json', disclosureBytes([forged])), trusted)
  expect([exitCode, output.includes('other_writer')]).toEqual([1, true])
})

test('the command line is told where it is wrong', async () => {
  const path = file('receipt.json', disclosureBytes([paid]))
  expect((await verifyCommand([])).exitCode).toBe(64)
  expect((await verifyCommand([join(folder, 'none.json')])).exitCode).toBe(64)
  expect((await verifyCommand([path, '--ledger', '31337:0x12:0x34'])).exitCode).toBe(64)
  expect((await verifyCommand([path, '--rpc', 'file:///etc/passwd'])).exitCode).toBe(64)
  expect((await verifyCommand([path, '--unknown'])).exitCode).toBe(64)
  expect((await verify(file('damaged.json', disclosureBytes([paid]).slice(1)), trusted)).exitCode).toBe(1)
})

test.each([
  ['another chain', { chainId: 1n }, 'wrong_chain'],
  ['an address without a contract', { contract: `0x${'12'.repeat(20)}` as const }, 'no_contract'],
])('on %s nothing is verified', async (_, changed, code) => {
  const path = file('receipt.json', disclosureBytes([paid]))
  const { exitCode, output } = await verify(path, { ...trusted, ...changed }, '--json')
  expect([exitCode, JSON.parse(output).unanchored.code]).toEqual([2, code])
})

/**
 * An endpoint that passes everything on to anvil and changes what it answers to eth_getLogs, and to the methods in `others`;
 * an answer of undefined there is a refusal.
 */
async function lyingEndpoint(
  change: (params: { fromBlock: string; toBlock: string }, logs: unknown[]) => unknown,
  others: Readonly<Record<string, (result: never) => unknown>> = {},
): Promise<Server> {
  const server = createServer((request, response) => {
    const body: Buffer[] = []
    request.on('data', (chunk: Buffer) => body.push(chunk))
    request.on('end', async () => {
      const call = JSON.parse(Buffer.concat(body).toString())
      const answer = await fetch(anvil.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(call),
      })
      const json = await answer.json()
      const other = others[call.method]
      const lie = other === undefined ? undefined : other(json.result as never)
      const refusal = { result: undefined, error: { code: -32601, message: 'the method is not available' } }
      const changed = call.method === 'eth_getLogs' ? change(call.params[0], json.result) : undefined
      response.end(
        JSON.stringify({
          ...json,
          ...(changed as object | undefined),
          ...(other === undefined ? {} : lie === undefined ? refusal : { result: lie }),
        }),
      )
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

test('an endpoint that hides, repeats or reorders entries is caught by the contract’s head', async () => {
  const lies: ((logs: unknown[]) => unknown[])[] = [
    (logs) => logs.slice(0, -1),
    (logs) => [...logs, logs[0]],
    (logs) => logs.filter((_, index) => index !== 1),
    () => [],
  ]
  for (const lie of lies) {
    const server = await lyingEndpoint((_, logs) => ({ result: lie(logs) }))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    await expect(createChainReader([url]).readStream(trusted)).rejects.toMatchObject({ code: 'log_differs' })
    server.close()
  }
})

test('a head is proven against the block’s hash, and a false or missing proof is noticed', async () => {
  const honest = await createChainReader([anvil.url]).readStream(trusted)
  expect(honest.isProven).toBe(true)

  const falsehoods: [string, (result: never) => unknown][] = [
    // Head and log agree with each other, but not with the block.
    ['eth_getStorageAt', () => `0x${'0'.repeat(64)}`],
    [
      'eth_getProof',
      (proof: { accountProof: string[] }) => ({ ...proof, accountProof: proof.accountProof.slice(1) }),
    ],
    [
      'eth_getProof',
      ({ storageProof, ...proof }: Proof) => ({ ...proof, storageProof: [{ proof: changed(storageProof) }] }),
    ],
  ]
  for (const [method, lie] of falsehoods) {
    const server = await lyingEndpoint((_, logs) => ({ result: method === 'eth_getStorageAt' ? [] : logs }), {
      [method]: lie,
    })
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    await expect(createChainReader([url]).readStream(trusted), method).rejects.toMatchObject({
      code: 'log_differs',
    })
    server.close()
  }

  // Refused, or answered in a form that proves nothing.
  for (const answer of [undefined, null, {}]) {
    const silent = await lyingEndpoint((_, logs) => ({ result: logs }), { eth_getProof: () => answer })
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
    expect((await createChainReader([url]).readStream(trusted)).isProven).toBe(false)
    silent.close()
  }
})

type Proof = { storageProof: [{ proof: string[] }] }

/** The nodes with one digit of the last one changed. */
function changed([storage]: Proof['storageProof']): string[] {
  const last = storage.proof.at(-1) ?? ''
  return [...storage.proof.slice(0, -1), `${last.slice(0, -1)}${last.endsWith('0') ? '1' : '0'}`]
}

test('an endpoint that limits the range of blocks is read in smaller ranges', async () => {
  let largest = 0
  const server = await lyingEndpoint(({ fromBlock, toBlock }, logs) => {
    const range = Number(BigInt(toBlock) - BigInt(fromBlock)) + 1
    if (range > 2) return { result: undefined, error: { code: -32005, message: 'range is too wide' } }
    largest = Math.max(largest, range)
    return { result: logs }
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const snapshot = await createChainReader([url]).readStream(trusted)
  expect([snapshot.entries.length, largest]).toEqual([4, 2])
  server.close()
})

test('an endpoint that does not answer, or is no chain, is named as the cause', async () => {
  const server = createServer((_, response) => response.end('<html>'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await expect(createChainReader([url]).readStream(trusted)).rejects.toMatchObject({ code: 'bad_answer' })
  server.close()
  await expect(createChainReader(['http://127.0.0.1:1']).readStream(trusted)).rejects.toMatchObject({
    code: 'unreachable',
  })
})
