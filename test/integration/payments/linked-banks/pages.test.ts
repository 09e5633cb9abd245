/** Linking a bank as a browser without scripts meets it: real routes, real session, real sandbox; and what staff see of it. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { asId, type BankLinkId, encodeId } from '#app/books/ids.ts'
import { processBankEvent } from '#app/payments/linked-banks/process-event.server.ts'
import { db } from '#app/platform/db.server.ts'
import {
  type BankWorld,
  beginLink,
  linkRow,
  moveItem,
  openBankWorld,
  stepAt,
  visitBank,
} from '#test/support/bank-world.ts'
import { type BuyerVisitor, buyerVisitor, VISITOR_ADDRESS } from '#test/support/buyer-portal.ts'
import { WEBHOOK_SECRET } from '#test/support/card-world.ts'
import { PLAID_KEYS } from '#test/support/plaid.ts'
import { openPortal, type Portal } from '#test/support/portal.ts'
import { eventually } from '#test/support/sandbox.ts'
import { staffVisitor } from '#test/support/staff-portal.ts'

let world: BankWorld
let portal: Portal
beforeAll(async () => {
  world = await openBankWorld()
  // The portal reads its settings when it is opened, after this.
  Object.assign(process.env, {
    STRIPE_SECRET_KEY: 'sk_test_sandbox',
    STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
    STRIPE_API_HOST: '127.0.0.1',
    STRIPE_API_PORT: String(world.sandbox.port),
    STRIPE_API_PROTOCOL: 'http',
    PLAID_CLIENT_ID: PLAID_KEYS.clientId,
    PLAID_SECRET: PLAID_KEYS.secret,
    PLAID_ENV: 'sandbox',
    PLAID_BASE_URL: `${world.sandbox.url}/plaid`,
  })
  portal = await openPortal()
}, 120_000)
afterAll(() => world.stop())
beforeEach(() => world.sandbox.control('DELETE', 'faults'))

const SECRETS = /access-sandbox|public-sandbox|link-sandbox|btok_|account_id/

/** A page, with the promise that no token is in it. */
async function read(who: BuyerVisitor, path: string): Promise<string> {
  const answer = await who.get(path)
  expect(answer.status, path).toBe(200)
  const html = await answer.text()
  expect(html).not.toMatch(SECRETS)
  return html.replace(/<script[\s\S]*?<\/script>/g, '').replaceAll('<!-- -->', '')
}

/** Presses the button that opens the bank's pages. Answers the link that was made. */
async function pressLink(who: BuyerVisitor): Promise<BankLinkId> {
  const answer = await who.post(`${who.base}/methods/add`, { kind: 'bank_link' })
  expect(answer.status).toBe(303)
  expect(answer.headers.get('location')).toContain('/link/link-sandbox-')
  const { id } = await db.bankLink.findFirstOrThrow({
    where: { customerId: who.customerId },
    orderBy: { createdAt: 'desc' },
  })
  return asId<'bkl'>(id)
}

const pageOf = (who: BuyerVisitor, linkId: BankLinkId): string =>
  `${who.base}/methods/link/${encodeId('bkl', linkId)}`

const hashIn = (html: string): string => /name="hash" value="([0-9a-f]{64})"/.exec(html)?.[1] ?? ''

