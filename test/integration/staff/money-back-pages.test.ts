/** The pages of refunds and chargebacks as a browser without scripts meets them: real routes, real session, real sandbox. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { encodeId, type PaymentId } from '#app/books/ids.ts'
import { letterText } from '#app/notices/letter.ts'
import { grantBuyerRights, makeStaff } from '#app/parties/people.server.ts'
import type { StaffRole } from '#app/parties/rights.ts'
import { enrolTotp } from '#app/parties/second-factor.server.ts'
import { sessionOf } from '#app/parties/session.server.ts'
import { giveSecondFactor, signInWithPassword } from '#app/parties/sign-in.server.ts'
import { totpCode, totpStep } from '#app/parties/totp.ts'
import { db } from '#app/platform/db.server.ts'
import { freshAddress, makePerson, PASSWORD, requestWith } from '#test/integration/parties/people.ts'
import { openAndHeld } from '#test/support/books.ts'
import {
  type CardWorld,
  deliverWebhooks,
  openCardWorld,
  paymentRow,
  WEBHOOK_SECRET,
} from '#test/support/card-world.ts'
import { ask, breaches, overpaid, paidBy, refundOf } from '#test/support/money-back.ts'
import { openPortal, type Portal } from '#test/support/portal.ts'

type Reader = { cookies: string[]; id: Awaited<ReturnType<typeof makePerson>>['id'] }

let world: CardWorld
let portal: Portal
let clerk: Reader
let manager: Reader
beforeAll(async () => {
  world = await openCardWorld()
  // The portal reads its settings when it is opened, after this.
  Object.assign(process.env, {
    STRIPE_SECRET_KEY: 'sk_test_sandbox',
    STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
    STRIPE_API_HOST: '127.0.0.1',
    STRIPE_API_PORT: String(world.sandbox.port),
    STRIPE_API_PROTOCOL: 'http',
  })
  clerk = await signInAs('clerk')
  manager = await signInAs('manager')
  portal = await openPortal()
}, 120_000)
afterAll(() => world.stop())

async function signInAs(role: StaffRole | null): Promise<Reader> {
  const { id, email } = await makePerson()
  if (role !== null) await makeStaff(id, role)
  const signedIn = await signInWithPassword(
    { request: requestWith(), address: freshAddress() },
    email,
    PASSWORD,
  )
  if (!signedIn.ok) throw new Error(signedIn.reason)
  if (role === null) return { id, cookies: signedIn.cookies }
  const secret = await enrolTotp(id)
  const request = requestWith(signedIn.cookies)
  const person = await sessionOf(request)
  if (person === null) throw new Error('there is no session')
  const code = totpCode(secret, totpStep(new Date()))
  const given = await giveSecondFactor({ request, address: freshAddress() }, person, code)
  if (!given.ok) throw new Error('the code was refused')
  return { id, cookies: given.cookies }
}

const textOf = async (answer: Response): Promise<string> =>
  (await answer.text()).replace(/<script[\s\S]*?<\/script>/g, '').replaceAll('<!-- -->', '')

async function see({ cookies }: Reader, path: string): Promise<string> {
  const answer = await portal.handle(requestWith(cookies, path))
  expect(answer.status, path).toBe(200)
  return textOf(answer)
}

const post = ({ cookies }: Reader, path: string, fields: Record<string, string>): Promise<Response> =>
  portal.handle(requestWith(cookies, path, { method: 'POST', body: new URLSearchParams(fields) }))

const hidden = (page: string, name: string): string =>
  new RegExp(`name="${name}" value="([^"]*)"`).exec(page)?.[1] ?? ''

const pageOf = (paymentId: PaymentId): string => `/staff/payments/${encodeId('pay', paymentId)}`

test('a clerk refunds part of a payment on its page; what cannot be is said at the box, with what was typed', async () => {
  const { buyer, paymentId } = await paidBy(world, [3_000n])
  const path = pageOf(paymentId)
  const page = await see(clerk, path)
  expect(page).toContain('Up to $30.00.')
  const form = { act: 'refund', refund: hidden(page, 'refund'), reason: 'duplicate', source: 'any' }
  for (const [amount, problem] of [
    ['31', '$30.00 can be refunded.'],
    ['much', 'Enter an amount such as 1240.50.'],
    ['0', 'Enter an amount above zero.'],
  ] as const) {
    const refused = await textOf(await post(clerk, path, { ...form, amount }))
    expect(refused).toContain(problem)
    expect(refused).toContain(`value="${amount}"`)
    expect(refused).toContain('href="#refund-amount"')
  }
  const sent = await post(clerk, path, { ...form, amount: '12.50' })
  expect(sent.headers.get('location')).toBe(`${path}?done=refunded`)
  expect(await refundOf(paymentId)).toMatchObject({ amountMinor: 1_250n, reason: 'duplicate' })
  const after = await see(clerk, `${path}?done=refunded`)
  for (const words of ['Refund of $12.50', 'It was paid twice', 'refund.paid', 'Up to $17.50.'])
    expect(after).toContain(words)
  expect((await openAndHeld(buyer.invoiceIds[0] ?? '')).open).toBe(1_250n)
})

test('above the limit the form waits in the queue, where its asker cannot decide and a manager can', async () => {
  const { paymentId } = await paidBy(world, [90_000n])
  const path = pageOf(paymentId)
  const refund = hidden(await see(clerk, path), 'refund')
  const form = { act: 'refund', refund, amount: '800.00', reason: 'other', source: 'any' }
  const asked = await post(clerk, path, form)
  expect(asked.headers.get('location')).toBe(`${path}?done=refund-waits`)
  expect(await see(clerk, '/staff/refunds')).toContain('You asked for it: another person decides.')
  expect(await see(clerk, '/staff')).toContain('1 refund waits for a decision')
  const refused = await post(clerk, '/staff/refunds', { act: 'approve', refund })
  expect(refused.status).toBe(403)
  expect(await textOf(refused)).toContain('Whoever asked for a refund cannot decide about it.')
  expect(await see(manager, '/staff/refunds')).toContain('Approve and refund $800.00')
  const decided = await post(manager, '/staff/refunds', { act: 'approve', refund })
  expect(decided.headers.get('location')).toBe('/staff/refunds?done=decided')
  expect((await refundOf(paymentId)).state).toBe('succeeded')
})

test('a buyer asks for credit back on the payment’s page, and reads there what became of it', async () => {
  const { buyer, paymentId } = await overpaid(world)
  const reader = await signInAs(null)
  await grantBuyerRights(reader.id, buyer.customerId, ['view', 'pay'])
  const path = `/c/${encodeId('cst', buyer.customerId)}/payments/${encodeId('pay', paymentId)}`
  const page = await see(reader, path)
  expect(page).toContain('$15.00 of this payment is credit on your account.')
  const refund = hidden(page, 'refund')
  for (const [fields, problem] of [
    [{ refund: 'rfd_0', amount: '5' }, 'This form did not arrive whole.'],
    [{ refund, amount: 'much' }, 'Enter an amount such as 1240.50.'],
    [{ refund, amount: '15.01' }, 'The amount is more than can be refunded of this payment.'],
  ] as const) {
    const refused = await textOf(await post(reader, path, { act: 'credit-back', ...fields }))
    expect(refused).toContain(problem)
    expect(refused).toContain(`value="${fields.amount}"`)
  }
  const asked = await post(reader, path, { act: 'credit-back', refund, amount: '15' })
  expect(asked.headers.get('location')).toBe(`${path}?asked`)
  const waiting = await see(reader, `${path}?asked`)
  expect(waiting).toContain('You asked for credit back')
  expect(waiting).not.toContain('Ask for this credit back')
  const declined = await post(clerk, '/staff/refunds', { act: 'decline', refund, note: 'Owed on INV-9' })
  expect(declined.headers.get('location')).toBe('/staff/refunds?done=decided')
  const after = await see(reader, path)
  for (const words of ['Your request was declined', 'Owed on INV-9', 'Ask for this credit back'])
    expect(after).toContain(words)
})

test('a chargeback is listed with its last day, answered on its page, and told on the payment’s', async () => {
  const { buyer, paymentId } = await paidBy(world, [3_000n])
  const { stripePaymentIntentId } = await paymentRow(paymentId)
  await world.sandbox.control('POST', `payments/${stripePaymentIntentId}/dispute?reason=product_not_received`)
  await deliverWebhooks(world)
  expect(await see(clerk, pageOf(paymentId))).toContain('The payer’s bank questions $30.00')
  expect(await see(clerk, '/staff')).toContain('1 chargeback needs an answer')
  const list = await see(clerk, '/staff/chargebacks')
  const path = /\/staff\/chargebacks\/cbk_[0-9a-f]{32}/.exec(list)?.[0] ?? ''
  const page = await see(clerk, path)
  for (const words of [
    'Needs an answer',
    'nothing was delivered',
    'chargebacks pending',
    'Send the evidence',
  ])
    expect(page).toContain(words)
  const attempt = hidden(page, 'attempt')
  const empty = await post(clerk, path, { act: 'evidence', attempt, evidence: ' ' })
  expect(empty.status).toBe(400)
  expect(await textOf(empty)).toContain('Write what you can show.')
  const untold = await post(clerk, path, { act: 'accept', attempt })
  expect(await textOf(untold)).toContain('Tick that the customer may keep the money.')
  const sent = await post(clerk, path, { act: 'evidence', attempt, evidence: 'winning_evidence' })
  expect(sent.headers.get('location')).toBe(`${path}?done`)
  const after = await see(clerk, path)
  expect(after).toContain('The bank decides')
  expect(after).not.toContain('Send the evidence')
  await world.sandbox.control('POST', 'clock/advance', { seconds: 86_400 })
  await deliverWebhooks(world)
  expect(await see(clerk, '/staff/chargebacks?show=ended')).toContain('Won')
  const reader = await signInAs(null)
  await grantBuyerRights(reader.id, buyer.customerId, ['view'])
  const own = `/c/${encodeId('cst', buyer.customerId)}/payments/${encodeId('pay', paymentId)}`
  const story = await see(reader, own)
  expect(story).toContain('Your bank took the money back and decides about it')
  expect(story).toContain('Your bank decided: the payment stands')
})

test('every letter about money that goes back can be written, to either side', async () => {
  const failing = await paidBy(world, [3_000n], { card: '4000000000005126' })
  await ask(world, failing.paymentId, 3_000n, { kind: 'staff', personId: clerk.id })
  const lost = await paidBy(world, [2_000n])
  const { stripePaymentIntentId } = await paymentRow(lost.paymentId)
  await world.sandbox.control('POST', `payments/${stripePaymentIntentId}/dispute`)
  await deliverWebhooks(world)
  await world.sandbox.control('POST', `payments/${stripePaymentIntentId}/dispute_lose`)
  const returned = await paidBy(world, [1_000n], { bank_account: '000123456789' })
  const debit = await paymentRow(returned.paymentId)
  await world.sandbox.control('POST', `payments/${debit.stripePaymentIntentId}/late_return?code=R01`)
  await deliverWebhooks(world)
  // Imported now: it reads the settings that the portal was given.
  const { composeMail } = await import('#app/notices/compose-mail.server.ts')
  const rows = await db.mailOutbox.findMany({ where: { template: { not: 'receipt' } } })
  const letters = await Promise.all(rows.map(composeMail))
  for (const { letter } of letters) {
    expect(letter.subject).toMatch(/\w/)
    expect(letterText(letter)).toMatch(/\/(staff|c\/cst_[0-9a-f]+)\/(payments|chargebacks)\/(pay|cbk)_/)
    expect(letter.lines.length).toBeLessThanOrEqual(3)
  }
  const subjects = letters.map(({ letter }) => letter.subject)
  for (const part of [
    'Refund of $30.00 from',
    'Your refund of $30.00 did not arrive',
    'A refund of $30.00 did not arrive',
    'Your bank takes back $20.00',
    '$20.00 is open again',
    'Chargeback lost: $20.00',
    'of $10.00 came back',
    'came back: $10.00',
  ])
    expect(
      subjects.some((subject) => subject.includes(part)),
      part,
    ).toBe(true)
  expect(await breaches()).toEqual([])
})
