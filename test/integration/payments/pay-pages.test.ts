/** The pages of paying as a browser without scripts meets them: real routes, real session, real sandbox. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { encodeId, type InvoiceId, newId, type PersonId } from '#app/books/ids.ts'
import { SHOWN_TOTAL_FIELD } from '#app/components/cart/cart-form.tsx'
import { grantBuyerRights } from '#app/parties/people.server.ts'
import { signInWithPassword } from '#app/parties/sign-in.server.ts'
import { amountField, CART_FIELDS, PAY_INTENT, SPREAD_INTENT } from '#app/payments/cart/cart.ts'
import { db } from '#app/platform/db.server.ts'
import { freshAddress, makePerson, PASSWORD, requestWith } from '#test/integration/parties/people.ts'
import { openAndHeld } from '#test/support/books.ts'
import {
  allEvents,
  type Buyer,
  type CardWorld,
  createBuyer,
  enterCard,
  openCardWorld,
  openCheckout,
  WEBHOOK_SECRET,
} from '#test/support/card-world.ts'
import { signed } from '#test/support/payment-history.ts'
import { openPortal, type Portal } from '#test/support/portal.ts'

type SignedIn = Buyer & { base: string; cookies: string[] }

let world: CardWorld
let portal: Portal
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
  portal = await openPortal()
}, 120_000)
afterAll(() => world.stop())
beforeEach(() => world.sandbox.control('DELETE', 'faults'))

async function cookiesOf(email: string): Promise<string[]> {
  const answer = await signInWithPassword(
    { request: requestWith(), address: freshAddress() },
    email,
    PASSWORD,
  )
  if (!answer.ok) throw new Error(answer.reason)
  return answer.cookies
}

async function signedInBuyer(amounts: readonly bigint[]): Promise<SignedIn> {
  const buyer = await createBuyer(amounts)
  const { id, email } = await makePerson()
  await grantBuyerRights(id, buyer.customerId, ['view', 'pay'])
  const base = `/c/${encodeId('cst', buyer.customerId)}`
  return { ...buyer, personId: id as PersonId, base, cookies: await cookiesOf(email) }
}

const get = (who: Pick<SignedIn, 'cookies'>, path: string) => portal.handle(requestWith(who.cookies, path))
const post = (who: Pick<SignedIn, 'cookies'>, path: string, body: URLSearchParams) =>
  portal.handle(requestWith(who.cookies, path, { method: 'POST', body }))

const payPath = (buyer: SignedIn, ids: readonly InvoiceId[] = buyer.invoiceIds): string =>
  `${buyer.base}/pay?${ids.map((id) => `pick=${encodeId('inv', id)}`).join('&')}`

/** The form as the page shows it, ready to be sent. */
async function openForm(buyer: SignedIn): Promise<URLSearchParams> {
  const html = await (await get(buyer, payPath(buyer))).text()
  const value = (name: string): string =>
    new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ??
    new RegExp(`name="${name}"[^>]*value="([^"]*)"`).exec(html)?.[1] ??
    ''
  const form = new URLSearchParams()
  for (const name of [CART_FIELDS.paymentId, CART_FIELDS.currency, SHOWN_TOTAL_FIELD])
    form.set(name, value(name))
  for (const id of buyer.invoiceIds) {
    form.append(CART_FIELDS.invoice, encodeId('inv', id))
    form.set(amountField(id), value(amountField(id)))
  }
  form.set(CART_FIELDS.intent, PAY_INTENT)
  return form
}

/** The form with other amounts; the button’s sum goes along with them. */
function typing(form: URLSearchParams, amounts: Readonly<Record<string, string>>): URLSearchParams {
  const typed = new URLSearchParams(form)
  for (const [name, amount] of Object.entries(amounts)) typed.set(name, amount)
  typed.delete(SHOWN_TOTAL_FIELD)
  const cents = [...typed]
    .filter(([name]) => name.startsWith('amount-'))
    .map(([, text]) => Math.round(Number(text) * 100))
  typed.set(SHOWN_TOTAL_FIELD, String(cents.reduce((sum, each) => sum + each, 0)))
  return typed
}

test('from the list to the card page in one form; sent twice, it leads to the same page', async () => {
  const buyer = await signedInBuyer([124_050n, 980n])
  const form = await openForm(buyer)
  expect(form.get(amountField(buyer.invoiceIds[0] as InvoiceId))).toBe('1240.50')
  const [first, second] = [await post(buyer, payPath(buyer), form), await post(buyer, payPath(buyer), form)]
  expect([first.status, second.status]).toEqual([303, 303])
  expect(first.headers.get('location')).toMatch(/^http:\/\/localhost:\d+\/c\/pay\/cs_test_/)
  expect(second.headers.get('location')).toBe(first.headers.get('location'))
  expect(await db.payment.count({ where: { customerId: buyer.customerId } })).toBe(1)
})

