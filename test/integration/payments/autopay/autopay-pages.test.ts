/** The pages of autopay as a browser without scripts meets them: real routes, real session. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { encodeId } from '#app/books/ids.ts'
import { grantBuyerRights } from '#app/parties/people.server.ts'
import { signInWithPassword } from '#app/parties/sign-in.server.ts'
import { announceDebits } from '#app/payments/autopay/announce-debits.server.ts'
import { SETUP_FIELDS } from '#app/payments/autopay/orders/parse-setup.ts'
import { runDebits } from '#app/payments/autopay/run-debits.server.ts'
import { db } from '#app/platform/db.server.ts'
import { toDatabaseDate } from '#app/platform/time.ts'
import { freshAddress, makePerson, PASSWORD, requestWith } from '#test/integration/parties/people.ts'
import { agree, createPayer, type Payer, runsOf, today } from '#test/support/autopay-world.ts'
import { issueCredit } from '#test/support/books.ts'
import { type CardWorld, openCardWorld } from '#test/support/card-world.ts'
import { openPortal, type Portal } from '#test/support/portal.ts'

let world: CardWorld
let portal: Portal
beforeAll(async () => {
  world = await openCardWorld()
  portal = await openPortal()
}, 120_000)
afterAll(() => world.stop())

type Visitor = { cookies: string[]; base: string; payer: Payer }

/** Somebody of a payer's company who is signed in, with a second factor where asked. */
async function visit(payer: Payer, rights: ('view' | 'pay')[], isProven: boolean): Promise<Visitor> {
  const { id, email } = await makePerson()
  await grantBuyerRights(id, payer.customerId, rights)
  const answer = await signInWithPassword(
    { request: requestWith(), address: freshAddress() },
    email,
    PASSWORD,
  )
  if (!answer.ok) throw new Error(answer.reason)
  if (isProven) await db.session.updateMany({ where: { personId: id }, data: { secondFactorAt: new Date() } })
  return { cookies: answer.cookies, base: `/c/${encodeId('cst', payer.customerId)}`, payer }
}

const get = ({ cookies, base }: Visitor, path: string) => portal.handle(requestWith(cookies, base + path))
const post = ({ cookies, base }: Visitor, path: string, fields: Record<string, string>) =>
  portal.handle(
    requestWith(cookies, base + path, { method: 'POST', body: new URLSearchParams(fields) }),
    '203.0.113.9',
  )

const choices = (payer: Payer): Record<string, string> => ({
  [SETUP_FIELDS.method]: encodeId('met', payer.terms.methodId),
  [SETUP_FIELDS.currency]: 'USD',
  [SETUP_FIELDS.limit]: '750.00',
  [SETUP_FIELDS.days]: '2',
  [SETUP_FIELDS.scope]: 'all',
})

const orderOf = (payer: Payer) =>
  db.autopayEnrollment.findFirst({ where: { customerId: payer.customerId, state: { not: 'ended' } } })

test('setting up asks for a second factor', async () => {
  const payer = await createPayer(world, [10_000n])
  const answer = await get(await visit(payer, ['view', 'pay'], false), '/autopay/setup')
  expect(answer.status).toBe(302)
  expect(answer.headers.get('location')).toMatch(/^\/sign-in\/enrol/)
})

test('the choices lead to their text, the tick below it to the order, with where it was made', async () => {
  const payer = await createPayer(world, [10_000n])
  const visitor = await visit(payer, ['view', 'pay'], true)
  const read = await (await post(visitor, '/autopay/setup', { ...choices(payer), intent: 'read' })).text()
  expect(read).toContain('never more than $750.00')
  expect(read).toContain('2 days before its due date')
  const hash = new RegExp(`name="${SETUP_FIELDS.textHash}" value="([0-9a-f]{64})"`).exec(read)?.[1] ?? ''
  const sent = { ...choices(payer), [SETUP_FIELDS.textHash]: hash, intent: 'agree' }

  const unticked = await post(visitor, '/autopay/setup', sent)
  expect(unticked.status).toBe(400)
  expect(await unticked.text()).toContain('tick the box below it')
  expect((await orderOf(payer))?.id).toBe(payer.enrollmentId)

  const altered = await post(visitor, '/autopay/setup', { ...sent, limit: '9999.00', agreed: 'yes' })
  expect(altered.status).toBe(409)
  expect(await altered.text()).toContain('The text is not the one that you read')
  expect((await orderOf(payer))?.id).toBe(payer.enrollmentId)

  const agreed = await post(visitor, '/autopay/setup', { ...sent, agreed: 'yes' })
  expect(agreed.status).toBe(303)
  expect(await orderOf(payer)).toMatchObject({
    ...{ maxMinor: 75_000n, daysBefore: 2, state: 'active', textHash: hash },
    ...{ ipAddress: '203.0.113.9', userAgent: expect.stringContaining('Firefox') },
  })
})

test('a form at fault comes back with what was typed and every problem at its field', async () => {
  const payer = await createPayer(world, [10_000n])
  const visitor = await visit(payer, ['view', 'pay'], true)
  const fields = { ...choices(payer), limit: 'plenty', days: '99', intent: 'read' }
  const answer = await post(visitor, '/autopay/setup', fields)
  const html = await answer.text()
  expect(answer.status).toBe(400)
  expect(html).toContain('There is a problem')
  expect(html).toContain('value="plenty"')
  expect(html).toMatch(/href="#limit"/)
  expect(html).toMatch(/href="#days"/)
})

