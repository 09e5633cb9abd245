/** Pay links from the letter to the receipt, and everything that they do not open. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { encodeId, type InvoiceId, newId, type PersonId } from '#app/books/ids.ts'
import { checkSqlInvariants } from '#app/books/invariants/check-invariants.server.ts'
import { composeMail } from '#app/notices/compose-mail.server.ts'
import { paymentTicket } from '#app/parties/links/open-pay-link.server.ts'
import { revokePayLink, sendPayLink } from '#app/parties/links/send-pay-link.server.ts'
import { amountField, CART_FIELDS, SPREAD_INTENT } from '#app/payments/cart/cart.ts'
import { db } from '#app/platform/db.server.ts'
import { makePerson } from '#test/integration/parties/people.ts'
import { issueCredit, issueInvoice, openAndHeld } from '#test/support/books.ts'
import { type Buyer, createBuyer, enterCard } from '#test/support/card-world.ts'
import { openPayPages, type PayPages, readForm } from '#test/support/pay-pages.ts'
import { routePatterns } from '#test/support/route-patterns.ts'
import { staffVisitor, withoutScripts } from '#test/support/staff-portal.ts'

let pages: PayPages
let staffId: PersonId
beforeAll(async () => {
  pages = await openPayPages()
  staffId = (await makePerson()).id as PersonId
}, 120_000)
afterAll(() => pages.close())

const NOBODY = { cookies: [] }
const get = (path: string) => pages.get(NOBODY, path)
const post = (path: string, body: URLSearchParams) => pages.post(NOBODY, path, body)

type Linked = Buyer & { path: string; linkId: string; recipient: string }

/** The path in the newest letter with a pay link. */
async function mailedPath(customerId: string): Promise<string> {
  const mail = await db.mailOutbox.findFirstOrThrow({
    where: { customerId, template: 'pay-link' },
    orderBy: { createdAt: 'desc' },
  })
  const { letter } = await composeMail(mail)
  return new URL(letter.action?.url ?? '').pathname
}

/** A customer to whom a link was mailed: for its first invoice, or for everything. */
async function linked(amounts: readonly bigint[], isForAll = false): Promise<Linked> {
  return linkFor(await createBuyer(amounts), isForAll)
}

async function linkFor(buyer: Buyer, isForAll: boolean): Promise<Linked> {
  const { email } = await db.customer.findUniqueOrThrow({ where: { id: buyer.customerId } })
  const recipient = email ?? ''
  const invoiceId = isForAll ? null : (buyer.invoiceIds[0] ?? null)
  const sent = await sendPayLink({ customerId: buyer.customerId, invoiceId, recipient, personId: staffId })
  if (!sent.ok) throw new Error(sent.refusal.code)
  const { id } = await db.payLink.findFirstOrThrow({ where: { customerId: buyer.customerId } })
  return { ...buyer, path: await mailedPath(buyer.customerId), linkId: id, recipient }
}

/** The payment that the holder of a link has opened, and the path of its page. */
async function opened(link: Linked, form: URLSearchParams) {
  const answer = await post(link.path, form)
  expect([answer.status, answer.headers.get('location')]).toEqual([
    303,
    expect.stringContaining('/c/pay/cs_test_'),
  ])
  const payment = await db.payment.findFirstOrThrow({ where: { payLinkId: link.linkId } })
  const page = `/l/${paymentTicket(link.linkId, payment.id as never)}/payments/${encodeId('pay', payment.id)}`
  return { payment, page }
}

const expire = (linkId: string) =>
  db.payLink.update({ where: { id: linkId }, data: { expiresAt: new Date('2020-01-01T00:00:00Z') } })

test('from the letter to the receipt, signed in as nobody, without scripts', async () => {
  const link = await linked([124_050n, 7_777n])
  const [invoiceId, other] = link.invoiceIds as [InvoiceId, InvoiceId]
  const html = await (await get(link.path)).text()
  expect(html).toContain('$1,240.50')
  expect(html).not.toContain(amountField(other))
  const pdf = await get(`${link.path}/invoices/${encodeId('inv', invoiceId)}/invoice.pdf`)
  expect([pdf.status, pdf.headers.get('content-type')]).toEqual([200, 'application/pdf'])

  const form = readForm(html, [invoiceId])
  const { payment, page } = await opened(link, form)
  expect(payment).toMatchObject({ channel: 'guest', createdBy: null, amountMinor: 124_050n })
  expect((await post(link.path, form)).status).toBe(303)
  expect(await db.payment.count({ where: { customerId: link.customerId } })).toBe(1)

  await enterCard(pages.world, payment.stripeCheckoutSessionId ?? '')
  const back = await get(`${page}/return?session_id=${payment.stripeCheckoutSessionId}`)
  expect([back.status, back.headers.get('location')]).toEqual([303, page])
  const paid = await (await get(page)).text()
  expect(paid).toContain('Paid and booked')
  expect(paid).not.toContain('/c/cst_')
  expect((await get(`${page}/receipt.pdf`)).headers.get('content-type')).toBe('application/pdf')
  expect(await (await get(link.path)).text()).toContain('There is nothing to pay here')
  expect(await (await get(link.path)).text()).toContain(payment.number)
  const receipts = await db.mailOutbox.findMany({
    where: { customerId: link.customerId, template: 'receipt' },
  })
  expect(receipts.map(({ recipient }) => recipient)).toContain(link.recipient)
  expect((await checkSqlInvariants()).filter(({ count }) => count > 0)).toEqual([])
})

