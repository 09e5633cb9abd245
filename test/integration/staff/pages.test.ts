/** The staff pages as a browser without scripts sees them: what they say, and what their buttons do. */
import { beforeAll, expect, test } from 'vitest'
import { encodeId } from '#app/books/ids.ts'
import { db } from '#app/platform/db.server.ts'
import { requestWith } from '#test/integration/parties/people.ts'
import { signInAsClerk } from '#test/integration/staff/sign-in-as.ts'
import {
  createCustomer,
  createSupplier,
  issueInvoice,
  NOW,
  openPayment,
  reversePayment,
  settlePayment,
} from '#test/support/books.ts'
import { openPortal, type Portal } from '#test/support/portal.ts'

let portal: Portal
let cookies: string[]
let customerId: string
let invoiceId: string
let paymentId: string

beforeAll(async () => {
  await createSupplier()
  cookies = await signInAsClerk()
  customerId = await createCustomer({ number: 'QZ-1' })
  invoiceId = await issueInvoice(customerId, 12_345n, { number: 'INV-7' })
  const opened = await openPayment(customerId, [{ invoiceId, amountMinor: 12_345n }])
  paymentId = opened.paymentId
  await settlePayment(paymentId, 12_345n)
  await reversePayment(paymentId, 2_345n)
  portal = await openPortal()
}, 120_000)

async function pageAt(path: string): Promise<string> {
  const answer = await portal.handle(requestWith(cookies, path))
  expect(answer.status, path).toBe(200)
  return (await answer.text()).replace(/<script[\s\S]*?<\/script>/g, '').replaceAll('<!-- -->', '')
}

const post = (path: string, fields: Record<string, string>): Promise<Response> =>
  portal.handle(requestWith(cookies, path, { method: 'POST', body: new URLSearchParams(fields) }))

test('the payment’s page tells its whole story: states, journals, allocations, what was taken back', async () => {
  const page = await pageAt(`/staff/payments/${encodeId('pay', paymentId)}`)
  for (const words of [
    'Settled and booked',
    'Refunded',
    '$23.45',
    'payment.settled, effective 1 Mar 2026',
    'payment.reversed, effective 2 Mar 2026',
    '1100 Accounts receivable',
    'checkout.sessions.create, try 1',
    'payment.applied, number 2 of INV-7',
    'payment.reversed, number 3 of INV-7',
  ])
    expect.soft(page, words).toContain(words)
})

test('lists lead to customers, invoices and payments, and their figures agree', async () => {
  const customer = encodeId('cst', customerId)
  const list = await pageAt('/staff/customers?q=QZ-1')
  expect(list).toContain(`/staff/customers/${customer}`)
  expect(list).toContain('$23.45')
  const file = await pageAt(`/staff/customers/${customer}`)
  expect(file).toContain(`/staff/customers/${customer}/statement`)
  expect(file).toContain(`/staff/payments/${encodeId('pay', paymentId)}`)
  expect(await pageAt(`/staff/invoices?customer=${customer}`)).toContain('INV-7')
  const invoice = await pageAt(`/staff/invoices/${encodeId('inv', invoiceId)}`)
  for (const words of ['$23.45', 'Money applied', 'Taken back', '3. payment.reversed, confirmed'])
    expect.soft(invoice, words).toContain(words)
  const statement = await pageAt(`/staff/customers/${customer}/statement?from=2026-01-01&to=2026-03-31`)
  expect(statement).toContain(`/staff/invoices/${encodeId('inv', invoiceId)}`)
  expect(statement).not.toContain('href="/c/')
  const openItems = await pageAt(`/staff/customers/${customer}/open-items?as-of=2026-03-31`)
  expect(openItems).toContain('23.45')
  expect(await pageAt('/staff/payments?q=QZ-1')).toContain('Part-refunded')
  expect(await pageAt('/staff/payments?q=QZ-1&from=yesterday')).toContain('Write the date as 2026-12-31.')
})

test('an exception stands on the first page until somebody closes it with a reason', async () => {
  const detail = JSON.stringify({ subjectId: paymentId, customerId })
  await db.$queryRaw`SELECT open_exception('payment.settled-after-end', 'test:1', ${detail}::jsonb, ${NOW}) AS answer`
  expect(await pageAt('/staff')).toContain('Money arrived after the payment had ended')
  const found = await db.exceptionCase.findUniqueOrThrow({ where: { caseKey: 'test:1' } })
  const refused = await post('/staff/exceptions', { case: encodeId('exc', found.id), reason: '' })
  expect(refused.status).toBe(400)
  expect(await refused.text()).toContain('Say in a few words why this case can be closed.')
  const closed = await post('/staff/exceptions', {
    case: encodeId('exc', found.id),
    reason: 'The customer paid once; nothing to do.',
  })
  expect(closed.headers.get('location')).toBe('/staff/exceptions?closed')
  expect(await pageAt('/staff')).toContain('Nothing waits for you')
  expect(await pageAt('/staff/exceptions?show=closed')).toContain('The customer paid once; nothing to do.')
  expect(await pageAt('/staff/audit')).toContain('exception.resolved')
})

test('the buttons of a payment queue their work and say so; a job that is gone is said to be gone', async () => {
  const path = `/staff/payments/${encodeId('pay', paymentId)}`
  const again = await post(path, { act: 'read-again' })
  expect(again.headers.get('location')).toBe(`${path}?done=read-again`)
  const sent = await post(path, { act: 'send-receipt' })
  expect(await pageAt(sent.headers.get('location') ?? '')).toContain('The receipt is in the outbox')
  const queues = await pageAt('/staff/queues')
  expect(queues).toContain('No worker is running')
  expect(queues).toContain('payments:sync')
  expect((await post('/staff/queues', { job: '0' })).headers.get('location')).toBe('/staff/queues?done=gone')
})
