/** A clerk writes a part of an invoice off, and a manager decides what is too much for one. In browsers without scripts. */
import { beforeAll, expect, test } from 'vitest'
import { encodeId } from '#app/books/ids.ts'
import { db } from '#app/platform/db.server.ts'
import { createCustomer, createSupplier, issueInvoice, openAndHeld } from '#test/support/books.ts'
import { openPortal, type Portal } from '#test/support/portal.ts'
import { hiddenField, type StaffVisitor, staffVisitor, withoutScripts } from '#test/support/staff-portal.ts'

let portal: Portal
let clerk: StaffVisitor
let manager: StaffVisitor
let customerId: string

beforeAll(async () => {
  await createSupplier()
  customerId = await createCustomer()
  portal = await openPortal()
  clerk = await staffVisitor(portal, 'clerk')
  manager = await staffVisitor(portal, 'manager')
}, 120_000)

async function writeOff(page: string, amount: string, who = clerk): Promise<Response> {
  const form = hiddenField(await who.read(page), 'form')
  return who.post(page, { act: 'write-off', form, amount, reason: 'bad_debt' })
}

test('within the limit it is done at once, and the page says what was given up', async () => {
  const invoice = await issueInvoice(customerId, 8_000n)
  const page = `/staff/invoices/${encodeId('inv', invoice)}`
  const empty = await writeOff(page, 'much')
  expect(empty.status).toBe(400)
  expect(withoutScripts(await empty.text())).toContain('Enter what is given up, above zero')
  const done = await writeOff(page, '12.50')
  expect(done.headers.get('location')).toBe(`${page}?written-off=approved`)
  const shown = await clerk.read(`${page}?written-off=approved`)
  for (const words of ['The part is written off.', 'Written off', 'A part was written off', '12.50'])
    expect.soft(shown).toContain(words)
  expect(await openAndHeld(invoice)).toEqual({ open: 6_750n, held: 0n })
})

test('beyond the limit a manager decides who did not ask; clerks only look', async () => {
  const invoice = await issueInvoice(customerId, 90_000n, { number: 'INV-BIG' })
  const page = `/staff/invoices/${encodeId('inv', invoice)}`
  expect((await writeOff(page, '800.00', manager)).headers.get('location')).toBe(
    `${page}?written-off=requested`,
  )
  expect((await writeOff(page, '700.00')).headers.get('location')).toBe(`${page}?written-off=requested`)
  const [own, others] = await db.writeOffRequest.findMany({
    where: { invoiceId: invoice },
    orderBy: { amountMinor: 'desc' },
  })
  const queue = '/staff/write-offs'
  const seen = await manager.read(queue)
  expect(seen).toContain('Write off $700.00')
  expect(seen).not.toContain('Write off $800.00')
  expect(await clerk.read(queue)).not.toContain('Write off $700.00')
  const yes = (id: string | undefined) => ({ request: encodeId('wof', id ?? ''), act: 'approve', note: '' })
  expect((await clerk.post(queue, yes(others?.id))).status).toBe(403)
  expect((await manager.post(queue, yes(own?.id))).status).toBe(409)
  expect((await manager.post(queue, { ...yes(others?.id), act: 'decline' })).status).toBe(400)
  expect((await manager.post(queue, yes(others?.id))).headers.get('location')).toBe(`${queue}?done=approve`)
  expect(await openAndHeld(invoice)).toEqual({ open: 20_000n, held: 0n })
  expect(await manager.read(`${queue}?show=decided`)).toContain('INV-BIG')
})