test('the address that the card service has opens one payment, and the token is kept nowhere', async () => {
  const link = await linked([5_000n])
  const html = await (await get(link.path)).text()
  const { payment, page } = await opened(link, readForm(html, link.invoiceIds))
  const token = link.path.slice('/l/'.length)
  const attempts = await db.paymentAttempt.findMany({ where: { paymentId: payment.id } })
  const letters = await db.mailOutbox.findMany({ where: { customerId: link.customerId } })
  const links = await db.payLink.findMany({ where: { customerId: link.customerId } })
  expect(JSON.stringify([attempts, letters, links])).not.toContain(token)
  expect(JSON.stringify(attempts)).toContain(page)
  expect((await get(page.replace(/\/payments.*/, ''))).status).toBe(404)
  const other = await linked([5_000n])
  const theirs = await opened(other, readForm(await (await get(other.path)).text(), other.invoiceIds))
  const foreign = encodeId('pay', theirs.payment.id)
  expect((await get(page.replace(/pay_[0-9a-f]+$/, foreign))).status).toBe(404)
  expect((await get(`${link.path}/payments/${foreign}`)).status).toBe(404)
})

test('a payment under way is cancelled from its page', async () => {
  const link = await linked([5_000n])
  const { page } = await opened(link, readForm(await (await get(link.path)).text(), link.invoiceIds))
  expect(await (await get(page)).text()).toContain('Waiting for you to pay')
  expect((await post(page, new URLSearchParams())).status).toBe(303)
  expect(await (await get(page)).text()).toContain('cancelled')
  expect(await openAndHeld(link.invoiceIds[0] ?? '')).toEqual({ open: 5_000n, held: 0n })
})

test('a link for everything shows what is open now, and pays a part; disputes are not a guest’s', async () => {
  const link = await linked([5_000n, 3_000n], true)
  const later = (await issueInvoice(link.customerId, 2_000n)) as InvoiceId
  const html = await (await get(link.path)).text()
  expect(html).toContain(amountField(later))
  const form = readForm(html, [...link.invoiceIds, later])
  form.set(amountField(later), '5')
  form.set('shown-total', '8500')
  form.set(`reason-${encodeId('inv', later)}`, 'disagree')
  expect((await post(link.path, form)).status).toBe(403)
  form.set(`reason-${encodeId('inv', later)}`, 'later')
  const { payment } = await opened(link, form)
  expect(payment.amountMinor).toBe(8_500n)
})

