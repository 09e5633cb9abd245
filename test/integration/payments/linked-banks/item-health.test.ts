/** What happens to a bank login after it was linked: it breaks, is to end, is repaired or revoked; events in any order and number. */
import { SandboxItemFireWebhookRequestWebhookCodeEnum as Drill } from 'plaid'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newId } from '#app/books/ids.ts'
import { composeMail } from '#app/notices/compose-mail.server.ts'
import { openToken } from '#app/payments/linked-banks/access-token.server.ts'
import { sweepLinks } from '#app/payments/linked-banks/links/sweep-links.server.ts'
import { syncBankLink } from '#app/payments/linked-banks/links/sync-link.server.ts'
import { processBankEvent } from '#app/payments/linked-banks/process-event.server.ts'
import { receiveBankEvent } from '#app/payments/linked-banks/receive-event.server.ts'
import { db } from '#app/platform/db.server.ts'
import {
  ACCEPTANCE,
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
  moveItem,
  openBankWorld,
  repairBank,
  stepAt,
  visitBank,
} from '#test/support/bank-world.ts'
import { type Buyer, createBuyer } from '#test/support/card-world.ts'
import { asOwner } from '#test/support/owner.ts'
import { plaidFor } from '#test/support/plaid.ts'
import type { Received } from '#test/support/webhook-receiver.ts'

let world: BankWorld
beforeAll(async () => {
  world = await openBankWorld()
})
afterAll(() => world.stop())
beforeEach(async () => {
  await world.sandbox.control('DELETE', 'faults')
  await caughtEvents(world)
})

const stateOf = async (linkId: Parameters<typeof linkRow>[0]) => (await linkRow(linkId)).state
const methodOf = (linkId: string) => db.savedMethod.findFirstOrThrow({ where: { bankLinkId: linkId } })

async function enrol(buyer: Buyer, savedMethodId: string): Promise<string> {
  const id = newId()
  const agreed = { textVersion: 'test', textHash: 'test', acceptedAt: new Date(), ...ACCEPTANCE }
  await db.autopayEnrollment.create({
    data: {
      ...{ id, customerId: buyer.customerId, savedMethodId, currency: 'USD', state: 'active', scope: 'all' },
      ...{ maxMinor: 100n, createdAt: new Date(), updatedAt: new Date(), ...agreed },
    },
  })
  return id
}

test('a broken login is written about once, the account pays on, and a repair clears it', async () => {
  const buyer = await createBuyer([5_000n])
  const { linkId, methodId } = await keepBank(world, buyer)
  await moveItem(world, linkId, 'login_required')
  const events = await caughtEvents(world)
  await deliverEvents(world, [...events, ...events])
  expect(await stateOf(linkId)).toBe('needs_reauth')
  expect(await stepAt(buyer, linkId)).toBe('repair')
  expect((await methodOf(linkId)).state).toBe('active')
  expect((await lettersTo(buyer)).filter((letter) => letter === 'attention')).toHaveLength(1)
  expect(await debit(world, buyer, methodId)).toMatchObject({ state: 'processing' })
  await repairBank(world, buyer, linkId)
  expect(await linkRow(linkId)).toMatchObject({ state: 'linked', linkToken: null, errorCode: null })
  await deliverEvents(world, await caughtEvents(world))
  expect(await stepAt(buyer, linkId)).toBe('ready')
})

test('a login that was repaired elsewhere is well again', async () => {
  const buyer = await createBuyer([])
  const { linkId } = await keepBank(world, buyer)
  await moveItem(world, linkId, 'login_required')
  await deliverEvents(world, await caughtEvents(world))
  await moveItem(world, linkId, 'repair')
  await deliverEvents(world, await caughtEvents(world))
  expect(await stateOf(linkId)).toBe('linked')
})

