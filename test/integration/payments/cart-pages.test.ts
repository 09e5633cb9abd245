/** What the cart's page says and does about discounts, short payments, credit and too much money; without scripts. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { asId, encodeId, type InvoiceId, newId } from '#app/books/ids.ts'
import { checkSqlInvariants } from '#app/books/invariants/check-invariants.server.ts'
import { amountField, CART_FIELDS, PAY_INTENT, reasonField, SPREAD_INTENT } from '#app/payments/cart/cart.ts'
import { findReceipt } from '#app/payments/receipts/get-receipt.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db } from '#app/platform/db.server.ts'
import type { PaymentPolicy } from '#app/platform/generated/client.ts'
import { addDays, businessDateIn, toDatabaseDate } from '#app/platform/time.ts'
import { issueCredit, issueInvoice, openAndHeld } from '#test/support/books.ts'
import { enterCard, paymentRow } from '#test/support/card-world.ts'
import { asOwner } from '#test/support/owner.ts'
import { openPayPages, type PayPages, type SignedIn } from '#test/support/pay-pages.ts'
import { withoutScripts } from '#test/support/staff-portal.ts'

let pages: PayPages
beforeAll(async () => {
  pages = await openPayPages()
}, 120_000)
afterAll(() => pages.close())
afterEach(async () => {
  await setPolicy({ shortNeedsReason: false, toleranceMinor: 0n, allowPartial: true })
  expect((await checkSqlInvariants()).filter(({ count }) => count > 0)).toEqual([])
})

async function setPolicy(rules: Partial<Omit<PaymentPolicy, 'currency' | 'updatedAt'>>): Promise<void> {
  const updatedAt = new Date()
  await db.paymentPolicy.upsert({
    where: { currency: 'USD' },
    create: { currency: 'USD', ...rules, updatedAt },
    update: { ...rules, updatedAt },
  })
}

/** A buyer with one invoice of 1,000.00 issued today, who earns 2 % within 10 days. */
async function discountedBuyer(onPartials = false): Promise<SignedIn & { invoiceId: InvoiceId }> {
  const buyer = await pages.signedInBuyer([])
  const today = businessDateIn('America/New_York', await readNow())
  const invoiceId = await issueInvoice(buyer.customerId, 100_000n, {
    issuedOn: today,
    dueOn: addDays(today, 30),
  })
  await db.discountTerm.create({
    data: {
      ...{ id: newId(), customerId: buyer.customerId, rateBps: 200, days: 10, basis: 'settled', onPartials },
      ...{ validFrom: toDatabaseDate(addDays(today, -5)), createdAt: new Date() },
    },
  })
  return { ...buyer, invoiceIds: [invoiceId as InvoiceId], invoiceId: invoiceId as InvoiceId }
}