test('from the button to the bank, back to the mandate, and to a saved account', async () => {
  const buyer = await buyerVisitor(portal, [])
  expect(await read(buyer, `${buyer.base}/methods/add`)).toContain('Link your bank (Plaid)')
  const linkId = await pressLink(buyer)
  expect(await read(buyer, pageOf(buyer, linkId))).toContain('You have not finished at the bank yet')
  await visitBank(world, linkId, { username: 'user_business_rich' })
  const mandate = await read(buyer, pageOf(buyer, linkId))
  expect(mandate).toContain('First Platypus Bank, Business Checking ending 2222')
  expect(mandate).toContain('Nacha operating rules')
  expect(await read(buyer, `${buyer.base}/methods`)).toContain('Finish adding it')

  const hash = hashIn(mandate)
  const unticked = await buyer.post(pageOf(buyer, linkId), { act: 'agree', hash })
  expect(unticked.status).toBe(400)
  expect(await unticked.text()).toContain('Tick the box to agree')
  const stale = await buyer.post(pageOf(buyer, linkId), { act: 'agree', agree: 'yes', hash: 'f'.repeat(64) })
  expect(stale.status).toBe(409)
  const agreed = await buyer.post(pageOf(buyer, linkId), { act: 'agree', agree: 'yes', hash })
  expect(agreed.headers.get('location')).toBe(`${buyer.base}/methods?kept=finished`)
  expect(await db.mandate.findFirst({ where: { customerId: buyer.customerId } })).toMatchObject({
    ...{ textHash: hash, acceptedBy: buyer.personId, ipAddress: VISITOR_ADDRESS, state: 'active' },
    userAgent: expect.stringContaining('Firefox'),
  })
  expect(await read(buyer, `${buyer.base}/methods?kept=finished`)).toContain(
    'First Platypus Bank, account ending 2222',
  )
})

test('of several accounts one is chosen; an account that is not shared is refused', async () => {
  const buyer = await buyerVisitor(portal, [])
  await db.customer.update({ where: { id: buyer.customerId }, data: { name: 'Alberta Bobbeth Charleson' } })
  const linkId = await pressLink(buyer)
  await visitBank(world, linkId, { username: 'user_good' })
  const html = await read(buyer, pageOf(buyer, linkId))
  expect(html).toContain('Plaid Checking ending 0000')
  const savings = /value="([^"]+)"\/?><span>Plaid Savings/.exec(html)?.[1] ?? ''
  const wrong = await buyer.post(pageOf(buyer, linkId), { act: 'choose', account: 'another' })
  expect(wrong.status).toBe(409)
  await buyer.post(pageOf(buyer, linkId), { act: 'choose', account: savings })
  expect(await read(buyer, pageOf(buyer, linkId))).toContain('Plaid Savings ending 1111')
})

test('a visit that was left, a foreign holder and a broken login each say what to do', async () => {
  const buyer = await buyerVisitor(portal, [])
  const left = await pressLink(buyer)
  await visitBank(world, left, { username: 'user_good', password: 'error_ITEM_LOCKED' })
  const page = await read(buyer, pageOf(buyer, left))
  expect(page).toContain('The bank has locked this login')
  const again = await buyer.post(pageOf(buyer, left), { act: 'bank' })
  expect(again.headers.get('location')).toContain('/link/link-sandbox-')

  const foreign = await pressLink(buyer)
  await visitBank(world, foreign, { username: 'user_good', account: '0000' })
  expect(await read(buyer, pageOf(buyer, foreign))).toContain('The bank names another holder')

  const linkId = await pressLink(buyer)
  await visitBank(world, linkId, { username: 'user_business_rich' })
  const hash = hashIn(await read(buyer, pageOf(buyer, linkId)))
  await buyer.post(pageOf(buyer, linkId), { act: 'agree', agree: 'yes', hash })
  await moveItem(world, linkId, 'login_required')
  await db.bankLink.update({ where: { id: linkId }, data: { state: 'needs_reauth' } })
  expect(await read(buyer, `${buyer.base}/methods`)).toContain('Repair the link')
  const repair = await buyer.post(pageOf(buyer, linkId), { act: 'bank' })
  expect(repair.headers.get('location')).toContain('/link/link-sandbox-')
  await visitBank(world, linkId, { username: 'user_business_rich' })
  expect(await read(buyer, pageOf(buyer, linkId))).toContain('Your bank account is saved')
})

test('a link is nobody else’s, and needs the right to pay and a second factor', async () => {
  const [owner, stranger] = [await buyerVisitor(portal, []), await buyerVisitor(portal, [])]
  const reader = await buyerVisitor(portal, [], ['view'])
  const linkId = await pressLink(owner)
  expect((await stranger.get(pageOf(stranger, linkId))).status).toBe(404)
  expect((await stranger.get(pageOf(owner, linkId))).status).toBe(404)
  expect((await stranger.post(pageOf(stranger, linkId), { act: 'bank' })).status).toBe(404)
  expect((await reader.get(`${reader.base}/methods/link/${encodeId('bkl', linkId)}`)).status).toBe(403)
})