test.each(['pending_disconnect', 'pending_expiration'])('%s is written about with its day', async (move) => {
  const buyer = await createBuyer([])
  const { linkId } = await keepBank(world, buyer)
  await moveItem(world, linkId, move)
  await deliverEvents(world, await caughtEvents(world))
  const { state, disconnectAt } = await linkRow(linkId)
  expect(state).toBe('disconnecting')
  expect(disconnectAt?.getTime()).toBeGreaterThan(Date.now())
  const rows = await db.mailOutbox.findMany({
    where: { customerId: buyer.customerId, template: 'bank-link' },
  })
  const [letter] = rows
  if (letter === undefined) throw new Error('no letter')
  expect((await composeMail(letter)).letter.lines[0]).toMatch(/ends its link to us on \d+ \w+ \d{4}/)
  await repairBank(world, buyer, linkId)
  expect(await linkRow(linkId)).toMatchObject({ state: 'linked', disconnectAt: null })
})

test('a withdrawn consent suspends the account, rests autopay, gives the access back and asks for a new link', async () => {
  const buyer = await createBuyer([5_000n])
  const { linkId, methodId } = await keepBank(world, buyer)
  const enrolment = await enrol(buyer, methodId)
  await moveItem(world, linkId, 'revoke')
  const events = await caughtEvents(world)
  await deliverEvents(world, [...events, ...events])
  expect(await linkRow(linkId)).toMatchObject({
    ...{ state: 'gone', errorCode: 'USER_PERMISSION_REVOKED', accessToken: null },
  })
  expect(await methodOf(linkId)).toMatchObject({ state: 'suspended', suspendedReason: 'link_broken' })
  expect(await db.autopayEnrollment.findUnique({ where: { id: enrolment } })).toMatchObject({
    state: 'paused',
    pausedReason: 'method_gone',
  })
  expect(await lettersTo(buyer)).toEqual(['mandate-copy', 'removed'])
  expect(await debit(world, buyer, methodId)).toBe('METHOD_NOT_USABLE')
})

test('one account that is not shared any more ends its link; another of the same login does not', async () => {
  const login = { username: 'user_good' }
  const name = 'Alberta Bobbeth Charleson'
  const both = await createBuyer([])
  await db.customer.update({ where: { id: both.customerId }, data: { name } })
  const { linkId } = await keepBank(world, both, { ...login, account: '0000' })
  await moveItem(world, linkId, 'revoke', { account: '0000' })
  await deliverEvents(world, await caughtEvents(world))
  expect(await linkRow(linkId)).toMatchObject({ state: 'gone' })
  expect(await methodOf(linkId)).toMatchObject({ state: 'suspended' })

  const other = await linkBank(world, both, login)
  await chooseByMask(world, both, other, '1111')
  await agreeAndKeep(world, both, other)
  await moveItem(world, other, 'revoke', { account: '0000' })
  await deliverEvents(world, await caughtEvents(world))
  expect(await stepAt(both, other)).toBe('ready')
})

