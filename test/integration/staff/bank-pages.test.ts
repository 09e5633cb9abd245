/** A clerk imports a bank statement and says what its movements are, in a browser without scripts. */
import { beforeAll, expect, test } from 'vitest'
import { encodeId } from '#app/books/ids.ts'
import { PART_FIELD } from '#app/payments/bank-statements/match-form.ts'
import { fullValue } from '#app/payments/cash/parse-manual-payment.ts'
import { db } from '#app/platform/db.server.ts'
import { bankMovement, csvOf } from '#test/support/bank-files.ts'
import { createCustomer, createSupplier, issueInvoice, openAndHeld } from '#test/support/books.ts'
import { openPortal, type Portal } from '#test/support/portal.ts'
import { hiddenField, type StaffVisitor, staffVisitor, withoutScripts } from '#test/support/staff-portal.ts'

let portal: Portal
let clerk: StaffVisitor
let customerId: string

beforeAll(async () => {
  await createSupplier()
  customerId = await createCustomer({ number: 'QZ-1' })
  portal = await openPortal()
  clerk = await staffVisitor(portal, 'clerk')
}, 120_000)

function upload(text: string, name = 'november.csv'): Promise<Response> {
  const form = new FormData()
  form.set('file', new File([text], name, { type: 'text/csv' }))
  for (const [field, value] of [
    ['account', '8219'],
    ['currency', 'USD'],
    ['dates', 'auto'],
  ] as const)
    form.set(field, value)
  return clerk.post('/staff/bank', form)
}

const lineHref = async (description: string): Promise<string> => {
  const line = await db.bankLine.findFirstOrThrow({ where: { description: { contains: description } } })
  return `/staff/bank/${encodeId('bln', line.id)}`
}

test('a file is imported once, its movements are listed, found and counted', async () => {
  const file = csvOf([
    ['2026-02-02', '40.00', 'ALPHA', 'first'],
    ['2026-02-03', '-4.00', '', 'a fee'],
  ])
  expect((await upload(file)).headers.get('location')).toBe('/staff/bank?done=imported&fresh=2&known=0')
  expect((await upload(file)).headers.get('location')).toBe('/staff/bank?done=repeated')
  const open = await clerk.read('/staff/bank')
  for (const words of ['ALPHA', '$40.00', 'a fee', '-$4.00']) expect.soft(open, words).toContain(words)
  expect(await clerk.read('/staff/bank?direction=out')).not.toContain('ALPHA')
  expect(await clerk.read('/staff/bank?q=alpha&state=matched')).toContain('No movement fits these filters')
  const statements = await clerk.read('/staff/bank?view=statements')
  for (const words of ['november.csv', 'ending 8219', '2 Feb 2026 to 3 Feb 2026'])
    expect.soft(statements, words).toContain(words)
})

test('a file that cannot be read is answered with a sentence, and nothing is imported', async () => {
  const before = await db.bankStatement.count()
  const bomb = await upload(
    '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><Document>&b;</Document>',
    'evil.xml',
  )
  expect(bomb.status).toBe(400)
  expect(withoutScripts(await bomb.text())).toContain('document type of its own')
  const empty = await upload('', 'empty.csv')
  expect(empty.status).toBe(400)
  expect(await db.bankStatement.count()).toBe(before)
})

test('a suggestion is booked with one click, and undone', async () => {
  const invoice = await issueInvoice(customerId, 6_100n, { number: 'INV-4711' })
  await bankMovement('61.00', 'BETA', 'for INV-4711')
  const list = await clerk.read('/staff/bank')
  expect(list).toContain('for invoice INV-4711')
  expect(list).toContain('Book $61.00')
  const page = await lineHref('for INV-4711')
  const part = hiddenField(await clerk.read(page), PART_FIELD)
  const fields = { act: 'match', kind: 'payment', [PART_FIELD]: part }
  expect((await clerk.post(page, fields)).headers.get('location')).toBe(`${page}?done=match`)
  expect((await clerk.post(page, fields)).status).toBe(303)
  expect(await openAndHeld(invoice)).toEqual({ open: 0n, held: 0n })
  const booked = await clerk.read(`${page}?done=match`)
  for (const words of ['The movement is booked.', 'What it became', 'Undo, and open it again'])
    expect.soft(booked).toContain(words)
  await clerk.post(page, { act: 'reopen' })
  expect(await openAndHeld(invoice)).toEqual({ open: 6_100n, held: 0n })
  expect(await clerk.read(page)).toContain('taken back')
})

test('a movement is split: the first part is kept in the address, the second books both', async () => {
  const other = await createCustomer({ number: 'QZ-2' })
  const [mine, theirs] = [await issueInvoice(customerId, 3_000n), await issueInvoice(other, 2_500n)]
  await bankMovement('50.00', 'GAMMA', 'split me')
  const page = await lineHref('split me')
  const first = `${page}?customer=${encodeId('cst', customerId)}`
  const part = { method: 'wire', payment: hiddenField(await clerk.read(first), 'payment') }
  const short = await clerk.post(first, {
    ...part,
    act: 'book',
    amount: '30.00',
    full: fullValue(mine, 3_000n),
  })
  expect(short.status).toBe(400)
  expect(await short.text()).toContain('The parts do not add up')
  const added = await clerk.post(first, {
    ...part,
    act: 'add',
    amount: '30.00',
    full: fullValue(mine, 3_000n),
  })
  const next = added.headers.get('location') ?? ''
  const shown = await clerk.read(next)
  for (const words of ['The movement, split', 'Still to be said', '$20.00', 'Customer QZ-1'])
    expect.soft(shown).toContain(words)
  const second = `${next}&customer=${encodeId('cst', other)}`
  const form = await clerk.read(second)
  expect(form).toContain('value="20.00"')
  const booked = await clerk.post(second, {
    ...{ act: 'book', method: 'wire', payment: hiddenField(form, 'payment'), amount: '20.00' },
    [`part-${encodeId('inv', theirs)}`]: '15.00',
  })
  expect(booked.headers.get('location')).toBe(`${page}?done=book`)
  expect(await openAndHeld(mine)).toEqual({ open: 0n, held: 0n })
  expect(await openAndHeld(theirs)).toEqual({ open: 1_000n, held: 0n })
})

test('a movement is ignored with a note only, and broken forms change nothing', async () => {
  await bankMovement('-7.00', '', 'monthly fee')
  const page = await lineHref('monthly fee')
  const silent = await clerk.post(page, { act: 'ignore', note: ' ' })
  expect(silent.status).toBe(400)
  expect(await silent.text()).toContain('Say in a few words why')
  expect(
    (await clerk.post(page, { act: 'match', kind: 'payment', [PART_FIELD]: 'pay_x:cst_y' })).status,
  ).toBe(400)
  expect((await clerk.post(page, { act: 'dance' })).headers.get('location')).toBe(page)
  expect((await clerk.post(page, { act: 'ignore', note: 'Fee of the bank' })).status).toBe(303)
  expect(await clerk.read(page)).toContain('Fee of the bank')
})
