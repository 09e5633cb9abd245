/** Every login that the local bank link knows, tried through its hosted page and read back with the real SDK. */
import { CountryCode, Products } from 'plaid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { errorCodeOf, linkBank, linkParams, plaidFor, walkLink } from '#test/support/plaid.ts'
import { type SandboxProcess, startSandbox } from '#test/support/sandbox.ts'

let sandbox: SandboxProcess

beforeAll(async () => {
  sandbox = await startSandbox()
})
afterAll(() => sandbox.stop())

test('user_good holds a checking and a savings account with known numbers, balances and holder', async () => {
  const { accessToken: access_token } = await linkBank(sandbox)
  const plaid = plaidFor(sandbox)
  const { data: auth } = await plaid.authGet({ access_token })
  expect(
    auth.accounts.map(({ name, mask, balances }) => [name, mask, balances.available, balances.current]),
  ).toEqual([
    ['Plaid Checking', '0000', 100, 110],
    ['Plaid Savings', '1111', 200, 210],
  ])
  expect(
    auth.numbers.ach.map(({ account, routing, wire_routing }) => [account, routing, wire_routing]),
  ).toEqual([
    ['1111222233330000', '011401533', '021000021'],
    ['1111222233331111', '011401533', '021000021'],
  ])
  const { data: identity } = await plaid.identityGet({ access_token })
  expect(identity.accounts[0]?.owners[0]?.names).toEqual(['Alberta Bobbeth Charleson'])
})

test.each([
  ['ins_109508', 'finished'],
  ['ins_130016', 'finished'],
  ['ins_109512', 'finished'],
  ['ins_sandbox_down', 'exited'],
])('bank %s ends in %s', async (institution, outcome) => {
  const { walked } = await walkLink(sandbox, { username: 'user_good', institution })
  expect(walked.outcome).toBe(outcome)
})

test.each([
  ['mfa_device', ['1234']],
  ['mfa_selections', ['Yes']],
  ['mfa_questions_1_1', ['answer_0_0']],
  ['mfa_questions_2_2', ['answer_0_0', 'answer_0_1', 'answer_1_0', 'answer_1_1']],
])('%s links after the right answers, waits for them, and refuses wrong ones', async (password, mfa) => {
  const walk = async (answers: string[]): Promise<object> =>
    (await walkLink(sandbox, { username: 'user_good', password, mfa: answers })).walked
  expect(await walk(mfa)).toMatchObject({ outcome: 'finished', error_code: null })
  expect(await walk([])).toMatchObject({ outcome: 'waits for mfa' })
  expect(await walk(['4321'])).toMatchObject({ outcome: 'exited', error_code: 'INVALID_MFA' })
})

test.each([
  ['ITEM_LOCKED', 'ITEM_ERROR'],
  ['INVALID_CREDENTIALS', 'ITEM_ERROR'],
  ['INVALID_MFA', 'ITEM_ERROR'],
  ['INSTITUTION_DOWN', 'INSTITUTION_ERROR'],
  ['INSTITUTION_NOT_RESPONDING', 'INSTITUTION_ERROR'],
  ['NO_ACCOUNTS', 'ITEM_ERROR'],
  ['USER_SETUP_REQUIRED', 'ITEM_ERROR'],
])('error_%s ends the visit with that error, and makes no item by the API', async (code, type) => {
  const plaid = plaidFor(sandbox)
  const password = `error_${code}`
  const { linkToken, walked } = await walkLink(sandbox, { username: 'user_good', password })
  expect(walked).toMatchObject({ outcome: 'exited', error_code: code, item_id: null })
  const { data } = await plaid.linkTokenGet({ link_token: linkToken })
  expect(data.link_sessions?.[0]).toMatchObject({ exit: { error: { error_code: code, error_type: type } } })
  const byApi = plaid.sandboxPublicTokenCreate({
    institution_id: 'ins_109508',
    initial_products: [Products.Auth],
    options: { override_username: 'user_good', override_password: password },
  })
  expect(await errorCodeOf(byApi)).toBe(`400 ${type} ${code}`)
})

test.each([
  ['user_good', 'wrong'],
  ['user_unknown', 'pass_good'],
  ['user_custom', '{"override_accounts": 7}'],
  ['user_custom', 'no JSON'],
])('%s with password %s is turned away', async (username, password) => {
  const { walked } = await walkLink(sandbox, { username, password })
  expect(walked).toMatchObject({ outcome: 'exited', error_code: 'INVALID_CREDENTIALS' })
})