describe('events', () => {
  /** Every order of up to four events. */
  function orders<T>(items: readonly T[]): T[][] {
    if (items.length < 2) return [[...items]]
    return items.flatMap((item, index) =>
      orders(items.filter((_, other) => other !== index)).map((rest) => [item, ...rest]),
    )
  }

  test('in any order, and each of them twice, end in the same state', async () => {
    const script: [string, string][] = [
      ['login_required', 'needs_reauth'],
      ['pending_disconnect', 'disconnecting'],
      ['repair', 'linked'],
    ]
    for (const [index, order] of orders([0, 1, 2]).entries()) {
      const buyer = await createBuyer([])
      const { linkId } = await keepBank(world, buyer)
      await caughtEvents(world)
      const events: Received[] = []
      for (const [move] of [script[1], script[0], script[2]] as [string, string][]) {
        await moveItem(world, linkId, move)
        events.push(...(await caughtEvents(world)))
      }
      const shuffled = order.map((at) => events[at] as Received)
      await deliverEvents(world, [...shuffled, ...shuffled.toReversed()])
      const { state, disconnectAt } = await linkRow(linkId)
      expect.soft({ index, state, disconnectAt }).toEqual({ index, state: 'linked', disconnectAt: null })
    }
  })

  test('that are drills change nothing: the login is read again', async () => {
    const buyer = await createBuyer([])
    const { linkId } = await keepBank(world, buyer)
    await caughtEvents(world)
    const access_token = openToken(linkId, (await linkRow(linkId)).accessToken ?? '')
    for (const webhook_code of [
      Drill.Error,
      Drill.UserPermissionRevoked,
      Drill.UserAccountRevoked,
      Drill.NewAccountsAvailable,
      Drill.DefaultUpdate,
      Drill.LoginRepaired,
    ])
      await plaidFor(world.sandbox).sandboxItemFireWebhook({ access_token, webhook_code })
    await deliverEvents(world, await caughtEvents(world))
    expect(await stateOf(linkId)).toBe('linked')
    expect((await methodOf(linkId)).state).toBe('active')
    expect(await lettersTo(buyer)).toEqual(['mandate-copy'])
  })

  test('that are forged, changed or old are turned away and leave nothing', async () => {
    const buyer = await createBuyer([])
    const { linkId } = await keepBank(world, buyer)
    await caughtEvents(world)
    await moveItem(world, linkId, 'login_required')
    const [genuine] = await caughtEvents(world)
    if (genuine === undefined) throw new Error('nothing came')
    const token = String(genuine.headers['plaid-verification'])
    const before = await db.webhookInbox.count()
    const now = new Date()
    const later = new Date(now.getTime() + 301_000)
    const [head = '', claims = ''] = token.split('.')
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.`
    const tries: [string, string, Date][] = [
      [genuine.body, '', now],
      [genuine.body, none, now],
      [genuine.body, `${head}.${claims}.AAAA`, now],
      [`${genuine.body} `, token, now],
      [genuine.body, token, later],
    ]
    for (const [body, proof, at] of tries)
      expect.soft((await receiveBankEvent(world.banks, body, proof, at)).ok).toBe(false)
    expect(await db.webhookInbox.count()).toBe(before)
    expect(await stateOf(linkId)).toBe('linked')
  })

  test('about a login that is not stored yet wait for it, and those of strangers are put aside', async () => {
    const stranger = await linkBank(world, await createBuyer([]))
    await caughtEvents(world)
    await moveItem(world, stranger, 'login_required')
    const [event] = await caughtEvents(world)
    if (event === undefined) throw new Error('nothing came')
    await db.bankLink.update({ where: { id: stranger }, data: { itemId: 'not-yet' } })
    await deliverEvents(world, [event])
    const row = await db.webhookInbox.findFirstOrThrow({ orderBy: { receivedAt: 'desc' } })
    expect(row.processedAt).toBeNull()
    await asOwner("UPDATE webhook_inbox SET received_at = '2020-01-01' WHERE id = $1", [row.id])
    await processBankEvent(world.banks, row.id)
    expect(await db.webhookInbox.findUnique({ where: { id: row.id } })).toMatchObject({ outcome: 'ignored' })
  })
})

test('an account that waits for small deposits is finished when they have come', async () => {
  const buyer = await createBuyer([])
  await db.customer.update({ where: { id: buyer.customerId }, data: { name: 'Alberta Bobbeth Charleson' } })
  const linkId = await beginLink(world, buyer)
  await visitBank(world, linkId, { username: 'user_good', institution: 'ins_109512', account: '0000' })
  await syncBankLink(world.banks, linkId)
  expect(await stepAt(buyer, linkId)).toBe('waits_for_deposits')
  await caughtEvents(world)
  await world.sandbox.control('POST', 'clock/advance', { seconds: 86_400 })
  await deliverEvents(world, await caughtEvents(world))
  expect(await stepAt(buyer, linkId)).toBe('agree')
  expect(await lettersTo(buyer)).toEqual(['ready'])
})

test('a login whose events were lost is looked at once a day', async () => {
  const buyer = await createBuyer([])
  const { linkId } = await keepBank(world, buyer)
  await moveItem(world, linkId, 'login_required')
  await caughtEvents(world)
  await sweepLinks(world.processor, world.banks)
  expect(await stateOf(linkId)).toBe('linked')
  await db.bankLink.update({ where: { id: linkId }, data: { checkedAt: new Date(0) } })
  await sweepLinks(world.processor, world.banks)
  expect(await stateOf(linkId)).toBe('needs_reauth')
})
