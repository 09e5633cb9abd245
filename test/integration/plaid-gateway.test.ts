import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { GatewayFault } from '#app/gateways/gateway-fault.ts'
import { createPlaidProvider } from '#app/gateways/plaid/client.server.ts'
import type { BankLinkProvider, LinkInput, LinkReading } from '#app/gateways/plaid/port.ts'
import { PLAID_KEYS } from '#test/support/plaid.ts'
import { eventually, type SandboxProcess, startSandbox } from '#test/support/sandbox.ts'
import { type Received, startWebhookReceiver, type WebhookReceiver } from '#test/support/webhook-receiver.ts'

let sandbox: SandboxProcess
let receiver: WebhookReceiver
let banks: BankLinkProvider

beforeAll(async () => {
  receiver = await startWebhookReceiver()
  sandbox = await startSandbox()
})
afterAll(async () => {
  await sandbox.stop()
  await receiver.stop()
})
beforeEach(async () => {
  await sandbox.control('POST', 'reset')
  receiver.received.length = 0
  banks = provider()
})

const provider = (overrides: object = {}): BankLinkProvider =>
  createPlaidProvider({ ...PLAID_KEYS, baseUrl: `${sandbox.url}/plaid`, retryWaitMs: 1, ...overrides })

const input = (overrides: Partial<LinkInput> = {}): LinkInput => ({
  customerRef: 'cst_1',
  supplierName: 'Larkmoor Packaging',
  legalName: 'Quillhaven Coffee Roasters',
  email: 'mara@quillhaven.example',
  redirectUrl: 'http://localhost:3000/banks/back',
  webhookUrl: receiver.url,
  ...overrides,
})

async function finish(linkToken: string, login: object): Promise<LinkReading> {
  await sandbox.control('POST', `plaid/link/${linkToken}/finish`, login)
  const reading = await banks.readLink(linkToken)
  if (reading === null) throw new Error('The link is not known')
  return reading
}

async function link(login: object = { username: 'user_business_rich' }) {
  const { linkToken } = await banks.startLink(input())
  const reading = await finish(linkToken, login)
  if (reading.state !== 'finished' || reading.publicToken === null) throw new Error('Nothing was linked')
  const item = await banks.exchange(reading.publicToken)
  return { ...item, accountId: reading.accounts[0]?.accountId ?? '', publicToken: reading.publicToken }
}

async function faultOf(call: Promise<unknown>): Promise<GatewayFault> {
  const error: unknown = await call.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (error instanceof GatewayFault) return error
  throw new Error(`No fault but ${String(error)}`)
}

test('a link goes from open to finished, and its result opens the bank login', async () => {
  const started = await banks.startLink(input())
  expect(new URL(started.hostedUrl).pathname).toBe(`/link/${started.linkToken}`)
  expect(started.expiresAt.getTime()).toBeGreaterThan(Date.now())
  expect(await banks.readLink(started.linkToken)).toEqual({ state: 'open' })
  const reading = await finish(started.linkToken, { username: 'user_business_rich' })
  expect(reading).toMatchObject({
    state: 'finished',
    institution: { id: 'ins_109508', name: 'First Platypus Bank' },
    accounts: [{ name: 'Business Checking', mask: '2222', kind: 'checking', verification: 'ready' }],
  })
  const { accessToken, accountId } = await link()
  expect(await banks.readItem(accessToken)).toEqual({ status: 'good', errorCode: null })
  expect(await banks.listAccounts(accessToken)).toMatchObject([{ accountId, mask: '2222' }])
})

test('a link that was left says why, and one that nobody knows is null', async () => {
  const { linkToken } = await banks.startLink(input())
  const reading = await finish(linkToken, { username: 'user_good', password: 'error_ITEM_LOCKED' })
  expect(reading).toEqual({ state: 'exited', errorCode: 'ITEM_LOCKED' })
  expect(await banks.readLink('link-sandbox-unknown')).toBeNull()
})

