/** Deployment to a chain that is not ours: an anvil that says it is another, with a key from an encrypted keystore. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ContractFactory, encryptKeystoreJsonSync, JsonRpcProvider, Wallet } from 'ethers'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { installmentPlan } from '#app/gateways/chain/bindings/installment-plan.ts'
import { paymentLedger } from '#app/gateways/chain/bindings/payment-ledger.ts'
import { parseDeployedContracts } from '#app/gateways/chain/deployed-contracts.ts'
import { readCompiled } from '#scripts/contracts/compiled.ts'
import { checkLedger } from '#scripts/deploy/check-deployed.ts'
import { deploymentFile, deployToForeignChain } from '#scripts/deploy/foreign-chain.ts'
import { openKeystore } from '#scripts/deploy/keystore.ts'
import { type DeployOptions, parseDeployOptions } from '#scripts/deploy/options.ts'
import { type Anvil, DEV_KEY, OTHER_DEV_KEY, startAnvil } from '#test/support/anvil.ts'

const FOREIGN_CHAIN = 424_242n
const ADMIN = Wallet.createRandom().address
const WRITER = Wallet.createRandom().address
const COIN = 10n ** 18n

let anvil: Anvil
let provider: JsonRpcProvider
let token: string
let deployer: Wallet
let folder: string

beforeAll(async () => {
  anvil = await startAnvil(['--chain-id', String(FOREIGN_CHAIN)])
  provider = new JsonRpcProvider(anvil.url, undefined, { cacheTimeout: -1 })
  token = await deployByHand('UsdcLike')
})
afterAll(async () => {
  provider.destroy()
  await anvil.stop()
})
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'quittance-deploy-'))
  deployer = new Wallet(Wallet.createRandom().privateKey)
  await provider.send('anvil_setBalance', [deployer.address, `0x${COIN.toString(16)}`])
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function deployByHand(name: string, ...inputs: unknown[]): Promise<string> {
  const { abi, bytecode } = readCompiled(name)
  const factory = new ContractFactory(JSON.stringify(abi), bytecode, new Wallet(DEV_KEY, provider))
  const contract = await factory.deploy(...inputs)
  await contract.waitForDeployment()
  return contract.getAddress()
}

function options(changes: Partial<DeployOptions> = {}): DeployOptions {
  const asked = ['--network', anvil.url, '--keystore', 'unused', '--admin', ADMIN, '--writer', WRITER]
  const parsed = parseDeployOptions([...asked, '--token', token, '--confirmations', '1', '--folder', folder])
  return { ...parsed, ...changes }
}

const deploy = (changes: Partial<DeployOptions> = {}, wallet = deployer) =>
  deployToForeignChain({ options: options(changes), openKey: async () => wallet, say: () => undefined })

const sentBy = (wallet: Wallet): Promise<number> => provider.getTransactionCount(wallet.address)

/** An endpoint before the chain, which refuses every transaction after the first `accepted`. */
async function startBrokenEndpoint(accepted: number): Promise<{ url: string; server: Server }> {
  let sent = 0
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', async () => {
      const body = Buffer.concat(chunks).toString('utf8')
      if (body.includes('eth_sendRawTransaction')) sent += 1
      if (body.includes('eth_sendRawTransaction') && sent > accepted) {
        response.end(
          JSON.stringify({
            jsonrpc: '2.0',
            id: JSON.parse(body).id,
            error: { code: -32_000, message: 'down' },
          }),
        )
        return
      }
      const answer = await fetch(anvil.url, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json' },
      })
      response.end(await answer.text())
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server }
}