test('the same form with changed amounts is answered with a link to its payment, and keeps what was typed', async () => {
  const buyer = await signedInBuyer([5_000n])
  const form = await openForm(buyer)
  await post(buyer, payPath(buyer), form)
  const field = amountField(buyer.invoiceIds[0] as InvoiceId)
  const answer = await post(buyer, payPath(buyer), typing(form, { [field]: '12.34' }))
  const html = await answer.text()
  expect(answer.status).toBe(409)
  expect(html).toContain(`${buyer.base}/payments/${form.get(CART_FIELDS.paymentId)}`)
  expect(await db.payment.count({ where: { customerId: buyer.customerId } })).toBe(1)
})

/** Whether the supplier takes more than is due, in US dollars. */
async function takeOverpayments(allowOverpayment: boolean): Promise<void> {
  const updatedAt = new Date()
  await db.paymentPolicy.upsert({
    where: { currency: 'USD' },
    create: { currency: 'USD', allowOverpayment, updatedAt },
    update: { allowOverpayment, updatedAt },
  })
}

test.each([
  ['more than is payable', '50.01', 409, 'more than can be paid'],
  ['nothing', '0', 400, 'above zero'],
  ['less than nothing', '-1', 400, 'above zero'],
  ['no amount', 'ten', 400, 'not an amount'],
  ['parts of a cent', '1.001', 400, 'more decimals'],
])('%s is refused in words, holds nothing and keeps what was typed', async (_what, typed, status, words) => {
  const buyer = await signedInBuyer([5_000n])
  await takeOverpayments(false)
  const field = amountField(buyer.invoiceIds[0] as InvoiceId)
  const form = typing(await openForm(buyer), { [field]: typed })
  if (status === 400) form.set(SHOWN_TOTAL_FIELD, '0')
  const answer = await post(buyer, payPath(buyer), form)
  const html = await answer.text()
  expect(answer.status).toBe(status)
  expect(html).toContain(words)
  expect(html).toContain(`value="${typed}"`)
  expect(await openAndHeld(buyer.invoiceIds[0] ?? '')).toEqual({ open: 5_000n, held: 0n })
})

test('a cart with another customer’s invoice, another currency or a broken id charges nothing', async () => {
  const [ours, theirs] = [await signedInBuyer([5_000n]), await signedInBuyer([5_000n])]
  const foreign = theirs.invoiceIds[0] as InvoiceId
  const form = await openForm(ours)
  const withForeign = typing(form, { [amountField(foreign)]: '50.00' })
  withForeign.append(CART_FIELDS.invoice, encodeId('inv', foreign))
  const inEuro = new URLSearchParams(form)
  inEuro.set(CART_FIELDS.currency, 'EUR')
  const broken = new URLSearchParams(form)
  broken.set(CART_FIELDS.paymentId, 'pay_1')
  const answers = []
  for (const each of [withForeign, inEuro, broken])
    answers.push((await post(ours, payPath(ours), each)).status)
  expect(answers).toEqual([404, 400, 400])
  expect(
    await db.payment.count({ where: { customerId: { in: [ours.customerId, theirs.customerId] } } }),
  ).toBe(0)
})

test('a sum that is not the one on the button is shown again before it is paid', async () => {
  const buyer = await signedInBuyer([5_000n])
  const form = await openForm(buyer)
  form.set(SHOWN_TOTAL_FIELD, '4000')
  const answer = await post(buyer, payPath(buyer), form)
  expect(answer.status).toBe(200)
  expect(await answer.text()).toContain('$50.00')
  expect(await db.payment.count({ where: { customerId: buyer.customerId } })).toBe(0)
})