test('a public token works once', async () => {
  const { publicToken } = await link()
  expect(await faultOf(banks.exchange(publicToken))).toMatchObject({
    kind: 'rejected',
    code: 'INVALID_PUBLIC_TOKEN',
    vendor: 'plaid',
    operation: 'item.public_token.exchange',
  })
})

test('the holder of an account is compared with the customer', async () => {
  const { accessToken, accountId } = await link()
  const score = async (legalName: string) =>
    banks.matchIdentity(accessToken, { legalName, email: 'x@example.com' })
  expect(await score('Quillhaven Coffee Roasters')).toEqual([
    { accountId, nameScore: 100, emailScore: null, isBusinessName: false },
  ])
  expect(await score('Other Company, Inc.')).toMatchObject([{ nameScore: 20, isBusinessName: true }])
})

test('a balance is told in minor units, and a bank that does not tell it is no fault', async () => {
  const { accessToken, accountId, itemId } = await link({ username: 'user_business_low' })
  const read = () => banks.readBalance(accessToken, accountId)
  expect(await read()).toEqual({
    state: 'known',
    availableMinor: 5_000n,
    currentMinor: 5_000n,
    currency: 'USD',
  })
  await sandbox.control('POST', `plaid/items/${itemId}/balance`, {
    available_cents: null,
    current_cents: 1_234_567,
  })
  expect(await read()).toMatchObject({ availableMinor: null, currentMinor: 1_234_567n })
  await sandbox.control('POST', `plaid/items/${itemId}/login_required`)
  expect(await read()).toEqual({ state: 'unavailable', code: 'ITEM_LOGIN_REQUIRED' })
  await sandbox.control('POST', 'faults', { kind: 'status', status: 500, path: '/plaid/accounts/balance' })
  expect(await read()).toEqual({ state: 'unavailable', code: 'INTERNAL_SERVER_ERROR' })
  expect(await faultOf(banks.readBalance('access-sandbox-none', accountId))).toMatchObject({
    kind: 'rejected',
  })
})

test('a bank that is too slow to tell a balance is unavailable', async () => {
  const { accessToken, accountId } = await link()
  await sandbox.control('POST', 'faults', { kind: 'timeout', path: '/plaid/accounts/balance' })
  const hurried = provider({ timeoutMs: 200 })
  expect(await hurried.readBalance(accessToken, accountId)).toEqual({
    state: 'unavailable',
    code: 'ECONNABORTED',
  })
})

test('a bank token is made for one account, and not while its login is broken', async () => {
  const { accessToken, accountId, itemId } = await link()
  expect(await banks.bankToken(accessToken, accountId)).toMatch(/^btok_/)
  expect(await faultOf(banks.bankToken(accessToken, 'other'))).toMatchObject({
    kind: 'rejected',
    code: 'INVALID_ACCOUNT_ID',
  })
  await sandbox.control('POST', `plaid/items/${itemId}/login_required`)
  expect(await faultOf(banks.bankToken(accessToken, accountId))).toMatchObject({
    kind: 'rejected',
    code: 'ITEM_LOGIN_REQUIRED',
  })
})

test('an account without its micro-deposits is pending, and its bank token can be asked for later', async () => {
  const { accessToken, accountId } = await link({ username: 'user_good', institution: 'ins_109512' })
  expect(await banks.listAccounts(accessToken)).toMatchObject([
    { verification: 'pending' },
    { verification: 'pending' },
  ])
  expect(await faultOf(banks.bankToken(accessToken, accountId))).toMatchObject({
    kind: 'unavailable',
    code: 'PRODUCT_NOT_READY',
  })
  await sandbox.control('POST', 'clock/advance', { seconds: 86_400 })
  expect(await banks.listAccounts(accessToken)).toMatchObject([
    { verification: 'ready' },
    { verification: 'ready' },
  ])
  expect(await banks.bankToken(accessToken, accountId)).toMatch(/^btok_/)
})

