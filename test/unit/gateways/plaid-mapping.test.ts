import { expect, test } from 'vitest'
import { linkAnswer, webhookBody } from '#app/gateways/plaid/answers.ts'
import { linkRequest } from '#app/gateways/plaid/link-request.ts'
import {
  balanceReading,
  bankAccount,
  bankLinkEvent,
  itemReading,
  linkReading,
  signalReading,
  toMinor,
} from '#app/gateways/plaid/mapping.ts'
import type { LinkInput } from '#app/gateways/plaid/port.ts'
import { parseCurrency } from '#app/money/currencies.ts'

const read = (sessions: object[]) => linkReading(linkAnswer.parse({ link_sessions: sessions }).link_sessions)
const account = { id: 'acc', name: 'Checking', mask: '0000', subtype: 'checking' }
const institution = { institution_id: 'ins_1', name: 'Bank' }
const none = { item_add_results: [] }
const added = { item_add_results: [{ public_token: 'public-1', accounts: [account], institution }] }
const left = { exit: { error: { error_code: 'ITEM_LOCKED' } } }

test.each([
  [110, 'USD', 11_000n],
  [110.1, 'USD', 11_010n],
  [0.07, 'USD', 7n],
  [1.005, 'USD', 100n],
  [4_999.01, 'USD', 499_901n],
  [123_456_789_012.34, 'USD', 12_345_678_901_234n],
  [-12.5, 'USD', -1_250n],
  [-12.501, 'USD', -1_251n],
  [0, 'USD', 0n],
  [1234, 'JPY', 1_234n],
  [1234.9, 'JPY', 1_234n],
  [1.2345, 'KWD', 1_234n],
])('%d %s is %s minor units', (amount, currency, minor) => {
  expect(toMinor(amount, parseCurrency(currency))).toBe(minor)
})

test.each([1e21, 1e-7, Number.NaN, Number.POSITIVE_INFINITY])('%d is no amount', (amount) => {
  expect(() => toMinor(amount, parseCurrency('USD'))).toThrow(RangeError)
})

test.each([
  [
    'both balances',
    { available: 1.5, current: 2, iso_currency_code: 'USD' },
    { availableMinor: 150n, currentMinor: 200n },
  ],
  [
    'no available one',
    { available: null, current: 2, iso_currency_code: 'USD' },
    { availableMinor: null, currentMinor: 200n },
  ],
  [
    'a currency that is none',
    { available: 1, current: 1, iso_currency_code: null },
    { state: 'unavailable', code: 'UNKNOWN_CURRENCY' },
  ],
  [
    'an amount that is none',
    { available: 1e22, current: 1, iso_currency_code: 'USD' },
    { state: 'unavailable', code: 'UNREADABLE_AMOUNT' },
  ],
])('a balance with %s', (_, balances, reading) => {
  expect(balanceReading({ balances })).toMatchObject(reading)
})

test.each([
  ['nobody came', [], { state: 'open' }],
  ['somebody is on the page', [{ finished_at: null }], { state: 'open' }],
  ['the customer left', [{ finished_at: 'x', exit: { error: null } }], { state: 'exited', errorCode: null }],
  ['the bank refused', [left], { state: 'exited', errorCode: 'ITEM_LOCKED' }],
  [
    'the bank refused, in older words',
    [{ on_exit: left.exit }],
    { state: 'exited', errorCode: 'ITEM_LOCKED' },
  ],
  ['a visit ended without a word', [{ finished_at: 'x' }], { state: 'exited', errorCode: null }],
  ['somebody came again', [left, { finished_at: null }], { state: 'open' }],
  ['a link, whatever else', [left, { results: added }, left], { state: 'finished', publicToken: 'public-1' }],
  [
    'a repair',
    [{ results: none, on_success: { metadata: { institution, accounts: [account] } } }],
    { state: 'finished', publicToken: null, institution: { id: 'ins_1', name: 'Bank' } },
  ],
  [
    'a repair of which little is told',
    [{ on_success: { metadata: null } }],
    { state: 'finished', publicToken: null, institution: null, accounts: [] },
  ],
])('a link reads right: %s', (_, sessions, reading) => {
  expect(read(sessions)).toMatchObject(reading)
})

test.each([
  [null, 'ready'],
  ['automatically_verified', 'ready'],
  ['manually_verified', 'ready'],
  ['pending_automatic_verification', 'pending'],
  ['pending_manual_verification', 'pending'],
  ['unsent', 'pending'],
  ['verification_expired', 'failed'],
  ['verification_failed', 'failed'],
  ['database_insights_fail', 'failed'],
  ['something_new', 'pending'],
])('verification status %s is %s', (status, verification) => {
  const answer = { account_id: 'a', name: 'n', verification_status: status, subtype: 'hsa' }
  expect(bankAccount(answer)).toEqual({ accountId: 'a', name: 'n', mask: null, kind: 'other', verification })
})

