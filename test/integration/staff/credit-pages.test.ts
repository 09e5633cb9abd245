/** Buyers use their credit, or ask to; staff agree, decline, or use it themselves. In browsers without scripts. */
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { encodeId, newId } from '#app/books/ids.ts'
import { signInWithPassword } from '#app/parties/sign-in.server.ts'
import { db } from '#app/platform/db.server.ts'
import { freshAddress, makePerson, PASSWORD, requestWith } from '#test/integration/parties/people.ts'
import {
  createCustomer,
  createSupplier,
  issueCredit,
  issueInvoice,
  NOW,
  openAndHeld,
} from '#test/support/books.ts'
import { recordCredit } from '#test/support/cash.ts'
import { openPortal, type Portal } from '#test/support/portal.ts'
import { hiddenField, type StaffVisitor, staffVisitor, withoutScripts } from '#test/support/staff-portal.ts'

let portal: Portal
let clerk: StaffVisitor
let customerId: string
let buyer: string[]
let page: string

beforeAll(async () => {
  await createSupplier()
  portal = await openPortal()
  clerk = await staffVisitor(portal, 'clerk')
}, 120_000)
beforeEach(async () => {
  customerId = await createCustomer()
  buyer = await signInBuyer(true)
  page = `/c/${encodeId('cst', customerId)}/credits`
  await db.paymentPolicy.updateMany({ data: { creditsNeedApproval: false } })
})

/** The supplier looks at credit before buyers use it. */
async function buyersMustAsk(): Promise<void> {
  const rule = { creditsNeedApproval: true, updatedAt: NOW }
  await db.paymentPolicy.upsert({
    where: { currency: 'USD' },
    create: { currency: 'USD', ...rule },
    update: rule,
  })
}

async function signInBuyer(canPay: boolean): Promise<string[]> {
  const { id, email } = await makePerson()
  await db.buyerRight.create({ data: { personId: id, customerId, canPay, createdAt: NOW } })
  const asked = await signInWithPassword({ request: requestWith(), address: freshAddress() }, email, PASSWORD)
  if (!asked.ok) throw new Error('signing in failed')
  return asked.cookies
}

async function read(path = page): Promise<string> {
  const answer = await portal.handle(requestWith(buyer, path))
  expect(answer.status).toBe(200)
  return withoutScripts(await answer.text())
}
const post = (fields: Record<string, string>, cookies = buyer): Promise<Response> =>
  portal.handle(requestWith(cookies, page, { method: 'POST', body: new URLSearchParams(fields) }))

test('a buyer uses one credit on one invoice; the same form again uses nothing more', async () => {
  const credit = await issueCredit(customerId, 5_000n)
  const invoice = await issueInvoice(customerId, 8_000n, { number: 'INV-88' })
  const shown = await read()
  for (const words of [
    '$50.00 not used',
    'INV-88, due 9 Feb 2026, $80.00 payable',
    'Use $50.00, oldest due first',
  ])
    expect.soft(shown).toContain(words)
  const fields = {
    ...{ act: 'use', form: hiddenField(shown, 'form'), currency: 'USD', amount: '20.00' },
    ...{ credit: encodeId('crm', credit), invoice: encodeId('inv', invoice) },
  }
  expect((await post(fields)).headers.get('location')).toBe(`${page}?done=used`)
  await post(fields)
  expect(await openAndHeld(invoice)).toEqual({ open: 6_000n, held: 0n })
  expect(await read()).toContain('$30.00 not used')
})

test('what is wrong is said beside its field, in the form of its currency', async () => {
  await issueCredit(customerId, 5_000n)
  const invoice = await issueInvoice(customerId, 8_000n)
  const shown = await read()
  const fields = { act: 'use', form: hiddenField(shown, 'form'), currency: 'USD' }
  const empty = await post({ ...fields, amount: 'much' })
  expect(empty.status).toBe(400)
  const answer = withoutScripts(await empty.text())
  for (const words of [
    'Choose which credit to use.',
    'Choose the invoice',
    'href="#amount-USD"',
    'value="much"',
  ])
    expect.soft(answer).toContain(words)
  const foreign = {
    ...fields,
    amount: '1.00',
    credit: encodeId('crm', newId()),
    invoice: encodeId('inv', invoice),
  }
  expect((await post(foreign)).status).toBe(404)
})