test('a bank that does not answer leaves the page with what is known, and looks again', async () => {
  const buyer = await buyerVisitor(portal, [])
  const linkId = await pressLink(buyer)
  await visitBank(world, linkId, { username: 'user_business_rich' })
  await world.sandbox.control('POST', 'faults', {
    kind: 'status',
    status: 500,
    count: 3,
    path: '/plaid/link/token/get',
  })
  const page = await read(buyer, pageOf(buyer, linkId))
  expect(page).toContain('The bank could not be asked just now')
  expect(page).toContain('http-equiv="refresh"')
  expect(await read(buyer, pageOf(buyer, linkId))).toContain('Nacha operating rules')
})

test('events come in by their route: proven ones are stored, forged ones turned away, unproven ones sent again', async () => {
  const buyer = await buyerVisitor(portal, [])
  // The links of the other tests send their events to an address where nobody listens; this one's are caught.
  const linkId = await beginLink(world, buyer)
  await visitBank(world, linkId, { username: 'user_business_rich' })
  const event = await eventually(() => world.receiver.received[0] ?? null)
  const bring = (body: string, token: string): Promise<Response> =>
    portal.handle(
      new Request('http://localhost:3000/webhooks/plaid', {
        method: 'POST',
        body,
        headers: { 'plaid-verification': token, 'content-type': 'application/json' },
      }),
    )
  const token = String(event.headers['plaid-verification'])
  await world.sandbox.control('POST', 'faults', {
    ...{ kind: 'status', status: 500, count: 3, path: '/plaid/webhook_verification_key' },
  })
  expect((await bring(event.body, token)).status).toBe(500)
  expect((await bring(`${event.body} `, token)).status).toBe(400)
  expect((await bring(event.body, 'no token')).status).toBe(400)
  const before = new Set((await db.webhookInbox.findMany()).map(({ id }) => id))
  expect((await bring(event.body, token)).status).toBe(200)
  expect((await bring(event.body, token)).status).toBe(200)
  const fresh = (await db.webhookInbox.findMany()).filter(({ id }) => !before.has(id))
  expect(fresh).toMatchObject([{ provider: 'plaid', type: 'LINK/SESSION_FINISHED', processedAt: null }])
  expect(JSON.stringify(fresh)).not.toContain('public-sandbox')
  await processBankEvent(world.banks, fresh[0]?.id ?? '')
  expect(await stepAt(buyer, linkId)).toBe('agree')
  expect((await portal.handle(new Request('http://localhost:3000/webhooks/plaid'))).status).toBe(405)
})

test('staff compare the names; a clerk reads, a manager decides with a reason', async () => {
  const buyer = await buyerVisitor(portal, [])
  const linkId = await pressLink(buyer)
  await visitBank(world, linkId, {
    username: 'user_custom',
    password: JSON.stringify({ override_accounts: [{ meta: { name: 'Odd Account' } }] }),
  })
  expect(await read(buyer, pageOf(buyer, linkId))).toContain('We are looking at this account')
  const clerk = await staffVisitor(portal, 'clerk')
  const manager = await staffVisitor(portal, 'manager')
  const link = encodeId('bkl', linkId)
  expect(await clerk.read('/staff')).toContain('Compare the names')
  const shown = await clerk.read('/staff/bank-links')
  expect(shown).toContain('Odd Account')
  expect(shown).not.toContain('Refuse it')
  const decide = { link, act: 'approve', reason: 'Known since 2019; asked by telephone.' }
  expect((await clerk.post('/staff/bank-links', decide)).status).toBe(403)
  expect((await manager.post('/staff/bank-links', { ...decide, reason: ' ' })).status).toBe(400)
  expect(await manager.read('/staff/bank-links')).toContain('Refuse it')
  const decided = await manager.post('/staff/bank-links', decide)
  expect(decided.headers.get('location')).toBe('/staff/bank-links?decided')
  expect(await linkRow(linkId)).toMatchObject({ holderCheck: 'approved', decidedBy: manager.personId })
  expect(await read(buyer, pageOf(buyer, linkId))).toContain('Nacha operating rules')
})