test.each([
  [null, 'good'],
  [['ITEM_ERROR', 'ITEM_LOGIN_REQUIRED'], 'needs_reauth'],
  [['ITEM_ERROR', 'ITEM_LOCKED'], 'needs_reauth'],
  [['ITEM_ERROR', 'USER_PERMISSION_REVOKED'], 'gone'],
  [['INSTITUTION_ERROR', 'INSTITUTION_DOWN'], 'good'],
])('an item with error %s is %s', (error, status) => {
  const [error_type = '', error_code = ''] = error ?? []
  const answer = { item: { error: error === null ? null : { error_type, error_code } } }
  expect(itemReading(answer)).toEqual({ status, errorCode: error?.[1] ?? null })
})

test('an opinion that is not given is null', () => {
  expect(signalReading({ scores: null, ruleset: null })).toEqual({
    advice: null,
    bankReturnRisk: null,
    customerReturnRisk: null,
  })
  expect(signalReading({ ruleset: { result: 'SOMETHING_NEW' } }).advice).toBeNull()
})

test.each([
  ['LINK', 'SESSION_FINISHED', 'link_finished'],
  ['ITEM', 'ERROR', 'item_broken'],
  ['ITEM', 'LOGIN_REPAIRED', 'item_repaired'],
  ['ITEM', 'PENDING_DISCONNECT', 'item_ending'],
  ['ITEM', 'PENDING_EXPIRATION', 'item_ending'],
  ['ITEM', 'USER_PERMISSION_REVOKED', 'item_revoked'],
  ['ITEM', 'USER_ACCOUNT_REVOKED', 'account_revoked'],
  ['ITEM', 'NEW_ACCOUNTS_AVAILABLE', 'new_accounts'],
  ['AUTH', 'AUTOMATICALLY_VERIFIED', 'account_verified'],
  ['AUTH', 'VERIFICATION_EXPIRED', 'account_unverified'],
  ['ITEM', 'WEBHOOK_UPDATE_ACKNOWLEDGED', 'other'],
  ['TRANSACTIONS', 'SYNC_UPDATES_AVAILABLE', 'other'],
])('webhook %s/%s is %s', (webhook_type, webhook_code, kind) => {
  const body = webhookBody.parse({ webhook_type, webhook_code, item_id: 'item_1' })
  expect(bankLinkEvent(body, 'id', '{}')).toMatchObject({ kind, itemId: 'item_1', linkToken: null })
})

test('a webhook keeps what can be read of it', () => {
  const body = {
    webhook_type: 'ITEM',
    webhook_code: 'PENDING_DISCONNECT',
    item_id: 7,
    disconnect_time: 'soon',
  }
  const event = bankLinkEvent(webhookBody.parse(body), 'id', '{}')
  expect(event).toMatchObject({ kind: 'item_ending', itemId: null, endsAt: null })
  const told = webhookBody.parse({ ...body, disconnect_time: '2026-11-30T12:00:00Z' })
  expect(bankLinkEvent(told, 'id', '{}').endsAt).toEqual(new Date('2026-11-30T12:00:00Z'))
})

const input: LinkInput = {
  customerRef: 'cst_1',
  supplierName: 'Larkmoor Packaging Company, Incorporated',
  legalName: 'Quillhaven Coffee Roasters',
  email: 'mara@quillhaven.example',
  redirectUrl: 'http://localhost:3000/back',
  webhookUrl: 'http://localhost:3000/webhooks/plaid',
}

test('a new link asks for accounts that can be debited, under a name that fits', () => {
  expect(linkRequest(input)).toMatchObject({
    client_name: 'Larkmoor Packaging Company, In',
    products: ['auth'],
  })
})

test('a repair asks for no products, and for the choice of accounts only when told to', () => {
  const repair = (canChooseAccounts: boolean) =>
    linkRequest({ ...input, itemAccess: { accessToken: 'access-1', canChooseAccounts } })
  expect(repair(false)).toMatchObject({ access_token: 'access-1' })
  expect(Object.keys(repair(false))).not.toEqual(expect.arrayContaining(['products']))
  expect(Object.keys(repair(false))).not.toContain('update')
  expect(repair(true)).toMatchObject({ update: { account_selection_enabled: true } })
})