test('user_custom holds what the password describes', async () => {
  const password = JSON.stringify({
    override_accounts: [
      {
        type: 'depository',
        subtype: 'checking',
        starting_balance: 5_000.55,
        force_available_balance: 4_999.01,
        meta: { name: 'Operating', mask: '7788' },
        numbers: { account: '4455667788', ach_routing: '110000000' },
        identity: { names: ['Kestrelby Outfitters LLC'], emails: [{ data: 'ap@kestrelby.example' }] },
      },
      { type: 'credit', subtype: 'credit card' },
    ],
  })
  const { accessToken: access_token } = await linkBank(sandbox, { username: 'user_custom', password })
  const plaid = plaidFor(sandbox)
  const { data: auth } = await plaid.authGet({ access_token })
  expect(auth.accounts).toMatchObject([
    { name: 'Operating', mask: '7788', balances: { available: 4_999.01, current: 5_000.55 } },
  ])
  expect(auth.numbers.ach).toMatchObject([{ account: '4455667788', routing: '110000000' }])
  const user = { legal_name: 'Kestrelby Outfitters', email_address: 'ap@kestrelby.example' }
  const { data: match } = await plaid.identityMatch({ access_token, user })
  expect(match.accounts[0]).toMatchObject({ legal_name: { score: 85 }, email_address: { score: 100 } })
})

test.each([
  ['user_business_rich', 250_000],
  ['user_business_low', 50],
  ['user_business_zero', 0],
])('%s is the company that links, with %d in its account', async (username, available) => {
  const { accessToken: access_token } = await linkBank(sandbox, { username })
  const plaid = plaidFor(sandbox)
  const { data: balance } = await plaid.accountsBalanceGet({ access_token })
  expect(balance.accounts).toMatchObject([{ subtype: 'checking', balances: { available } }])
  const score = async (legal_name: string): Promise<number | null | undefined> =>
    (await plaid.identityMatch({ access_token, user: { legal_name } })).data.accounts[0]?.legal_name.score
  expect(await score('Quillhaven Coffee Roasters')).toBe(100)
  expect(await score('Quillhaven Coffee Roasters, LLC')).toBe(85)
  expect(await score('Somebody Else')).toBe(20)
})

test('a bank that tells no holder gives no score', async () => {
  const password = JSON.stringify({ override_accounts: [{}] })
  const { accessToken: access_token } = await linkBank(sandbox, { username: 'user_custom', password })
  const { data } = await plaidFor(sandbox).identityMatch({ access_token, user: { legal_name: 'Anyone' } })
  expect(data.accounts[0]?.legal_name.score).toBeNull()
})

test('only accounts of the kinds that a link asks for are offered', async () => {
  const filter = { account_filters: { depository: { account_subtypes: ['savings' as never] } } }
  const { accessToken: access_token } = await linkBank(sandbox, { username: 'user_good' }, filter)
  const { data } = await plaidFor(sandbox).accountsGet({ access_token })
  expect(data.accounts.map(({ subtype }) => subtype)).toEqual(['savings'])
})

test('the page takes a person from the bank to the choice of accounts and back, without a script', async () => {
  const plaid = plaidFor(sandbox)
  const { data: link } = await plaid.linkTokenCreate(linkParams({ country_codes: [CountryCode.Us] }))
  const address = `${sandbox.url}/link/${link.link_token}`
  const post = (fields: Record<string, string>): Promise<Response> =>
    fetch(address, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' })
  const first = await fetch(address)
  expect(first.headers.get('content-security-policy')).toContain("form-action 'self' http://localhost:3000")
  expect(await first.text()).not.toContain('<script')
  const wrong = await post({
    step: 'login',
    institution: 'ins_109508',
    username: 'user_good',
    password: 'no',
  })
  expect([wrong.status, await wrong.text()]).toEqual([422, expect.stringContaining('INVALID_CREDENTIALS')])
  const login = { step: 'login', institution: 'ins_109508', username: 'user_good', password: 'mfa_device' }
  expect(await (await post(login)).text()).toContain('Enter the code')
  const accounts = await (await post({ step: 'mfa', answer: '1234' })).text()
  const second = /value="(\w{37})"> Plaid Savings/.exec(accounts)?.[1] ?? ''
  const done = await post({ step: 'accounts', account: second })
  expect([done.status, done.headers.get('location')]).toEqual([
    303,
    'http://localhost:3000/banks/back?link=1',
  ])
  const page = await fetch(address)
  expect(await page.text()).toContain('Your bank is linked')
  const { data: read } = await plaid.linkTokenGet({ link_token: link.link_token })
  expect(read.link_sessions?.[0]?.results?.item_add_results[0]?.accounts).toMatchObject([{ mask: '1111' }])
})

test('a person who goes back has linked nothing, and may open the page again until it expires', async () => {
  const plaid = plaidFor(sandbox)
  const { data: link } = await plaid.linkTokenCreate(linkParams())
  const address = `${sandbox.url}/link/${link.link_token}`
  const body = new URLSearchParams({ step: 'leave' })
  const left = await fetch(address, { method: 'POST', body, redirect: 'manual' })
  expect(left.status).toBe(303)
  expect((await fetch(address)).status).toBe(200)
  const { data: read } = await plaid.linkTokenGet({ link_token: link.link_token })
  expect(read.link_sessions).toMatchObject([{ exit: { error: null } }, { finished_at: null }])
  await sandbox.control('POST', 'clock/advance', { seconds: 1_800 })
  expect((await fetch(address)).status).toBe(410)
})
