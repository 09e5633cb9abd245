/**
 * Every login, bank, name and balance that the bank link service documents for its sandbox, driven through the portal's own code and
 * ending in the stated state. Its own money transfers are not offered here. https://plaid.com/docs/sandbox/test-credentials
 */
import { SandboxItemFireWebhookRequestWebhookCodeEnum as Drill, Products } from 'plaid'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { BankLinkId } from '#app/books/ids.ts'
import { openToken } from '#app/payments/linked-banks/access-token.server.ts'
import { sweepLinks } from '#app/payments/linked-banks/links/sweep-links.server.ts'
import { syncBankLink } from '#app/payments/linked-banks/links/sync-link.server.ts'
import { db } from '#app/platform/db.server.ts'
import {
  agreeAndKeep,
  type BankWorld,
  beginLink,
  caughtEvents,
  chooseByMask,
  debit,
  deliverEvents,
  keepBank,
  type Login,
  linkBank,
  linkRow,
  moveItem,
  openBankWorld,
  stepAt,
  visitBank,
} from '#test/support/bank-world.ts'
import {
  advanceProcessor,
  type Buyer,
  createBuyer,
  paymentRow,
  settleDown,
} from '#test/support/card-world.ts'
import { errorCodeOf, plaidFor } from '#test/support/plaid.ts'

let world: BankWorld
beforeAll(async () => {
  world = await openBankWorld()
})
afterAll(() => world.stop())
beforeEach(() => caughtEvents(world))

/** Whose accounts the login user_good opens. */
const PERSON = 'Alberta Bobbeth Charleson'

async function buyerCalled(name: string, amounts: readonly bigint[] = []): Promise<Buyer> {
  const buyer = await createBuyer(amounts)
  await db.customer.update({ where: { id: buyer.customerId }, data: { name } })
  return buyer
}

const heldBy = (names: string[], overrides: object = {}): Login => ({
  username: 'user_custom',
  password: JSON.stringify({ override_accounts: [{ identity: { names }, ...overrides }] }),
})

async function accessTokenOf(linkId: BankLinkId): Promise<string> {
  return openToken(linkId, (await linkRow(linkId)).accessToken ?? '')
}

describe('signing in at the bank', () => {
  test.each<[string, Login, string]>([
    ['user_good', { username: 'user_good' }, 'First Platypus Bank'],
    ['the balance bank', { username: 'user_good', institution: 'ins_130016' }, 'First Platypus Balance Bank'],
    ['a code', { username: 'user_good', password: 'mfa_device', mfa: ['1234'] }, 'First Platypus Bank'],
    [
      'a question',
      { username: 'user_good', password: 'mfa_questions_1_1', mfa: ['answer_0_0'] },
      'First Platypus Bank',
    ],
    ['a choice', { username: 'user_good', password: 'mfa_selections', mfa: ['Yes'] }, 'First Platypus Bank'],
  ])('with %s leads to an account that can be agreed to', async (_what, login, bank) => {
    const buyer = await buyerCalled(PERSON)
    const linkId = await linkBank(world, buyer, { ...login, account: '0000' })
    expect(await linkRow(linkId)).toMatchObject({
      institutionName: bank,
      accountMask: '0000',
      nameScore: 100,
    })
    expect(await stepAt(buyer, linkId)).toBe('agree')
  })

  test.each([
    'ITEM_LOCKED',
    'INVALID_CREDENTIALS',
    'INVALID_MFA',
    'INSTITUTION_DOWN',
    'INSTITUTION_NOT_RESPONDING',
    'NO_ACCOUNTS',
    'USER_SETUP_REQUIRED',
  ])('with error_%s ends the visit, and the link says why', async (code) => {
    const buyer = await buyerCalled(PERSON)
    const linkId = await linkBank(world, buyer, { username: 'user_good', password: `error_${code}` })
    expect(await linkRow(linkId)).toMatchObject({ state: 'exited', errorCode: code, accessToken: null })
    expect(await stepAt(buyer, linkId)).toBe('left')
    const refused = plaidFor(world.sandbox).sandboxPublicTokenCreate({
      institution_id: 'ins_109508',
      initial_products: [Products.Auth],
      options: { override_username: 'user_good', override_password: `error_${code}` },
    })
    expect(await errorCodeOf(refused)).toMatch(new RegExp(`^400 \\w+ ${code}$`))
  })

  test('at a bank that is down ends the visit', async () => {
    const buyer = await buyerCalled(PERSON)
    const linkId = await linkBank(world, buyer, { username: 'user_good', institution: 'ins_sandbox_down' })
    expect(await linkRow(linkId)).toMatchObject({ state: 'exited', errorCode: 'INSTITUTION_DOWN' })
  })

  test('a visit that was left can be taken up again while its page is open', async () => {
    const buyer = await buyerCalled(PERSON)
    const linkId = await linkBank(world, buyer, { username: 'user_good', password: 'error_ITEM_LOCKED' })
    await visitBank(world, linkId, { username: 'user_good' })
    await syncBankLink(world.banks, linkId)
    expect(await stepAt(buyer, linkId)).toBe('choose')
  })

  test('at Houndstooth waits for small deposits', async () => {
    const buyer = await buyerCalled(PERSON, [5_000n])
    const login = { username: 'user_good', institution: 'ins_109512', account: '0000' }
    const linkId = await linkBank(world, buyer, login)
    expect(await linkRow(linkId)).toMatchObject({ accountVerification: 'pending' })
    expect(await stepAt(buyer, linkId)).toBe('waits_for_deposits')
    await advanceProcessor(world, { seconds: 86_400 })
    await deliverEvents(world, await caughtEvents(world))
    const methodId = await agreeAndKeep(world, buyer, linkId)
    expect(await debit(world, buyer, methodId)).toMatchObject({ state: 'processing' })
  })
})