describe('a deployment to a foreign chain', { timeout: 120_000 }, () => {
  test('gives the roles to admin and writer alone, and writes down where everything stands', async () => {
    const { books, settlement } = await deploy()
    const written = parseDeployedContracts(readFileSync(deploymentFile(folder, FOREIGN_CHAIN), 'utf8'))
    expect(written).toEqual({ chainId: FOREIGN_CHAIN, books, settlement })
    const ledger = paymentLedger.at(books?.ledger ?? '', provider)
    const writerRole = await ledger.WRITER_ROLE()
    expect(await ledger.defaultAdmin()).toBe(ADMIN)
    expect(await ledger.defaultAdminDelay()).toBe(172_800n)
    expect(await ledger.hasRole(writerRole, WRITER)).toBe(true)
    expect(await ledger.hasRole(writerRole, deployer.address)).toBe(false)
    expect(settlement).toMatchObject([{ token: token.toLowerCase(), symbol: 'USDC', decimals: 6 }])
    expect(await installmentPlan.at(settlement[0]?.plan ?? '', provider).token()).toBe(token)
    const code = await provider.getCode(books?.registry ?? '')
    expect(code.length).toBeGreaterThan(2)
  })

  test('run again sends nothing', async () => {
    const first = await deploy()
    const sent = await sentBy(deployer)
    expect(await deploy()).toEqual(first)
    expect(await sentBy(deployer)).toBe(sent)
    expect(sent).toBe(4)
  })

  test('that broke off goes on where it was', async () => {
    const { url, server } = await startBrokenEndpoint(1)
    await expect(deploy({ network: { rpcUrl: url, chainId: undefined } })).rejects.toThrow('down')
    server.close()
    expect(await sentBy(deployer)).toBe(1)
    expect(existsSync(deploymentFile(folder, FOREIGN_CHAIN))).toBe(false)
    const { books, settlement } = await deploy()
    expect(await sentBy(deployer)).toBe(4)
    expect(books).toBeDefined()
    expect(settlement).toHaveLength(1)
  })

  test('adds another token later and leaves the rest alone', async () => {
    const first = await deploy()
    const other = await deployByHand('UsdcLike')
    const second = await deploy({ tokens: [token, other] })
    expect(second.books).toEqual(first.books)
    expect(second.settlement[0]).toEqual(first.settlement[0])
    expect(second.settlement[1]?.token).toBe(other.toLowerCase())
    expect(await sentBy(deployer)).toBe(6)
  })

  test('refuses other roles than those of the ledger that stands', async () => {
    await deploy({ tokens: [] })
    const other = Wallet.createRandom().address
    await expect(deploy({ admin: other })).rejects.toThrow('stands already, with admin')
    expect(await sentBy(deployer)).toBe(2)
  })
})

describe('refused before anything is sent:', { timeout: 60_000 }, () => {
  afterEach(async () => expect(await sentBy(deployer)).toBe(0))

  test('a deployer that everyone has the key of', async () => {
    await expect(deploy({}, new Wallet(DEV_KEY))).rejects.toThrow('well-known development account')
  })

  test('an admin or a writer that everyone has the key of', async () => {
    const known = new Wallet(OTHER_DEV_KEY).address
    await expect(deploy({ admin: known })).rejects.toThrow(`The admin ${known} is a well-known`)
    await expect(deploy({ writer: known })).rejects.toThrow(`The writer ${known} is a well-known`)
  })

  test('roles that the deployer would keep, and one account for both', async () => {
    await expect(deploy({ writer: deployer.address })).rejects.toThrow('keep no role')
    await expect(deploy({ admin: deployer.address })).rejects.toThrow('keep no role')
    await expect(deploy({ admin: WRITER })).rejects.toThrow('two accounts')
  })

  test('a deployer without money', async () => {
    await provider.send('anvil_setBalance', [deployer.address, '0x0'])
    await expect(deploy()).rejects.toThrow('nothing to pay gas with')
  })

  test('another chain than the name says', async () => {
    await expect(deploy({ network: { rpcUrl: anvil.url, chainId: 8_453n } })).rejects.toThrow('not 8453')
  })
})

test('play money is refused', { timeout: 60_000 }, async () => {
  const play = await deployByHand('DemoDollar')
  await expect(deploy({ tokens: [play] })).rejects.toThrow('is play money')
})

test('a token without code is refused', { timeout: 60_000 }, async () => {
  await expect(deploy({ tokens: [ADMIN] })).rejects.toThrow('There is no token')
  expect(await sentBy(deployer)).toBe(2)
})

test('a development key is good on a development chain', { timeout: 60_000 }, async () => {
  const local = await startAnvil()
  try {
    const { chainId } = await deploy(
      { network: { rpcUrl: local.url, chainId: undefined }, tokens: [] },
      new Wallet(DEV_KEY),
    )
    expect(chainId).toBe(31_337n)
  } finally {
    await local.stop()
  }
})