test('one sum is spread over the invoices and shown before anything is paid', async () => {
  const buyer = await signedInBuyer([5_000n, 5_000n])
  const form = await openForm(buyer)
  form.set(CART_FIELDS.lumpSum, '60')
  form.set(CART_FIELDS.intent, SPREAD_INTENT)
  const html = await (await post(buyer, payPath(buyer), form)).text()
  expect(
    [...html.matchAll(/name="amount-[^"]*"[^>]*value="([^"]*)"/g)].map((match) => match[1]).toSorted(),
  ).toEqual(['10.00', '50.00'])
  expect(await db.payment.count({ where: { customerId: buyer.customerId } })).toBe(0)
})

test('who may only look cannot pay, and a stranger finds nothing', async () => {
  const buyer = await signedInBuyer([5_000n])
  const { id, email } = await makePerson()
  await grantBuyerRights(id, buyer.customerId, ['view'])
  const viewer = { cookies: await cookiesOf(email) }
  const form = await openForm(buyer)
  expect((await post(viewer, payPath(buyer), form)).status).toBe(403)
  expect((await post(await signedInBuyer([]), payPath(buyer), form)).status).toBe(404)
  expect((await post({ cookies: [] }, payPath(buyer), form)).headers.get('location')).toContain('/sign-in')
})

test('back from the card page: the books are asked, and the payment’s own page says what they say', async () => {
  const buyer = await signedInBuyer([5_000n])
  const { paymentId, checkoutId } = await openCheckout(world, buyer)
  await enterCard(world, checkoutId)
  const page = `${buyer.base}/payments/${encodeId('pay', paymentId)}`
  const back = await get(buyer, `/pay/return?session_id=${checkoutId}`)
  expect([back.status, back.headers.get('location')]).toEqual([303, page])
  const html = await (await get(buyer, page)).text()
  expect(html).toContain('Receipt')
  expect(html).toContain('Visa ending 4242')
})

test('while the card service cannot be read, the way back says so and looks again; it never claims success', async () => {
  const buyer = await signedInBuyer([5_000n])
  const { checkoutId } = await openCheckout(world, buyer)
  await enterCard(world, checkoutId)
  await world.sandbox.control('POST', 'faults', {
    kind: 'status',
    status: 500,
    method: 'GET',
    path: '/v1/checkout',
    count: 9,
  })
  const waiting = await get(buyer, `/pay/return?session_id=${checkoutId}`)
  const html = await waiting.text()
  expect(waiting.status).toBe(200)
  expect(html).toContain('Do not pay again')
  expect(html).toMatch(/http-equiv="refresh"/i)
  await world.sandbox.control('DELETE', 'faults')
  expect((await get(buyer, `/pay/return?session_id=${checkoutId}&looks=1`)).status).toBe(303)
})

test('another customer’s checkout, or a made-up one, is nothing to come back from', async () => {
  const [ours, theirs] = [await signedInBuyer([5_000n]), await signedInBuyer([5_000n])]
  const { checkoutId, paymentId } = await openCheckout(world, theirs)
  expect((await get(ours, `/pay/return?session_id=${checkoutId}`)).status).toBe(404)
  expect((await get(ours, '/pay/return?session_id=cs_test_none')).status).toBe(404)
  expect((await get(ours, `${ours.base}/payments/${encodeId('pay', paymentId)}`)).status).toBe(404)
  expect(
    (await post(ours, `${ours.base}/payments/${encodeId('pay', paymentId)}`, new URLSearchParams())).status,
  ).toBe(404)
})

test('a payment under way is cancelled from its page, and its invoices can be paid again', async () => {
  const buyer = await signedInBuyer([5_000n])
  const { paymentId } = await openCheckout(world, buyer)
  const page = `${buyer.base}/payments/${encodeId('pay', paymentId)}`
  expect((await get(buyer, page)).status).toBe(200)
  expect((await post(buyer, page, new URLSearchParams())).status).toBe(303)
  expect(await (await get(buyer, page)).text()).toContain('cancelled')
  expect(await openAndHeld(buyer.invoiceIds[0] ?? '')).toEqual({ open: 5_000n, held: 0n })
})

test('the webhook door: genuine events come in once, forged ones are turned away', async () => {
  const buyer = await signedInBuyer([5_000n])
  const { checkoutId } = await openCheckout(world, buyer)
  await enterCard(world, checkoutId)
  const event = (await allEvents(world)).findLast((each) => each.checkoutId === checkoutId)
  if (event === undefined) throw new Error('no event')
  const bring = (body: string, signature: string) =>
    portal.handle(
      new Request('http://localhost:3000/webhooks/stripe', {
        method: 'POST',
        body,
        headers: { 'stripe-signature': signature },
      }),
    )
  expect((await bring(event.payload, signed(event.payload))).status).toBe(200)
  expect((await bring(event.payload, signed(event.payload))).status).toBe(200)
  expect((await bring(event.payload, signed(event.payload, { secret: 'whsec_wrong' }))).status).toBe(400)
  expect((await bring(`${event.payload} `, signed(event.payload))).status).toBe(400)
  expect(await db.webhookInbox.count({ where: { id: event.eventId } })).toBe(1)
  expect((await portal.handle(new Request('http://localhost:3000/webhooks/stripe'))).status).toBe(405)
})

test('a payment id of nobody is a page of nobody', async () => {
  const buyer = await signedInBuyer([])
  expect((await get(buyer, `${buyer.base}/payments/${encodeId('pay', newId<'pay'>())}`)).status).toBe(404)
  expect((await get(buyer, `${buyer.base}/payments/pay_zzz`)).status).toBe(404)
})