test('all of it goes oldest first; with nothing left the page says so', async () => {
  await recordCredit(customerId, 5_000n)
  const invoice = await issueInvoice(customerId, 8_000n)
  const fields = { act: 'oldest-first', form: hiddenField(await read(), 'form'), currency: 'USD' }
  expect((await post(fields)).headers.get('location')).toBe(`${page}?done=used`)
  expect(await openAndHeld(invoice)).toEqual({ open: 3_000n, held: 0n })
  expect(await read()).toContain('There is no unused credit')
  const again = await post({ ...fields, form: encodeId('pay', newId()) })
  expect(again.status).toBe(409)
})

test('a buyer who may only look sees the credit and cannot use it', async () => {
  await issueCredit(customerId, 5_000n)
  await issueInvoice(customerId, 8_000n)
  const viewer = await signInBuyer(false)
  const answer = await portal.handle(requestWith(viewer, page))
  expect(await answer.text()).not.toContain('oldest due first')
  expect(
    (await post({ act: 'oldest-first', currency: 'USD', form: encodeId('pay', newId()) }, viewer)).status,
  ).toBe(403)
})

test('where the supplier looks first, a buyer asks; staff agree, or decline with a note that the buyer reads', async () => {
  await buyersMustAsk()
  await issueCredit(customerId, 5_000n)
  const [one, two] = [
    await issueInvoice(customerId, 3_000n),
    await issueInvoice(customerId, 2_000n, { dueOn: '2026-04-01' }),
  ]
  const fields = { act: 'oldest-first', form: hiddenField(await read(), 'form'), currency: 'USD' }
  expect((await post(fields)).headers.get('location')).toBe(`${page}?done=requested`)
  expect(await openAndHeld(one)).toEqual({ open: 3_000n, held: 0n })
  expect(await read()).toContain('Waiting')

  const requests = await db.creditRequest.findMany({
    where: { customerId },
    orderBy: { amountMinor: 'desc' },
  })
  const [first, second] = requests.map(({ id }) => encodeId('crq', id))
  expect(await clerk.read('/staff/credit-requests')).toContain('Use $30.00')
  const silent = await clerk.post('/staff/credit-requests', {
    request: second ?? '',
    act: 'decline',
    note: '',
  })
  expect(silent.status).toBe(400)
  expect(
    (await clerk.post('/staff/credit-requests', { request: first ?? '', act: 'approve', note: '' })).status,
  ).toBe(303)
  await clerk.post('/staff/credit-requests', {
    request: second ?? '',
    act: 'decline',
    note: 'Kept for December',
  })
  expect(await openAndHeld(one)).toEqual({ open: 0n, held: 0n })
  expect(await openAndHeld(two)).toEqual({ open: 2_000n, held: 0n })
  const answered = await read()
  for (const words of ['Agreed', 'Declined', 'Kept for December']) expect.soft(answered).toContain(words)
  expect(await clerk.read('/staff/credit-requests?show=decided')).toContain('Kept for December')
})

test('staff use a customer’s credit at once, whatever buyers have to ask for', async () => {
  await buyersMustAsk()
  await issueCredit(customerId, 5_000n)
  const invoice = await issueInvoice(customerId, 5_000n)
  const file = `/staff/customers/${encodeId('cst', customerId)}`
  expect(await clerk.read(file)).toContain(`${file}/credits`)
  const form = hiddenField(await clerk.read(`${file}/credits`), 'form')
  const answer = await clerk.post(`${file}/credits`, { act: 'oldest-first', form, currency: 'USD' })
  expect(answer.headers.get('location')).toBe(`${file}/credits?done=used`)
  expect(await openAndHeld(invoice)).toEqual({ open: 0n, held: 0n })
})