describe('reading a ledger back', { timeout: 60_000 }, () => {
  const owner = new Wallet(DEV_KEY)

  test('finds nothing where all is as intended', async () => {
    const address = await deployByHand('PaymentLedger', 172_800, ADMIN, WRITER)
    const roles = { admin: ADMIN, writer: WRITER, deployer: owner.address }
    expect(await checkLedger(provider, address, 0n, roles)).toEqual([])
  })

  test('finds another admin, another delay, a deployer that kept a role, and a writer that nobody intended', async () => {
    const address = await deployByHand('PaymentLedger', 0, owner.address, owner.address)
    const extra = Wallet.createRandom().address
    const ledger = paymentLedger.at(address, owner.connect(provider))
    await (await ledger.grantRole(await ledger.WRITER_ROLE(), WRITER)).wait()
    await (await ledger.grantRole(await ledger.WRITER_ROLE(), extra)).wait()
    const found = await checkLedger(provider, address, 0n, {
      admin: ADMIN,
      writer: WRITER,
      deployer: owner.address,
    })
    const text = found.join('\n')
    expect(text).toContain('the admin is another account')
    expect(text).toContain('the hand-over delay is another')
    expect(text).toContain('the deployer may administer')
    expect(text).toContain('the deployer may write')
    expect(text).toContain(extra.toLowerCase())
    expect(text).not.toContain('the writer may not write')
  })

  test('sees that a role was taken back', async () => {
    const address = await deployByHand('PaymentLedger', 0, owner.address, WRITER)
    const ledger = paymentLedger.at(address, owner.connect(provider))
    await (await ledger.revokeRole(await ledger.WRITER_ROLE(), WRITER)).wait()
    const roles = { admin: owner.address, writer: WRITER, deployer: ADMIN }
    expect((await checkLedger(provider, address, 0n, roles)).join()).toContain('the writer may not write')
  })

  test('sees that a hand-over of the admin role is under way', async () => {
    const address = await deployByHand('PaymentLedger', 172_800, owner.address, WRITER)
    const ledger = paymentLedger.at(address, owner.connect(provider))
    await (await ledger.beginDefaultAdminTransfer(ADMIN)).wait()
    const roles = { admin: owner.address, writer: WRITER, deployer: ADMIN }
    expect((await checkLedger(provider, address, 0n, roles)).join()).toContain(
      'a hand-over of the admin role is under way',
    )
  })
})

describe('a keystore file', () => {
  const password = 'correct horse'
  const file = (mode: number, text?: string): string => {
    const path = join(folder, 'key.json')
    // Far fewer rounds than a real one, which is meant to take a second.
    const scrypt = { N: 2, r: 8, p: 1 }
    const json =
      text ??
      encryptKeystoreJsonSync({ address: deployer.address, privateKey: deployer.privateKey }, password, {
        scrypt,
      })
    writeFileSync(path, json, { mode })
    return path
  }

  test('gives the key to who knows the password', async () => {
    const opened = await openKeystore(file(0o600), async () => password)
    expect(opened.address).toBe(deployer.address)
  })

  test('is refused with another password, which is not printed', async () => {
    await expect(openKeystore(file(0o600), async () => 'wrong battery')).rejects.toThrow(
      /The password of .* is wrong$/,
    )
  })

  test.each([0o640, 0o604, 0o644])(
    'that others may read (%i) is refused before the password is asked for',
    async (mode) => {
      const asked = openKeystore(file(mode), () => Promise.reject(new Error('asked')))
      await expect(asked).rejects.toThrow('chmod 600')
    },
  )

  test('that holds a bare key is refused', async () => {
    await expect(openKeystore(file(0o600, deployer.privateKey), async () => password)).rejects.toThrow(
      'is not an encrypted keystore',
    )
  })
})

describe('the command line', () => {
  const good = ['--network', 'base', '--keystore', 'key.json', '--admin', ADMIN, '--writer', WRITER]

  test('names a chain by name or by address', () => {
    expect(parseDeployOptions(good).network).toEqual({ rpcUrl: 'https://mainnet.base.org', chainId: 8_453n })
    const byAddress = parseDeployOptions(good.with(1, 'https://rpc.example/key'))
    expect(byAddress.network).toEqual({ rpcUrl: 'https://rpc.example/key', chainId: undefined })
  })

  test.each([
    ['an unknown chain', good.with(1, 'bse'), 'neither the http(s) address'],
    ['no keystore', good.toSpliced(2, 2), '--keystore is missing'],
    ['an address with a wrong letter', good.with(5, `${ADMIN.slice(0, -1)}g`), 'is not an address'],
    ['the zero address', good.with(7, `0x${'0'.repeat(40)}`), 'is not an address'],
    ['no confirmations', [...good, '--confirmations', '0'], 'from 1 to 9999'],
    ['one token twice', [...good, '--token', ADMIN, '--token', ADMIN.toLowerCase()], 'the same token twice'],
    ['an option that does not exist', [...good, '--force'], 'Unknown option'],
  ])('refuses %s', (_what, args, words) => {
    expect(() => parseDeployOptions(args)).toThrow(words)
  })
})