const amountsIn = (html: string): (string | undefined)[] =>
  [...html.matchAll(/name="amount-[^"]*"[^>]*value="([^"]*)"/g)].map((match) => match[1])

async function setCreditsFirst(creditsFirst: boolean): Promise<void> {
  const data = { creditsFirst, updatedAt: new Date() }
  await db.paymentPolicy.upsert({
    where: { currency: 'USD' },
    create: { currency: 'USD', ...data },
    update: data,
  })
}

test('where credit is used first the same is due from a guest as from a buyer, and is paid', async () => {
  const buyer = await pages.signedInBuyer([5_000n, 3_000n])
  await issueCredit(buyer.customerId, 6_000n)
  const link = await linkFor(buyer, true)
  const html = await (await get(link.path)).text()
  expect(amountsIn(html)).toEqual(['0.00', '20.00'])
  expect(amountsIn(await pages.html(buyer, pages.payPath(buyer)))).toEqual(['0.00', '20.00'])
  const { payment } = await opened(link, readForm(html, link.invoiceIds))
  expect(payment).toMatchObject({ channel: 'guest', amountMinor: 2_000n })
  expect(await openAndHeld(link.invoiceIds[0] ?? '')).toEqual({ open: 0n, held: 0n })
  expect(
    await db.audit.findMany({ where: { customerId: link.customerId, action: 'credits.applied' } }),
  ).toMatchObject([{ actorId: null, detail: { payLinkId: link.linkId, amountMinor: '6000' } }])
  expect((await checkSqlInvariants()).filter(({ count }) => count > 0)).toEqual([])
})

test('of its customer’s credit a link shows what is applied to its own invoices, and nothing else', async () => {
  const link = await linked([5_000n, 7_700n])
  const creditId = await issueCredit(link.customerId, 81_234n)
  const { number } = await db.creditMemo.findUniqueOrThrow({ where: { id: creditId } })
  const [own, other] = link.invoiceIds as [InvoiceId, InvoiceId]
  const html = await (await get(link.path)).text()
  expect(withoutScripts(html)).toContain('−50.00')
  const secrets = [number, creditId, encodeId('crm', creditId), '812.34', '762.34', '81234', '76234', '77.00']
  for (const secret of secrets) expect.soft(html, secret).not.toContain(secret)

  // A form that names another invoice of the customer is told nothing about it, nor about the credit that it would get.
  const curious = readForm(html, [own])
  curious.set(CART_FIELDS.intent, SPREAD_INTENT)
  curious.set(CART_FIELDS.lumpSum, '9999.00')
  curious.set(amountField(other), '1.00')
  const answer = await (await post(link.path, curious)).text()
  for (const secret of secrets) expect.soft(answer, secret).not.toContain(secret)

  const done = await post(link.path, readForm(html, [own]))
  expect([done.status, done.headers.get('location')]).toEqual([
    303,
    expect.stringMatching(/^\/l\/[^/]+\?covered=pay_/),
  ])
  const after = await (await get(done.headers.get('location') ?? '')).text()
  expect(after).toMatch(/\$50\.00(<!-- -->)? of credit was applied\. Nothing was charged\./)
  for (const secret of secrets) expect.soft(after, secret).not.toContain(secret)
  expect(await openAndHeld(own)).toEqual({ open: 0n, held: 0n })
  expect(await openAndHeld(other)).toEqual({ open: 7_700n, held: 0n })
  expect(await db.payment.count({ where: { customerId: link.customerId } })).toBe(0)

  const stranger = await linked([5_000n])
  const query = (done.headers.get('location') ?? '').replace(/^[^?]*/, '')
  expect(await (await get(stranger.path + query)).text()).not.toContain('of credit was applied')
})

test('where credit is not used first a guest neither sees nor spends it', async () => {
  await setCreditsFirst(false)
  const link = await linked([5_000n])
  await issueCredit(link.customerId, 1_000n)
  const html = await (await get(link.path)).text()
  expect(/<main.*<\/main>/s.exec(withoutScripts(html))?.[0]).not.toMatch(/[Cc]redit/)
  const { payment } = await opened(link, readForm(html, link.invoiceIds))
  expect(payment.amountMinor).toBe(5_000n)
  await setCreditsFirst(true)
})

test('a link opens nothing but its own: every other address is no page, or asks to sign in', async () => {
  const [link, other] = [await linked([5_000n, 6_000n]), await linked([5_000n])]
  const ids: Record<string, string> = {
    token: link.path.slice('/l/'.length),
    customerId: encodeId('cst', link.customerId),
    invoiceId: encodeId('inv', link.invoiceIds[1] ?? ''),
    paymentId: encodeId('pay', newId()),
  }
  for (const { pattern } of routePatterns().filter(
    (each) => !['/l/:token', '/health', '/', '/*'].includes(each.pattern),
  )) {
    const path = pattern.replace(/:(\w+)/g, (_, name: string) => ids[name] ?? newId())
    const answer = await get(path)
    const text = await answer.text()
    if (pattern.startsWith('/l/')) expect.soft(answer.status, path).toBe(404)
    expect.soft(text, path).not.toContain(ids.customerId)
    if (/^\/(c|staff)\//.test(pattern)) expect.soft(answer.status, path).toBe(302)
  }
  // Somebody else's invoice, or another one of the same customer, cannot be paid with it.
  const html = await (await get(link.path)).text()
  for (const foreign of [other.invoiceIds[0], link.invoiceIds[1]] as InvoiceId[]) {
    const form = readForm(html, link.invoiceIds.slice(0, 1))
    form.append(CART_FIELDS.invoice, encodeId('inv', foreign))
    form.set(amountField(foreign), '10.00')
    form.set('shown-total', '6000')
    expect((await post(link.path, form)).status).toBe(404)
  }
  expect(await db.payment.count({ where: { customerId: link.customerId } })).toBe(0)
})

test('tokens of nobody, changed ones and revoked ones are all no page, and answers are not kept', async () => {
  const link = await linked([5_000n])
  const token = link.path.slice('/l/'.length)
  const open = await get(link.path)
  expect(open.headers.get('cache-control')).toBe('no-store')
  const changed = token.slice(0, -1) + (token.endsWith('A') ? 'B' : 'A')
  for (const each of ['', 'x', changed, 'a'.repeat(43), encodeURIComponent("' OR 1=1")])
    expect((await get(`/l/${each}`)).status).toBe(404)
  expect(await revokePayLink(link.linkId, link.customerId, staffId)).toBe(true)
  expect(await revokePayLink(link.linkId, link.customerId, staffId)).toBe(false)
  expect((await get(link.path)).status).toBe(404)
  expect((await post(link.path, new URLSearchParams({ intent: 'renew' }))).status).toBe(404)
})

test('an expired link mails a new one to its own address only, and not again and again', async () => {
  const link = await linked([5_000n])
  await expire(link.linkId)
  const html = await (await get(link.path)).text()
  expect(html).toContain('This link has expired')
  expect(html).not.toContain(link.recipient)
  const invoice = encodeId('inv', link.invoiceIds[0] ?? '')
  expect((await get(`${link.path}/invoices/${invoice}/invoice.pdf`)).status).toBe(404)
  const answers = []
  for (let tries = 0; tries < 3; tries += 1)
    answers.push(
      await post(link.path, new URLSearchParams({ intent: 'renew', recipient: 'thief@elsewhere.test' })),
    )
  expect(new Set(answers.map((each) => `${each.status} ${each.headers.get('location')}`))).toEqual(
    new Set([`303 ${link.path}?sent`]),
  )
  const letters = await db.mailOutbox.findMany({
    where: { customerId: link.customerId, template: 'pay-link' },
  })
  expect(letters.map(({ recipient }) => recipient)).toEqual([link.recipient, link.recipient])
  const renewed = await mailedPath(link.customerId)
  expect(renewed).not.toBe(link.path)
  expect(await (await get(renewed)).text()).toContain('$50.00')
})

test('a link goes to known contacts only', async () => {
  const buyer = await createBuyer([5_000n])
  const send = (recipient: string, invoiceId: InvoiceId | null) =>
    sendPayLink({ customerId: buyer.customerId, invoiceId, recipient, personId: staffId })
  expect(await send('stranger@elsewhere.test', null)).toMatchObject({ refusal: { code: 'CONTACT_UNKNOWN' } })
  const { email } = await db.person.findUniqueOrThrow({ where: { id: buyer.personId } })
  const foreign = (await createBuyer([1n])).invoiceIds[0] ?? null
  expect(await send(email, foreign)).toMatchObject({ refusal: { code: 'INVOICE_NOT_FOUND' } })
  expect(await send(email.toUpperCase(), null)).toEqual({ ok: true })
})

test('staff mail a link, end it and close a dispute on the invoice’s page', async () => {
  const staff = await staffVisitor(pages.portal, 'clerk')
  const link = await linked([5_000n])
  const invoiceId = link.invoiceIds[0] as InvoiceId
  const path = `/staff/invoices/${encodeId('inv', invoiceId)}`
  expect((await staff.post(path, { recipient: link.recipient })).headers.get('location')).toContain(
    'done=link-sent',
  )
  expect((await staff.post(path, { recipient: 'x@elsewhere.test' })).status).toBe(400)
  expect((await staff.post(path, { revoke: encodeId('lnk', link.linkId) })).status).toBe(303)
  expect((await get(link.path)).status).toBe(404)
  const customer = `/staff/customers/${encodeId('cst', link.customerId)}`
  expect((await staff.post(customer, { recipient: link.recipient })).status).toBe(303)
  expect(await staff.read(`${customer}?done=link-sent`)).toContain('on its way')

  const id = newId<'dsp'>()
  const row = { id, customerId: link.customerId, invoiceId, amountMinor: '2000', reason: 'disagree' }
  await db.$queryRaw`SELECT open_dispute(${JSON.stringify(row)}::jsonb, now())`
  expect(await staff.read(path)).toContain('I disagree with the rest')
  const close = { dispute: encodeId('dsp', id), outcome: 'accepted' }
  expect((await staff.post(path, { ...close, outcome: 'split' })).status).toBe(404)
  expect((await staff.post(path, close)).status).toBe(303)
  expect(await openAndHeld(invoiceId)).toEqual({ open: 3_000n, held: 0n })
  expect((await staff.post(path, { ...close, outcome: 'rejected' })).status).toBe(409)
})