test('an item breaks, is repaired on the hosted page, is revoked, and is removed once and for all', async () => {
  const { accessToken, itemId } = await link()
  await sandbox.control('POST', `plaid/items/${itemId}/login_required`)
  expect(await banks.readItem(accessToken)).toEqual({
    status: 'needs_reauth',
    errorCode: 'ITEM_LOGIN_REQUIRED',
  })
  const itemAccess = { accessToken, canChooseAccounts: false }
  const { linkToken } = await banks.startLink(input({ itemAccess }))
  expect(await finish(linkToken, { username: 'user_business_rich' })).toMatchObject({
    state: 'finished',
    publicToken: null,
  })
  expect(await banks.readItem(accessToken)).toEqual({ status: 'good', errorCode: null })
  await sandbox.control('POST', `plaid/items/${itemId}/revoke`)
  expect(await banks.readItem(accessToken)).toEqual({ status: 'gone', errorCode: 'USER_PERMISSION_REVOKED' })
  await banks.removeItem(accessToken)
  await banks.removeItem(accessToken)
  expect(await banks.readItem(accessToken)).toEqual({ status: 'gone', errorCode: 'INVALID_ACCESS_TOKEN' })
})

test('an opinion on a debit is asked for, and what became of it is told', async () => {
  const { accessToken, accountId } = await link({ username: 'user_business_low' })
  const ask = (reference: string, amountMinor: bigint) =>
    banks.evaluateSignal(accessToken, { accountId, reference, amountMinor, isCustomerPresent: true })
  expect(await ask('pay_1', 1_001n)).toEqual({ advice: 'accept', bankReturnRisk: 10, customerReturnRisk: 8 })
  expect(await ask('pay_2', 5_001n)).toMatchObject({ advice: 'reroute' })
  await banks.reportDecision('pay_1', true)
  await banks.reportReturn('pay_1', 'R01')
  const { signals } = await sandbox.control<{ signals: object[] }>('GET', 'plaid/state')
  expect(signals).toMatchObject([{ decision: true, return_code: 'R01' }, { decision: null }])
  expect(await faultOf(banks.reportReturn('pay_9', 'R01'))).toMatchObject({ kind: 'rejected' })
})

test.each([
  [{ kind: 'status', status: 500, count: 2 }],
  [{ kind: 'status', status: 429, count: 2 }],
  [{ kind: 'reset', count: 2 }],
  [{ kind: 'malformed', count: 2 }],
])('a read outlives two faults %o', async (fault) => {
  const { accessToken } = await link()
  await sandbox.control('POST', 'faults', { ...fault, path: '/plaid/item/get' })
  expect(await banks.readItem(accessToken)).toMatchObject({ status: 'good' })
})

test('a read that fails three times is unavailable, and one that is refused is not asked again', async () => {
  const { accessToken } = await link()
  await sandbox.control('POST', 'faults', {
    kind: 'status',
    status: 503,
    count: 9,
    path: '/plaid/accounts/get',
  })
  expect(await faultOf(banks.listAccounts(accessToken))).toMatchObject({
    kind: 'unavailable',
    code: 'INTERNAL_SERVER_ERROR',
  })
  const { faults } = await sandbox.control<{ faults: object[] }>('GET', 'faults')
  expect(faults).toMatchObject([{ remaining: 6 }])
})

test.each([
  [{ kind: 'status', status: 500 }, 'indeterminate'],
  [{ kind: 'status', status: 429 }, 'unavailable'],
  [{ kind: 'reset' }, 'indeterminate'],
  [{ kind: 'malformed' }, 'indeterminate'],
])('a write that meets %o is %s and is never sent twice', async (fault, kind) => {
  const { accessToken, accountId } = await link()
  const path = '/plaid/processor/stripe/bank_account_token/create'
  await sandbox.control('POST', 'faults', { ...fault, count: 2, path })
  expect(await faultOf(banks.bankToken(accessToken, accountId))).toMatchObject({ kind })
  const { faults } = await sandbox.control<{ faults: object[] }>('GET', 'faults')
  expect(faults).toMatchObject([{ remaining: 1 }])
})

