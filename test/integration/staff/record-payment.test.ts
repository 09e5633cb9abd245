/** A clerk records a cheque and takes it back, in a browser without scripts. */
import { beforeAll, expect, test } from 'vitest'
import { encodeId } from '#app/books/ids.ts'
import { fullValue, partField } from '#app/payments/cash/parse-manual-payment.ts'
import { db } from '#app/platform/db.server.ts'
import { createCustomer, createSupplier, issueInvoice, openAndHeld } from '#test/support/books.ts'
import { openPortal, type Portal } from '#test/support/portal.ts'
import { hiddenField, type StaffVisitor, staffVisitor, withoutScripts } from '#test/support/staff-portal.ts'

let portal: Portal
let clerk: StaffVisitor
let customerId: string
let page: string

beforeAll(async () => {
  await createSupplier()
  customerId = await createCustomer({ number: 'QZ-77' })
  portal = await openPortal()
  clerk = await staffVisitor(portal, 'clerk')
  page = `/staff/payments/new?customer=${encodeId('cst', customerId)}`
}, 120_000)

test('the customer is found by name, and the form is for that customer', async () => {
  const found = await clerk.read('/staff/payments/new?q=QZ-77')
  expect(found).toContain(page)
  expect(await clerk.read('/staff/payments/new?q=nobody+like+that')).toContain('No customer fits this search')
})

test('what is wrong is said beside its field, and what was typed is kept', async () => {
  const invoice = await issueInvoice(customerId, 5_000n)
  const answer = await clerk.post(page, {
    currency: 'USD',
    payment: hiddenField(await clerk.read(page), 'payment'),
    method: 'wire',
    amount: 'much',
    'settled-on': '2026-02-30',
    reference: 'TRN 42',
    [partField(invoice)]: '12.345',
  })
  expect(answer.status).toBe(400)
  const shown = withoutScripts(await answer.text())
  for (const words of [
    'There is a problem',
    'Error: Record a payment',
    'Enter what arrived, above zero',
    'Enter the day on which it arrived',
    '“12.345” is not an amount',
    'value="TRN 42"',
    'value="much"',
    'value="12.345"',
  ])
    expect.soft(shown, words).toContain(words)
})

test('a cheque pays one invoice in full and part of another, and its page takes it back once', async () => {
  const [whole, part] = [await issueInvoice(customerId, 5_000n), await issueInvoice(customerId, 9_000n)]
  const answer = await clerk.post(page, {
    currency: 'USD',
    payment: hiddenField(await clerk.read(page), 'payment'),
    method: 'cheque',
    amount: '70.00',
    'settled-on': '2026-02-27',
    reference: '10045',
    full: fullValue(whole, 5_000n),
    [partField(part)]: '15.50',
  })
  expect(answer.status).toBe(303)
  const file = answer.headers.get('location') ?? ''
  expect(file).toContain('?done=recorded')
  const shown = await clerk.read(file)
  for (const words of [
    'The payment is booked',
    'reference',
    '10045',
    'Take back $70.00',
    '$4.50',
    '1000 Bank',
  ])
    expect.soft(shown, words).toContain(words)
  expect(shown).not.toContain('Read again from the card service')
  expect(await openAndHeld(part)).toEqual({ open: 7_450n, held: 0n })

  const path = file.split('?')[0] ?? ''
  const taken = await clerk.post(path, { act: 'take-back', reason: 'bounced' })
  expect(taken.headers.get('location')).toBe(`${path}?done=taken-back`)
  expect(await openAndHeld(whole)).toEqual({ open: 5_000n, held: 0n })
  expect(await clerk.read(path)).not.toContain('Take back')
  expect(await db.paymentReversal.count({ where: { payment: { customerId } } })).toBe(1)
})

test('a reason that the form does not offer is refused', async () => {
  const recorded = await db.payment.findFirstOrThrow({ where: { customerId } })
  const answer = await clerk.post(`/staff/payments/${encodeId('pay', recorded.id)}`, {
    act: 'take-back',
    reason: 'whim',
  })
  expect(answer.status).toBe(400)
  expect(await answer.text()).toContain('Choose why the payment is taken back.')
})