describe('whose account it is', () => {
  test.each<[string, string[], number | null, string, string]>([
    ['the same name', ['Quillhaven Coffee Roasters'], 100, 'linked', 'agree'],
    ['the same words in another order', ['Coffee Roasters Quillhaven'], 100, 'linked', 'agree'],
    ['some of its words', ['Quillhaven Coffee'], 85, 'linked', 'agree'],
    ['another name', ['Somebody Else'], 20, 'gone', 'gone'],
    ['no name', [], null, 'review', 'review'],
  ])('%s', async (_what, names, nameScore, state, step) => {
    const buyer = await buyerCalled('Quillhaven Coffee Roasters')
    const linkId = await linkBank(world, buyer, heldBy(names))
    expect(await linkRow(linkId)).toMatchObject({ nameScore, state })
    expect(await stepAt(buyer, linkId)).toBe(step)
    if (state === 'gone')
      expect(await linkRow(linkId)).toMatchObject({ errorCode: 'HOLDER_REFUSED', accessToken: null })
  })
})

describe('what the account holds', () => {
  test.each<[string, Login, string, bigint, string]>([
    ['Plaid Checking, all of it', { username: 'user_good', account: '0000' }, PERSON, 10_000n, 'processing'],
    [
      'Plaid Checking, a cent more than is available',
      { username: 'user_good', account: '0000' },
      PERSON,
      10_001n,
      'ACCOUNT_BALANCE_TOO_LOW',
    ],
    ['Plaid Savings, all of it', { username: 'user_good', account: '1111' }, PERSON, 20_000n, 'processing'],
    [
      'Plaid Savings, a cent more',
      { username: 'user_good', account: '1111' },
      PERSON,
      20_001n,
      'ACCOUNT_BALANCE_TOO_LOW',
    ],
    ['a rich company', { username: 'user_business_rich' }, 'Acme', 25_000_000n, 'processing'],
    [
      'a rich company, a cent more',
      { username: 'user_business_rich' },
      'Acme',
      25_000_001n,
      'ACCOUNT_BALANCE_TOO_LOW',
    ],
    ['a company with 50.00', { username: 'user_business_low' }, 'Acme', 5_000n, 'processing'],
    [
      'a company with 50.00, a cent more',
      { username: 'user_business_low' },
      'Acme',
      5_001n,
      'ACCOUNT_BALANCE_TOO_LOW',
    ],
    ['a company with nothing', { username: 'user_business_zero' }, 'Acme', 50n, 'ACCOUNT_BALANCE_TOO_LOW'],
    [
      'a custom account',
      heldBy(['Acme'], { starting_balance: 70, force_available_balance: 60 }),
      'Acme',
      6_001n,
      'ACCOUNT_BALANCE_TOO_LOW',
    ],
  ])('%s', async (_what, login, name, amount, outcome) => {
    const buyer = await buyerCalled(name, [amount])
    const { methodId } = await keepBank(world, buyer, login)
    const answer = await debit(world, buyer, methodId)
    expect(typeof answer === 'string' ? answer : answer.state).toBe(outcome)
    const payments = await db.payment.findMany({ where: { customerId: buyer.customerId } })
    expect(payments).toHaveLength(outcome === 'processing' ? 1 : 0)
    if (typeof answer === 'string') return
    await advanceProcessor(world, { businessDays: 5 })
    await settleDown(world, answer.paymentId)
    expect((await paymentRow(answer.paymentId)).state).toBe('settled')
  })

  test('a bank that tells the current balance only is believed in that', async () => {
    const buyer = await buyerCalled('Acme', [5_001n])
    const { linkId, methodId } = await keepBank(world, buyer)
    await moveItem(world, linkId, 'balance', { available_cents: null, current_cents: 5_000 })
    expect(await debit(world, buyer, methodId)).toBe('ACCOUNT_BALANCE_TOO_LOW')
    await moveItem(world, linkId, 'balance', { available_cents: null, current_cents: null })
    expect(await debit(world, buyer, methodId)).toMatchObject({ state: 'processing' })
  })
})