test('a payer skips a debit, pauses, resumes and ends from the page; the log says why', async () => {
  const payer = await createPayer(world, [10_000n])
  await announceDebits()
  const visitor = await visit(payer, ['view', 'pay'], false)
  const before = await (await get(visitor, '/autopay')).text()
  expect(before).toContain('Visa ending 4242')
  expect(before).toContain('Skip the debit of $100.00')
  const [run] = await runsOf(payer)
  const skip = { run: encodeId('run', run?.id ?? ''), intent: 'skip' }
  expect((await post(visitor, '/autopay', skip)).status).toBe(303)
  const twice = await post(visitor, '/autopay', skip)
  expect(twice.status).toBe(409)
  expect(await twice.text()).toContain('cannot be skipped any more')
  expect(await (await get(visitor, '/autopay')).text()).toContain('Your people skipped it.')
  const order = { order: encodeId('aut', payer.enrollmentId) }
  for (const [intent, state] of [
    ['pause', 'paused'],
    ['resume', 'active'],
  ] as const) {
    expect((await post(visitor, '/autopay', { ...order, intent })).status).toBe(303)
    expect((await orderOf(payer))?.state).toBe(state)
  }
  expect((await post(visitor, '/autopay', { ...order, intent: 'end' })).status).toBe(303)
  expect(await orderOf(payer)).toBeNull()
  expect(await (await get(visitor, '/autopay')).text()).toContain('Autopay is not set up')
})

test('the page says what credit and discount take off a debit, before it and after', async () => {
  const early = { days: 30, basis: 'initiated' } as const
  const payer = await createPayer(world, [10_000n], { dueIn: 0, early })
  await issueCredit(payer.customerId, 4_000n)
  await announceDebits()
  const visitor = await visit(payer, ['view'], false)
  const before = await (await get(visitor, '/autopay')).text()
  expect(before).toMatch(/data-label="At most"[^>]*>\$58\.80</)
  expect(before).toContain('$40.00 of your credit is used first, and $1.20 is saved by paying early.')
  await makeNow(payer)
  const after = await (await get(visitor, '/autopay')).text()
  expect(after).toContain('$40.00 of your credit was used first, and $1.20 was saved by paying early.')
})

test('the page says when credit covered all of it, and shows no amount as debited', async () => {
  const payer = await createPayer(world, [10_000n], { dueIn: 0 })
  await issueCredit(payer.customerId, 10_000n)
  await announceDebits()
  await makeNow(payer)
  const html = await (await get(await visit(payer, ['view'], false), '/autopay')).text()
  expect(html).toContain('Your credit covered all of it. Nothing was debited.')
  expect(html).toMatch(/data-label="Amount"[^>]*>\$0\.00</)
})

/** Makes the announced debit of a payer today. */
async function makeNow(payer: Payer): Promise<void> {
  const debitOn = toDatabaseDate(await today())
  await db.autopayRun.updateMany({ where: { enrollmentId: payer.enrollmentId }, data: { debitOn } })
  await runDebits(world.processor)
}

test('a page says why a return has paused autopay', async () => {
  const payer = await createPayer(world, [10_000n])
  await db.autopayEnrollment.update({
    where: { id: payer.enrollmentId },
    data: { state: 'paused', pausedReason: 'second_return' },
  })
  const html = await (await get(await visit(payer, ['view'], false), '/autopay')).text()
  expect(html).toContain('Your bank returned two debits.')
})

test('who may only look sees it all and can change nothing, and a stranger sees nothing', async () => {
  const payer = await createPayer(world, [10_000n])
  await announceDebits()
  const viewer = await visit(payer, ['view'], true)
  const html = await (await get(viewer, '/autopay')).text()
  expect(html).toContain('Visa ending 4242')
  expect(html).not.toMatch(/Skip the debit|End autopay|autopay\/setup/)
  const [run] = await runsOf(payer)
  const skip = { run: encodeId('run', run?.id ?? ''), intent: 'skip' }
  expect((await post(viewer, '/autopay', skip)).status).toBe(403)
  expect((await get(viewer, '/autopay/setup')).status).toBe(403)
  const other = await createPayer(world, [10_000n])
  const stranger = await visit(other, ['view', 'pay'], true)
  expect((await get({ ...stranger, base: viewer.base }, '/autopay')).status).toBe(404)
  expect((await post(stranger, '/autopay', skip)).status).toBe(404)
  expect((await runsOf(payer))[0]?.state).toBe('noticed')
})

test('the choices of an order that is changed are those that it has', async () => {
  const payer = await createPayer(world, [10_000n])
  await agree(payer, {
    ...payer.terms,
    ...{ daysBefore: 4, limitMinor: 123_456n },
    scope: { kind: 'filter', siteId: null, poPrefix: 'PO-7', upToMinor: 99_900n },
  })
  const html = await (
    await get(await visit(payer, ['view', 'pay'], true), '/autopay/setup?currency=USD')
  ).text()
  for (const value of ['4', '1234.56', 'PO-7', '999.00']) expect(html).toContain(`value="${value}"`)
})
