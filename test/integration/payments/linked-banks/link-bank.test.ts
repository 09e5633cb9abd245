/** A bank account that is linked through its bank: from the bank's pages to a debit, and what lost answers and doubles leave. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { newId } from '#app/books/ids.ts'
import type { BankLinkProvider } from '#app/gateways/plaid/port.ts'
import { composeMail } from '#app/notices/compose-mail.server.ts'
import { agreeToMandate } from '#app/payments/linked-banks/agree-mandate.server.ts'
import { keepLinkedAccount } from '#app/payments/linked-banks/keep-account.server.ts'
import { CLAIM_MS, LinkIsBusy } from '#app/payments/linked-banks/links/claim-link.server.ts'
import { decideLink } from '#app/payments/linked-banks/links/decide-link.server.ts'
import { startBankLink } from '#app/payments/linked-banks/links/start-link.server.ts'
import { sweepLinks } from '#app/payments/linked-banks/links/sweep-links.server.ts'
import { chooseAccount, syncBankLink } from '#app/payments/linked-banks/links/sync-link.server.ts'
import { removeMethod } from '#app/payments/methods/change-method.server.ts'
import { listSavedMethods } from '#app/payments/methods/method-queries.server.ts'
import { syncMethods } from '#app/payments/methods/sync-methods.server.ts'
import { db } from '#app/platform/db.server.ts'
import {
  ACCEPTANCE,
  agree,
  agreeAndKeep,
  type BankWorld,
  beginLink,
  caughtEvents,
  chooseByMask,
  debit,
  deliverEvents,
  keepBank,
  lettersTo,
  linkBank,
  linkRow,
  openBankWorld,
  stepAt,
  visitBank,
} from '#test/support/bank-world.ts'
import {
  advanceProcessor,
  createBuyer,
  deliverWebhooks,
  paymentRow,
  settleDown,
} from '#test/support/card-world.ts'

let world: BankWorld
beforeAll(async () => {
  world = await openBankWorld()
})
afterAll(() => world.stop())
beforeEach(async () => {
  await world.sandbox.control('DELETE', 'faults')
  world.receiver.received.length = 0
})

const fault = (path: string, kind: object): Promise<unknown> =>
  world.sandbox.control('POST', 'faults', { path, count: 1, ...kind })
const long = new Date(0)

test('a linked account is checked, agreed to, kept with its mandate, and debited', async () => {
  const buyer = await createBuyer([12_345n])
  const { linkId, methodId } = await keepBank(world, buyer)
  expect(await stepAt(buyer, linkId)).toBe('ready')
  expect(await listSavedMethods(buyer.customerId)).toMatchObject([
    { id: methodId, kind: 'us_bank_account', brand: 'First Platypus Bank', last4: '2222', origin: 'plaid' },
  ])
  const mandate = await db.mandate.findFirstOrThrow({ where: { savedMethodId: methodId } })
  expect(mandate).toMatchObject({
    ...{ state: 'active', use: 'multi_use', textVersion: 'bank-debit/1', acceptedBy: buyer.personId },
    ...ACCEPTANCE,
  })
  expect(mandate.text).toContain('First Platypus Bank, Business Checking ending 2222')
  const atProcessor = await world.processor.readMandate(mandate.providerMandateId ?? '')
  expect(atProcessor).toMatchObject({ status: 'active', use: 'multi_use', ...ACCEPTANCE })

  const charged = await debit(world, buyer, methodId)
  if (typeof charged === 'string') throw new Error(charged)
  expect(charged.state).toBe('processing')
  await advanceProcessor(world, { businessDays: 5 })
  await settleDown(world, charged.paymentId)
  expect((await paymentRow(charged.paymentId)).state).toBe('settled')
})

test('the mandate is mailed to the company and to whoever agreed, in the words that were stored', async () => {
  const buyer = await createBuyer([])
  const { methodId } = await keepBank(world, buyer)
  const mandate = await db.mandate.findFirstOrThrow({ where: { savedMethodId: methodId } })
  const letters = await db.mailOutbox.findMany({
    where: { template: 'mandate-copy', parameters: { path: ['mandateId'], equals: mandate.id } },
  })
  expect(letters).toHaveLength(2)
  const [first] = letters
  if (first === undefined) throw new Error('no letter')
  const { letter } = await composeMail(first)
  expect(letter.after.join('\n\n')).toContain(mandate.text)
  expect(letter.after.at(-1)).toContain(mandate.textHash)
  expect(letter.lines[0]).toContain(ACCEPTANCE.ipAddress)
})

test('a mandate is not taken twice, not for another text, and not before its time', async () => {
  const buyer = await createBuyer([])
  const early = await beginLink(world, buyer)
  expect(await agree(buyer, early)).toBe('BANK_LINK_NOT_READY')
  const linkId = await linkBank(world, buyer)
  const click = { customerId: buyer.customerId, personId: buyer.personId, linkId, acceptance: ACCEPTANCE }
  expect(await agreeToMandate({ ...click, textHash: 'another text' })).toMatchObject({
    refusal: { code: 'MANDATE_TEXT_CHANGED' },
  })
  expect(await agreeToMandate({ ...click, customerId: newId<'cst'>(), textHash: '' })).toMatchObject({
    refusal: { code: 'BANK_LINK_NOT_FOUND' },
  })
  expect(await agree(buyer, linkId)).toBeNull()
  expect(await agree(buyer, linkId)).toBeNull()
  expect(await db.mandate.count({ where: { customerId: buyer.customerId } })).toBe(1)
})

test('the return page, events and the sweep together make one item and one method', async () => {
  const buyer = await createBuyer([])
  const linkId = await beginLink(world, buyer)
  await visitBank(world, linkId, { username: 'user_business_rich' })
  const events = await caughtEvents(world)
  const tries = await Promise.allSettled([1, 2, 3].map(() => syncBankLink(world.banks, linkId)))
  const losers = tries.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []))
  expect(losers.every((reason) => reason instanceof LinkIsBusy)).toBe(true)
  await deliverEvents(world, [...events, ...events])
  await syncBankLink(world.banks, linkId)
  expect(await stepAt(buyer, linkId)).toBe('agree')
  await agreeAndKeep(world, buyer, linkId)
  await keepLinkedAccount(world.processor, world.banks, linkId)
  await deliverWebhooks(world)
  await syncMethods(world.processor, buyer.customerId)
  expect(await db.savedMethod.count({ where: { customerId: buyer.customerId } })).toBe(1)
})

test('of several accounts the customer chooses one that the bank shares', async () => {
  const buyer = await createBuyer([])
  await db.customer.update({ where: { id: buyer.customerId }, data: { name: 'Alberta Bobbeth Charleson' } })
  const linkId = await linkBank(world, buyer, { username: 'user_good' })
  expect(await stepAt(buyer, linkId)).toBe('choose')
  expect(await chooseAccount(world.banks, buyer.customerId, linkId, 'not-shared')).toMatchObject({
    refusal: { code: 'ACCOUNT_NOT_SHARED' },
  })
  await chooseByMask(world, buyer, linkId, '1111')
  expect(await linkRow(linkId)).toMatchObject({ accountName: 'Plaid Savings', accountMask: '1111' })
  expect(await stepAt(buyer, linkId)).toBe('agree')
})

test('an exchange whose answer is lost costs the customer another link and nothing else', async () => {
  const buyer = await createBuyer([])
  const linkId = await beginLink(world, buyer)
  await visitBank(world, linkId, { username: 'user_business_rich' })
  await fault('/plaid/item/public_token/exchange', { kind: 'reset', stage: 'after' })
  await expect(syncBankLink(world.banks, linkId)).rejects.toMatchObject({ kind: 'indeterminate' })
  expect(await stepAt(buyer, linkId)).toBe('at_bank')
  await syncBankLink(world.banks, linkId)
  expect(await linkRow(linkId)).toMatchObject({ state: 'exited', errorCode: 'RESULT_LOST' })
})

test('a bank that shares its accounts only later is asked again, without another exchange', async () => {
  const buyer = await createBuyer([])
  const linkId = await beginLink(world, buyer)
  await visitBank(world, linkId, { username: 'user_business_rich' })
  await fault('/plaid/accounts/get', { kind: 'reset', count: 3 })
  await expect(syncBankLink(world.banks, linkId)).rejects.toMatchObject({ kind: 'unavailable' })
  const { accessToken } = await linkRow(linkId)
  await syncBankLink(world.banks, linkId)
  expect(await stepAt(buyer, linkId)).toBe('agree')
  expect((await linkRow(linkId)).accessToken).toBe(accessToken)
})

test.each(['/v1/customers/', '/v1/setup_intents'])(
  'an unclear answer of %s is settled by the sweep under the same key',
  async (path) => {
    const buyer = await createBuyer([])
    const linkId = await linkBank(world, buyer)
    await keepBank(world, buyer)
    expect(await agree(buyer, linkId)).toBeNull()
    await fault(path, { kind: 'reset', stage: 'after', method: 'POST', count: 4 })
    await expect(keepLinkedAccount(world.processor, world.banks, linkId)).rejects.toMatchObject({
      kind: 'indeterminate',
    })
    expect(await stepAt(buyer, linkId)).toBe('keeping')
    await world.sandbox.control('DELETE', 'faults')
    await db.bankLink.update({ where: { id: linkId }, data: { updatedAt: long } })
    await sweepLinks(world.processor, world.banks)
    expect(await stepAt(buyer, linkId)).toBe('ready')
    const { stripeCustomerId } = await db.customer.findUniqueOrThrow({ where: { id: buyer.customerId } })
    const kept = await world.processor.listMethods(stripeCustomerId ?? '')
    expect(kept).toHaveLength(2)
  },
)

test('a token that the card service does not take is made anew, under another key', async () => {
  const buyer = await createBuyer([])
  const linkId = await linkBank(world, buyer)
  await agree(buyer, linkId)
  const spent = { ...world.banks, bankToken: async () => 'btok_none' }
  await keepLinkedAccount(world.processor, spent, linkId)
  expect(await linkRow(linkId)).toMatchObject({ keepAttempt: 1, bankToken: null, state: 'linked' })
  await keepLinkedAccount(world.processor, world.banks, linkId)
  expect(await stepAt(buyer, linkId)).toBe('ready')
})

test('names that nearly agree wait for staff with what the bank calls them, until somebody decides', async () => {
  const nearly: BankLinkProvider = {
    ...world.banks,
    matchIdentity: async (...asked) =>
      (await world.banks.matchIdentity(...asked)).map((match) => ({ ...match, nameScore: 60 })),
  }
  const buyer = await createBuyer([])
  const { name } = await db.customer.findUniqueOrThrow({ where: { id: buyer.customerId } })
  const linkId = await beginLink(world, buyer)
  await visitBank(world, linkId, { username: 'user_business_rich' })
  await syncBankLink(nearly, linkId)
  expect(await linkRow(linkId)).toMatchObject({ state: 'review', nameScore: 60, holderNames: [name] })
  const { banks } = world
  await decideLink({ banks, linkId, personId: newId<'per'>(), isApproved: true, note: 'The same company.' })
  expect(await linkRow(linkId)).toMatchObject({ holderCheck: 'approved', holderNames: [] })
})

test('where the bank tells no name, staff decide, and the customer is written to', async () => {
  const custom = (names: string[]) => ({
    username: 'user_custom',
    password: JSON.stringify({ override_accounts: [{ identity: { names } }] }),
  })
  const staff = newId<'per'>()
  const approved = await createBuyer([])
  const linkId = await linkBank(world, approved, custom([]))
  expect(await linkRow(linkId)).toMatchObject({ state: 'review', nameScore: null, holderNames: [] })
  expect(await agree(approved, linkId)).toBe('BANK_LINK_NOT_READY')
  const yes = { banks: world.banks, linkId, personId: staff, isApproved: true, note: 'Known for years.' }
  expect(await decideLink({ ...yes, personId: approved.personId })).toMatchObject({
    refusal: { code: 'SECOND_PERSON_NEEDED' },
  })
  expect(await decideLink(yes)).toEqual({ ok: true })
  expect(await decideLink(yes)).toMatchObject({ refusal: { code: 'BANK_LINK_NOT_READY' } })
  expect(await lettersTo(approved)).toEqual(['ready'])
  await agreeAndKeep(world, approved, linkId)

  const refused = await createBuyer([])
  const other = await linkBank(world, refused, custom([]))
  await decideLink({ ...yes, linkId: other, isApproved: false, note: 'Nobody knows it.' })
  expect(await linkRow(other)).toMatchObject({
    ...{ state: 'gone', errorCode: 'REFUSED_BY_STAFF', holderCheck: 'refused', accessToken: null },
    ...{ decidedBy: staff, decisionNote: 'Nobody knows it.' },
  })
  expect(await lettersTo(refused)).toEqual(['refused'])
})

test('a link that nobody came back from is swept, and one that nobody finishes is given back', async () => {
  const buyer = await createBuyer([])
  const never = await beginLink(world, buyer)
  const lost = await beginLink(world, buyer)
  await visitBank(world, lost, { username: 'user_business_rich' })
  await db.bankLink.updateMany({ where: { id: { in: [never, lost] } }, data: { updatedAt: long } })
  await db.bankLink.update({ where: { id: never }, data: { linkExpiresAt: long } })
  await sweepLinks(world.processor, world.banks)
  expect(await linkRow(never)).toMatchObject({ state: 'exited', errorCode: 'LINK_EXPIRED', linkToken: null })
  expect(await stepAt(buyer, lost)).toBe('agree')
  await db.bankLink.update({ where: { id: lost }, data: { updatedAt: long } })
  await sweepLinks(world.processor, world.banks)
  expect(await linkRow(lost)).toMatchObject({ state: 'gone', errorCode: 'NOT_FINISHED', accessToken: null })
})

test('whoever died at work on a link gives way after a while', async () => {
  const buyer = await createBuyer([])
  const linkId = await beginLink(world, buyer)
  await visitBank(world, linkId, { username: 'user_business_rich' })
  await db.bankLink.update({ where: { id: linkId }, data: { claimedAt: new Date() } })
  await expect(syncBankLink(world.banks, linkId)).rejects.toBeInstanceOf(LinkIsBusy)
  await db.bankLink.update({
    where: { id: linkId },
    data: { claimedAt: new Date(Date.now() - CLAIM_MS - 60_000) },
  })
  await syncBankLink(world.banks, linkId)
  expect(await stepAt(buyer, linkId)).toBe('agree')
})

test('a bank that cannot be asked opens nothing, and too many tries in a day are refused', async () => {
  const buyer = await createBuyer([])
  const start = () =>
    startBankLink({ banks: world.banks, ...buyer, origin: 'http://localhost:3000' }).then((answer) =>
      answer.ok ? 'opened' : answer.refusal.code,
    )
  await fault('/plaid/link/token/create', { kind: 'status', status: 500 })
  expect(await start()).toBe('PROVIDER_UNAVAILABLE')
  for (let tries = 2; tries <= 10; tries += 1) expect(await start()).toBe('opened')
  expect(await start()).toBe('BANK_LINKS_TODAY')
})

test('a linked account that is removed is let go of on both sides, and can be linked again', async () => {
  const buyer = await createBuyer([])
  const { linkId, methodId } = await keepBank(world, buyer)
  const { customerId, personId } = buyer
  const method = await db.savedMethod.findUniqueOrThrow({ where: { id: methodId } })
  expect(await removeMethod(world.processor, { customerId, personId, methodId })).toEqual({ ok: true })
  expect(await db.mandate.findFirst({ where: { savedMethodId: methodId } })).toMatchObject({
    state: 'inactive',
  })
  expect((await world.processor.readMethod(method.providerMethodId))?.processorCustomerId ?? null).toBeNull()
  await sweepLinks(world.processor, world.banks)
  expect(await linkRow(linkId)).toMatchObject({ state: 'gone', errorCode: 'REMOVED', accessToken: null })
  await keepBank(world, buyer)
  expect(await listSavedMethods(customerId)).toHaveLength(1)
})