test('wrong keys say nothing of what was asked', async () => {
  const stranger = provider({ secret: 'wrong' })
  expect(await faultOf(stranger.startLink(input()))).toMatchObject({
    kind: 'unavailable',
    code: 'INVALID_API_KEYS',
  })
})

test.each([
  ['a refusal', 400, '{"error_type":"INVALID_INPUT","error_code":"INVALID_API_KEYS"}'],
  ['a failure', 500, '{}'],
  ['a page in place of an answer', 200, '<html>'],
  ['an answer that lacks something', 200, '{"item_id":"planted-access"}'],
  ['a redirect to somebody else', 307, ''],
  ['no answer at all', 0, ''],
])('no fault carries the secret or a token: %s', async (_, status, body) => {
  const visits: string[] = []
  const server = createServer((request, response) => {
    visits.push(request.url ?? '')
    if (status === 0) request.socket.destroy()
    else response.writeHead(status, { 'content-type': 'application/json', location: '/elsewhere' }).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const planted = provider({ secret: 'planted-secret', baseUrl })
  const faults = [
    await faultOf(planted.exchange('planted-public')),
    await faultOf(planted.listAccounts('planted-access')),
    await faultOf(planted.bankToken('planted-access', 'planted-account')),
  ]
  server.close()
  for (const fault of faults) {
    const all = [
      inspect(fault, { depth: 20, showHidden: true, getters: true }),
      JSON.stringify(fault),
      fault.stack,
    ]
    expect(all.join('\n')).not.toContain('planted')
  }
  expect(visits).not.toContain('/elsewhere')
})

async function delivered(): Promise<Received> {
  return eventually(() => receiver.received.at(-1) ?? null)
}
const judge = ({ body, headers }: Received, by = banks) =>
  by.verifyWebhook(body, String(headers['plaid-verification']), new Date())

test('a webhook of the sandbox is verified with its key and says where to look', async () => {
  const { linkToken } = await banks.startLink(input())
  await finish(linkToken, { username: 'user_good' })
  expect(await judge(await delivered())).toMatchObject({
    ok: true,
    event: { kind: 'link_finished', type: 'LINK/SESSION_FINISHED', linkToken },
  })
})

test('a webhook that another key has signed, or that was changed on its way, is refused', async () => {
  const { itemId } = await link()
  await eventually(() => receiver.received.length > 0 || null)
  receiver.received.length = 0
  await sandbox.control('POST', 'faults', { kind: 'bad_signature' })
  await sandbox.control('POST', `plaid/items/${itemId}/login_required`)
  const forged = await delivered()
  expect(await judge(forged)).toEqual({ ok: false, reason: 'wrong_signature' })
  receiver.received.length = 0
  await sandbox.control('POST', `plaid/items/${itemId}/repair`)
  const genuine = await delivered()
  const compact = JSON.stringify(JSON.parse(genuine.body))
  expect(await judge({ ...genuine, body: compact })).toEqual({ ok: false, reason: 'wrong_body' })
  expect(await judge(genuine)).toMatchObject({ ok: true, event: { kind: 'item_repaired', itemId } })
})

test('after a key is rotated its webhooks are refused, and the new key is found', async () => {
  const { itemId } = await link()
  const old = await delivered()
  await sandbox.control('POST', 'plaid/webhook_key/rotate')
  expect(await judge(old, provider())).toEqual({ ok: false, reason: 'expired_key' })
  receiver.received.length = 0
  await sandbox.control('POST', `plaid/items/${itemId}/repair`)
  expect(await judge(await delivered())).toMatchObject({ ok: true })
})

test('when the key cannot be had, the webhook is neither taken nor refused', async () => {
  await link()
  const delivery = await delivered()
  await sandbox.control('POST', 'faults', {
    kind: 'status',
    status: 500,
    count: 3,
    path: '/plaid/webhook_verification_key',
  })
  expect(await faultOf(judge(delivery))).toMatchObject({ kind: 'unavailable' })
  expect(await judge(delivery)).toMatchObject({ ok: true })
})
