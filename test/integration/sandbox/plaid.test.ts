import { readFileSync } from 'node:fs'
import { CountryCode, Products } from 'plaid'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { projectPath } from '#scripts/supervisor/node-services.ts'
import { errorCodeOf, linkBank, linkParams, plaidFor, walkLink } from '#test/support/plaid.ts'
import { type SandboxProcess, startSandbox } from '#test/support/sandbox.ts'

let sandbox: SandboxProcess

beforeAll(async () => {
  sandbox = await startSandbox()
})
afterAll(() => sandbox.stop())
beforeEach(() => sandbox.control('POST', 'reset'))

async function call(path: string, body: object, headers: Record<string, string> = {}): Promise<unknown[]> {
  const keys = { 'plaid-client-id': 'sandbox-client', 'plaid-secret': 'sandbox-secret' }
  const response = await fetch(`${sandbox.url}/plaid${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...keys, ...headers },
    body: JSON.stringify(body),
  })
  const answer = (await response.json()) as { error_code?: string; error_message?: string }
  return [response.status, answer.error_code, answer.error_message]
}

test('the official subset and the installed SDK are of one version', () => {
  const subset = JSON.parse(readFileSync(projectPath('scripts/sandbox/plaid-sdk-subset.json'), 'utf8')) as {
    info: { version: string; description: string }
  }
  const sdk = readFileSync(projectPath('node_modules/plaid/dist/api.d.ts'), 'utf8')
  expect(/The version of the OpenAPI document: (\S+)/.exec(sdk)?.[1]).toBe(subset.info.version)
  const { version } = JSON.parse(readFileSync(projectPath('node_modules/plaid/package.json'), 'utf8')) as {
    version: string
  }
  expect(subset.info.description).toContain(`npm plaid@${version} `)
})

test.each([
  [
    'an unknown field',
    { link_token: 'x', surprise: 1 },
    [400, 'UNKNOWN_FIELDS', 'the following fields are not recognized by this endpoint: surprise'],
  ],
  ['a missing field', {}, [400, 'MISSING_FIELDS', 'the following required fields are missing: link_token']],
  ['a field of another type', { link_token: 7 }, [400, 'INVALID_FIELD', 'link_token must be string']],
  ['a token of no link', { link_token: 'x' }, [400, 'INVALID_LINK_TOKEN', 'invalid link_token provided']],
])('%s is refused as the provider does', async (_, body, refusal) => {
  expect(await call('/link/token/get', body)).toEqual(refusal)
})

test('a field that does not belong inside another is named with its path', async () => {
  const [status, code, message] = await call('/link/token/create', {
    ...linkParams(),
    user: { client_user_id: 'cst_1', shoe_size: 44 },
  })
  expect([status, code]).toEqual([400, 'UNKNOWN_FIELDS'])
  expect(message).toContain('user.shoe_size')
})

test('keys that are wrong or missing, and endpoints that are not there, are refused', async () => {
  expect(await call('/item/get', { access_token: 'x' }, { 'plaid-secret': 'other' })).toEqual([
    400,
    'INVALID_API_KEYS',
    'invalid client_id or secret provided',
  ])
  const wrong = plaidFor(sandbox, { clientId: 'sandbox-client', secret: 'wrong' })
  expect(await errorCodeOf(wrong.itemGet({ access_token: 'x' }))).toBe('400 INVALID_INPUT INVALID_API_KEYS')
  expect((await call('/transfer/create', {})).slice(0, 2)).toEqual([404, 'NOT_FOUND'])
})

test('a link cannot ask for nothing, for balances alone, or for products while it repairs', async () => {
  const { accessToken } = await linkBank(sandbox)
  const refused = (overrides: object): Promise<unknown[]> =>
    call('/link/token/create', { ...linkParams(), ...overrides })
  expect((await refused({ products: [] }))[1]).toBe('MISSING_FIELDS')
  expect((await refused({ products: ['balance'] }))[1]).toBe('INVALID_PRODUCT')
  expect((await refused({ access_token: accessToken }))[1]).toBe('INVALID_FIELD')
  expect((await refused({ client_name: 'A name of more than thirty letters' }))[1]).toBe('INVALID_FIELD')
})

test('a public token is exchanged once, and not after half an hour', async () => {
  const plaid = plaidFor(sandbox)
  const create = async (): Promise<string> => {
    const { data } = await plaid.sandboxPublicTokenCreate({
      institution_id: 'ins_109508',
      initial_products: [Products.Auth],
    })
    return data.public_token
  }
  const token = await create()
  await plaid.itemPublicTokenExchange({ public_token: token })
  const again = plaid.itemPublicTokenExchange({ public_token: token })
  expect(await errorCodeOf(again)).toBe('400 INVALID_INPUT INVALID_PUBLIC_TOKEN')
  const late = await create()
  await sandbox.control('POST', 'clock/advance', { seconds: 1_801 })
  expect(await errorCodeOf(plaid.itemPublicTokenExchange({ public_token: late }))).toBe(
    '400 INVALID_INPUT INVALID_PUBLIC_TOKEN',
  )
})

test('a removed item is gone, and removing it again says so', async () => {
  const plaid = plaidFor(sandbox)
  const { accessToken } = await linkBank(sandbox)
  await plaid.itemRemove({ access_token: accessToken })
  for (const again of [plaid.itemGet, plaid.accountsGet, plaid.itemRemove]) {
    const refused = again.call(plaid, { access_token: accessToken })
    expect(await errorCodeOf(refused)).toBe('400 INVALID_INPUT INVALID_ACCESS_TOKEN')
  }
})

test('a broken login answers nothing that needs the bank, and update mode repairs it without a new item', async () => {
  const plaid = plaidFor(sandbox)
  const { accessToken: access_token, accountId: account_id, itemId } = await linkBank(sandbox)
  await plaid.sandboxItemResetLogin({ access_token })
  for (const refused of [
    plaid.authGet({ access_token }),
    plaid.identityGet({ access_token }),
    plaid.accountsBalanceGet({ access_token }),
    plaid.processorStripeBankAccountTokenCreate({ access_token, account_id }),
  ])
    expect(await errorCodeOf(refused)).toBe('400 ITEM_ERROR ITEM_LOGIN_REQUIRED')
  const { data: broken } = await plaid.itemGet({ access_token })
  expect(broken.item.error).toMatchObject({ error_code: 'ITEM_LOGIN_REQUIRED' })
  expect((await plaid.accountsGet({ access_token })).data.accounts).toHaveLength(2)

  const { products: _, ...update } = linkParams({ access_token })
  const { data: link } = await plaid.linkTokenCreate(update)
  const done = await sandbox.control('POST', `plaid/link/${link.link_token}/finish`, {
    username: 'user_good',
  })
  expect(done).toMatchObject({ outcome: 'finished', item_id: itemId })
  expect((await plaid.itemGet({ access_token })).data.item.error).toBeNull()
  const { data: read } = await plaid.linkTokenGet({ link_token: link.link_token })
  expect(read.link_sessions?.[0]?.results?.item_add_results).toEqual([])
})

test('an account that is new at the bank is shared in update mode only', async () => {
  const plaid = plaidFor(sandbox)
  const { accessToken: access_token, itemId } = await linkBank(sandbox)
  const masks = async (): Promise<(string | null)[]> =>
    (await plaid.accountsGet({ access_token })).data.accounts.map(({ mask }) => mask)
  await sandbox.control('POST', `plaid/items/${itemId}/new_accounts`)
  expect(await masks()).toEqual(['0000', '1111'])
  const { products: _, ...update } = linkParams({ access_token, update: { account_selection_enabled: true } })
  const { data: link } = await plaid.linkTokenCreate(update)
  await sandbox.control('POST', `plaid/link/${link.link_token}/finish`, { username: 'user_good' })
  expect(await masks()).toEqual(['0000', '1111', '3335'])
})

test('micro-deposits prove an account after a day; until then it has no number', async () => {
  const plaid = plaidFor(sandbox)
  const login = { username: 'user_good', password: 'microdeposits_good', institution: 'ins_109512' }
  const { accessToken: access_token } = await linkBank(sandbox, login)
  expect(await errorCodeOf(plaid.authGet({ access_token }))).toBe('400 ITEM_ERROR PRODUCT_NOT_READY')
  await sandbox.control('POST', 'clock/advance', { seconds: 86_400 })
  const { data } = await plaid.authGet({ access_token })
  expect(data.accounts[0]?.verification_status).toBe('automatically_verified')
})

test('such a bank cannot be linked by a link that takes no micro-deposits', async () => {
  const { walked } = await walkLink(
    sandbox,
    { username: 'user_good', institution: 'ins_109512' },
    { auth: {} },
  )
  expect(walked).toMatchObject({ outcome: 'exited', error_code: 'PRODUCTS_NOT_SUPPORTED' })
})

test('an announced end breaks the login in seven days, unless it is renewed', async () => {
  const plaid = plaidFor(sandbox)
  const [left, renewed] = [await linkBank(sandbox), await linkBank(sandbox)]
  for (const { itemId } of [left, renewed])
    await sandbox.control('POST', `plaid/items/${itemId}/pending_disconnect`)
  await sandbox.control('POST', `plaid/items/${renewed.itemId}/repair`)
  await sandbox.control('POST', 'clock/advance', { seconds: 7 * 86_400 })
  const troubleOf = async (access_token: string): Promise<string | undefined> =>
    (await plaid.itemGet({ access_token })).data.item.error?.error_code
  expect(await troubleOf(left.accessToken)).toBe('ITEM_LOGIN_REQUIRED')
  expect(await troubleOf(renewed.accessToken)).toBeUndefined()
})

test('a bank token stands for the test account of the card processor', async () => {
  const plaid = plaidFor(sandbox)
  const { accessToken: access_token, accountId: account_id } = await linkBank(sandbox)
  const { data } = await plaid.processorStripeBankAccountTokenCreate({ access_token, account_id })
  expect(data.stripe_bank_account_token).toMatch(/^btok_\w{24}$/)
  const state = await sandbox.control('GET', 'plaid/state')
  expect(state).toMatchObject({ bank_tokens: [{ id: data.stripe_bank_account_token, used: false }] })
})

test('an opinion on a debit falls with the balance, and decisions and returns can be told', async () => {
  const plaid = plaidFor(sandbox)
  const { accessToken: access_token, accountId: account_id } = await linkBank(sandbox)
  const advice = async (amount: number): Promise<string | undefined> => {
    const request = { access_token, account_id, client_transaction_id: `pay_${amount}`, amount }
    return (await plaid.signalEvaluate(request)).data.ruleset?.result
  }
  expect([await advice(50), await advice(99.99), await advice(100.01)]).toEqual([
    'ACCEPT',
    'REVIEW',
    'REROUTE',
  ])
  await plaid.signalDecisionReport({ client_transaction_id: 'pay_50', initiated: true })
  await plaid.signalReturnReport({ client_transaction_id: 'pay_50', return_code: 'R01' })
  const unknown = plaid.signalReturnReport({ client_transaction_id: 'pay_7', return_code: 'R01' })
  expect(await errorCodeOf(unknown)).toBe('400 INVALID_INPUT INVALID_FIELD')
})

test('a bank is told by its id', async () => {
  const request = { institution_id: 'ins_109508', country_codes: [CountryCode.Us] }
  const { data } = await plaidFor(sandbox).institutionsGetById(request)
  expect(data.institution.name).toBe('First Platypus Bank')
})

test('links and items outlive a kill', async () => {
  const killed = await startSandbox()
  const { accessToken, itemId } = await linkBank(killed)
  await killed.kill()
  const back = await startSandbox({ dataDir: killed.dataDir })
  const { data } = await plaidFor(back).itemGet({ access_token: accessToken })
  expect(data.item.item_id).toBe(itemId)
  await back.stop()
})

test.each([
  [{ kind: 'status', status: 500 }, '500'],
  [{ kind: 'status', status: 429 }, '429'],
  [{ kind: 'reset' }, 'TypeError'],
  [{ kind: 'malformed' }, 'SyntaxError'],
])('a planned fault %o strikes once, as %s', async (fault, outcome) => {
  const { accessToken: access_token } = await linkBank(sandbox)
  await sandbox.control('POST', 'faults', { path: '/plaid/item/get', ...fault })
  const ask = async (): Promise<string> => {
    const headers = { 'content-type': 'application/json' }
    const keys = { client_id: 'sandbox-client', secret: 'sandbox-secret' }
    const body = JSON.stringify({ access_token, ...keys })
    const response = await fetch(`${sandbox.url}/plaid/item/get`, { method: 'POST', headers, body })
    JSON.parse(await response.text())
    return String(response.status)
  }
  expect(await ask().catch((error: Error) => error.name)).toBe(outcome)
  expect(await ask()).toBe('200')
})