describe('a login later on', () => {
  test('reset_login breaks it: nothing more can be read, and the account pays on', async () => {
    const buyer = await buyerCalled('Acme', [5_000n])
    const { linkId, methodId } = await keepBank(world, buyer)
    const access_token = await accessTokenOf(linkId)
    await plaidFor(world.sandbox).sandboxItemResetLogin({ access_token })
    await db.bankLink.update({ where: { id: linkId }, data: { checkedAt: new Date(0) } })
    await sweepLinks(world.processor, world.banks)
    expect(await stepAt(buyer, linkId)).toBe('repair')
    expect(await errorCodeOf(plaidFor(world.sandbox).authGet({ access_token }))).toBe(
      '400 ITEM_ERROR ITEM_LOGIN_REQUIRED',
    )
    const { data } = await plaidFor(world.sandbox).itemGet({ access_token })
    expect(data.item.error).toMatchObject({ error_code: 'ITEM_LOGIN_REQUIRED' })
    expect(await debit(world, buyer, methodId)).toMatchObject({ state: 'processing' })
  })

  test.each([
    [Drill.Error, 'linked'],
    [Drill.LoginRepaired, 'linked'],
    [Drill.NewAccountsAvailable, 'linked'],
    [Drill.UserPermissionRevoked, 'linked'],
    [Drill.UserAccountRevoked, 'linked'],
    [Drill.DefaultUpdate, 'linked'],
    [Drill.PendingDisconnect, 'disconnecting'],
  ])('the drill %s ends in what is really so: %s', async (webhook_code, state) => {
    const { linkId } = await keepBank(world, await buyerCalled('Acme'))
    await caughtEvents(world)
    const access_token = await accessTokenOf(linkId)
    await plaidFor(world.sandbox).sandboxItemFireWebhook({ access_token, webhook_code })
    await deliverEvents(world, await caughtEvents(world))
    expect(await linkRow(linkId)).toMatchObject({ state })
  })

  test.each([
    ['login_required', 'needs_reauth', 'active'],
    ['pending_disconnect', 'disconnecting', 'active'],
    ['pending_expiration', 'disconnecting', 'active'],
    ['new_accounts', 'linked', 'active'],
    ['repair', 'linked', 'active'],
    ['revoke', 'gone', 'suspended'],
  ])('%s leaves the link %s and the account %s', async (move, state, method) => {
    const { linkId, methodId } = await keepBank(world, await buyerCalled('Acme'))
    await caughtEvents(world)
    await moveItem(world, linkId, move)
    await deliverEvents(world, await caughtEvents(world))
    expect(await linkRow(linkId)).toMatchObject({ state })
    expect(await db.savedMethod.findUnique({ where: { id: methodId } })).toMatchObject({ state: method })
  })

  test('a removed login is gone at the next look', async () => {
    const buyer = await buyerCalled(PERSON)
    const linkId = await linkBank(world, buyer, { username: 'user_good' })
    await chooseByMask(world, buyer, linkId, '0000')
    await agreeAndKeep(world, buyer, linkId)
    const access_token = await accessTokenOf(linkId)
    await caughtEvents(world)
    await moveItem(world, linkId, 'login_required')
    const events = await caughtEvents(world)
    await plaidFor(world.sandbox).itemRemove({ access_token })
    expect(await errorCodeOf(plaidFor(world.sandbox).itemGet({ access_token }))).toBe(
      '400 INVALID_INPUT INVALID_ACCESS_TOKEN',
    )
    await deliverEvents(world, events)
    expect(await linkRow(linkId)).toMatchObject({ state: 'gone', accessToken: null })
  })
})

test('a link that nobody opens stays open until its page closes', async () => {
  const buyer = await buyerCalled('Acme')
  const linkId = await beginLink(world, buyer)
  expect(await stepAt(buyer, linkId)).toBe('at_bank')
  expect((await linkRow(linkId)).linkExpiresAt?.getTime()).toBeGreaterThan(Date.now())
})