const typedIn = (html: string): (string | undefined)[] =>
  [...html.matchAll(/name="amount-[^"]*"[^>]*value="([^"]*)"/g)].map((match) => match[1])

test('a discount is struck, dated and in the amount; it is given when the card settles', async () => {
  const buyer = await discountedBuyer()
  const html = await pages.html(buyer, pages.payPath(buyer))
  expect(html).toContain('<s>1,000.00</s>')
  expect(html).toContain('You save')
  expect(typedIn(html)).toEqual(['980.00'])
  const form = await pages.openForm(buyer)
  const answer = await pages.post(buyer, pages.payPath(buyer), form)
  expect(answer.status).toBe(303)
  expect(await openAndHeld(buyer.invoiceId)).toEqual({ open: 100_000n, held: 100_000n })
  const payment = await db.payment.findFirstOrThrow({ where: { customerId: buyer.customerId } })
  expect(payment.amountMinor).toBe(98_000n)
  await enterCard(pages.world, payment.stripeCheckoutSessionId ?? '')
  await pages.get(buyer, `/pay/return?session_id=${payment.stripeCheckoutSessionId}`)
  expect(await openAndHeld(buyer.invoiceId)).toEqual({ open: 0n, held: 0n })
  expect(await findReceipt(asId<'pay'>(payment.id), buyer.customerId)).toMatchObject({
    items: [{ amount: { minor: 98_000n }, takenOff: { minor: 2_000n }, openAfter: { minor: 0n } }],
  })
})

test('the fee of a saved card is shown with the sum that is charged, before anything is', async () => {
  const buyer = await pages.signedInBuyer([10_000n])
  const at = new Date()
  const methodId = newId<'met'>()
  await db.savedMethod.create({
    data: {
      ...{ id: methodId, customerId: buyer.customerId, providerMethodId: `pm_${methodId}`, kind: 'card' },
      ...{ brand: 'visa', last4: '4242', expMonth: 12, expYear: 2090, funding: 'credit' },
      ...{ origin: 'checkout', isDefault: true, createdAt: at, updatedAt: at },
    },
  })
  await db.surchargeRule.create({
    data: {
      ...{ id: newId(), rateBps: 290, networkCaps: { visa: 300 }, stateCaps: {}, createdAt: at },
      ...{ validFrom: new Date('2020-01-01'), reviewOn: new Date('2090-01-01') },
    },
  })
  const form = await pages.openForm(buyer)
  form.set('method', encodeId('met', methodId))
  const html = withoutScripts(await (await pages.post(buyer, pages.payPath(buyer), form)).text())
  await asOwner('DELETE FROM surcharge_rule')
  expect(html).toContain('This card costs a fee: $102.90 is charged in all. Nothing was charged yet.')
  expect(html).toContain('>Pay $102.90</button>')
  expect(html).not.toContain('There is a problem')
  expect(await db.payment.count({ where: { customerId: buyer.customerId } })).toBe(0)
})

test('a part earns its share of the discount where the terms grant it', async () => {
  const buyer = await discountedBuyer(true)
  const form = pages.typing(await pages.openForm(buyer), { [amountField(buyer.invoiceId)]: '490' })
  expect((await pages.post(buyer, pages.payPath(buyer), form)).status).toBe(303)
  expect(await openAndHeld(buyer.invoiceId)).toEqual({ open: 100_000n, held: 50_000n })
})

test('less than is due asks for a reason where the supplier wants one; “I disagree” disputes the rest at once', async () => {
  await setPolicy({ shortNeedsReason: true })
  const buyer = await pages.signedInBuyer([10_000n], ['view', 'pay', 'dispute'])
  const invoiceId = buyer.invoiceIds[0] as InvoiceId
  const form = pages.typing(await pages.openForm(buyer), { [amountField(invoiceId)]: '60' })
  const asked = await pages.post(buyer, pages.payPath(buyer), form)
  const html = await asked.text()
  expect(asked.status).toBe(409)
  expect(html).toContain('Say why you pay less')
  expect(html).toContain(`href="#${reasonField(invoiceId)}"`)
  expect(typedIn(html)).toEqual(['60'])
  expect(await openAndHeld(invoiceId)).toEqual({ open: 10_000n, held: 0n })
  form.set(reasonField(invoiceId), 'disagree')
  expect((await pages.post(buyer, pages.payPath(buyer), form)).status).toBe(303)
  expect(await openAndHeld(invoiceId)).toEqual({ open: 10_000n, held: 10_000n })
  const dispute = await db.dispute.findFirstOrThrow({ where: { invoiceId } })
  expect(dispute).toMatchObject({ amountMinor: 4_000n, reason: 'disagree', closedOn: null })
  // The same form again disputes nothing more.
  await pages.post(buyer, pages.payPath(buyer), form)
  expect(await db.dispute.count({ where: { invoiceId } })).toBe(1)
})

test('who has no right to dispute is not offered it, and is refused when it is sent all the same', async () => {
  const buyer = await pages.signedInBuyer([10_000n])
  const invoiceId = buyer.invoiceIds[0] as InvoiceId
  const form = pages.typing(await pages.openForm(buyer), { [amountField(invoiceId)]: '60' })
  form.set(reasonField(invoiceId), 'disagree')
  const answer = await pages.post(buyer, pages.payPath(buyer), form)
  expect(answer.status).toBe(403)
  expect(await answer.text()).not.toContain('I disagree with the rest')
  expect(await db.dispute.count({ where: { invoiceId } })).toBe(0)
})

test('more than is due is moved to the account and shown before it is paid', async () => {
  await setPolicy({ allowOverpayment: true })
  const buyer = await pages.signedInBuyer([5_000n])
  const field = amountField(buyer.invoiceIds[0] as InvoiceId)
  const form = pages.typing(await pages.openForm(buyer), { [field]: '75' })
  const shown = await pages.post(buyer, pages.payPath(buyer), form)
  const html = await shown.text()
  expect(shown.status).toBe(200)
  expect(html).toContain('kept as credit on your account')
  expect(typedIn(html)).toEqual(['50.00'])
  expect(html).toMatch(/name="on-account"[^>]*value="25.00"/)
  form.set(field, '50.00')
  form.set(CART_FIELDS.onAccount, '25.00')
  expect((await pages.post(buyer, pages.payPath(buyer), form)).status).toBe(303)
  const payment = await db.payment.findFirstOrThrow({ where: { customerId: buyer.customerId } })
  expect(payment).toMatchObject({ amountMinor: 7_500n, onAccountMinor: 2_500n })
})

test('a lump sum larger than everything keeps the rest on the account', async () => {
  const buyer = await pages.signedInBuyer([5_000n, 3_000n])
  const form = await pages.openForm(buyer)
  form.set(CART_FIELDS.lumpSum, '100')
  form.set(CART_FIELDS.intent, SPREAD_INTENT)
  const html = await (await pages.post(buyer, pages.payPath(buyer), form)).text()
  expect(typedIn(html).toSorted()).toEqual(['30.00', '50.00'])
  expect(html).toMatch(/name="on-account"[^>]*value="20.00"/)
  expect(html).toContain('The other $20.00 would be kept')
})

test('credit is applied first, and the card pays the rest', async () => {
  const buyer = await pages.signedInBuyer([5_000n])
  await issueCredit(buyer.customerId, 2_000n)
  const html = await pages.html(buyer, pages.payPath(buyer))
  expect(html).toContain('Your credit, taken off above')
  expect(typedIn(html)).toEqual(['30.00'])
  const form = await pages.openForm(buyer)
  expect((await pages.post(buyer, pages.payPath(buyer), form)).status).toBe(303)
  expect(await openAndHeld(buyer.invoiceIds[0] ?? '')).toEqual({ open: 3_000n, held: 3_000n })
  expect((await pages.post(buyer, pages.payPath(buyer), form)).status).toBe(303)
  expect(await db.payment.count({ where: { customerId: buyer.customerId } })).toBe(1)
})

test('credit that covers everything is applied without a card page, once, and has a page that says so', async () => {
  const buyer = await pages.signedInBuyer([5_000n])
  await issueCredit(buyer.customerId, 6_000n)
  const form = await pages.openForm(buyer)
  expect(form.get(amountField(buyer.invoiceIds[0] as InvoiceId))).toBe('0.00')
  const done = await pages.post(buyer, pages.payPath(buyer), form)
  const page = `${buyer.base}/pay/done/${form.get(CART_FIELDS.paymentId)}`
  expect([done.status, done.headers.get('location')]).toEqual([303, page])
  const again = await pages.post(buyer, pages.payPath(buyer), form)
  expect([again.status, again.headers.get('location')]).toEqual([303, page])
  expect(await openAndHeld(buyer.invoiceIds[0] ?? '')).toEqual({ open: 0n, held: 0n })
  expect(await db.payment.count({ where: { customerId: buyer.customerId } })).toBe(0)
  const html = await pages.html(buyer, page)
  expect(html).toContain('Paid with your credit')
  expect(html).toContain('$50.00')
  const stranger = await pages.signedInBuyer([])
  const reference = encodeId('pay', newId<'pay'>())
  expect(
    (await pages.get(stranger, `${stranger.base}/pay/done/${form.get(CART_FIELDS.paymentId)}`)).status,
  ).toBe(404)
  expect((await pages.get(buyer, `${buyer.base}/pay/done/${reference}`)).status).toBe(404)
})

test('a balance that moved after the page was opened is shown before anything is paid', async () => {
  const buyer = await pages.signedInBuyer([5_000n])
  const form = pages.typing(await pages.openForm(buyer), {
    [amountField(buyer.invoiceIds[0] as InvoiceId)]: '20',
  })
  await issueCredit(buyer.customerId, 1_000n)
  const answer = await pages.post(buyer, pages.payPath(buyer), form)
  expect(answer.status).toBe(409)
  const html = await answer.text()
  expect(html).toContain('has changed since you opened this page')
  expect(html).toContain('$40.00 can be paid on it now')
  expect(await db.payment.count({ where: { customerId: buyer.customerId } })).toBe(0)
})

test('a difference within the tolerance is held with the amount', async () => {
  await setPolicy({ toleranceMinor: 50n, allowPartial: false })
  const buyer = await pages.signedInBuyer([5_000n])
  const invoiceId = buyer.invoiceIds[0] as InvoiceId
  const whole = await pages.openForm(buyer)
  const part = await pages.post(
    buyer,
    pages.payPath(buyer),
    pages.typing(whole, { [amountField(invoiceId)]: '49' }),
  )
  expect([part.status, await part.text()]).toEqual([409, expect.stringContaining('in one amount only')])
  const short = pages.typing(whole, { [amountField(invoiceId)]: '49.60' })
  expect((await pages.post(buyer, pages.payPath(buyer), short)).status).toBe(303)
  const payment = await db.payment.findFirstOrThrow({ where: { customerId: buyer.customerId } })
  await enterCard(pages.world, payment.stripeCheckoutSessionId ?? '')
  await pages.get(buyer, `/pay/return?session_id=${payment.stripeCheckoutSessionId}`)
  expect((await paymentRow(payment.id as never)).state).toBe('settled')
  expect(await openAndHeld(invoiceId)).toEqual({ open: 0n, held: 0n })
})

test('the form asks for no more than five things, and pays in one step', async () => {
  const buyer = await pages.signedInBuyer([5_000n])
  const html = await pages.html(buyer, pages.payPath(buyer))
  const visible = [...html.matchAll(/<(?:input|select)\b[^>]*>/g)]
    .map(([tag]) => tag)
    .filter(
      (tag) => !/type="hidden"/.test(tag) && /name="(invoice|amount-|lump-sum|reason-|on-account)/.test(tag),
    )
  expect(visible.length).toBeLessThanOrEqual(5)
  const form = await pages.openForm(buyer)
  expect(form.get(CART_FIELDS.intent)).toBe(PAY_INTENT)
  expect((await pages.post(buyer, pages.payPath(buyer), form)).headers.get('location')).toContain(
    '/c/pay/cs_test_',
  )
})
