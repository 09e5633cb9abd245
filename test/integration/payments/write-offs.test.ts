/** Parts of invoices that are given up: within the limit by one person, beyond it by two, never more than is payable. */
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { asId, type Id, type InvoiceId, newId, type PersonId } from '#app/books/ids.ts'
import { checkSqlInvariants } from '#app/books/invariants/check-invariants.server.ts'
import { getInvoice } from '#app/invoices/get-invoice.server.ts'
import { decideWriteOff, listWriteOffs, requestWriteOff } from '#app/payments/write-offs/write-offs.server.ts'
import { db } from '#app/platform/db.server.ts'
import { parseBusinessDate } from '#app/platform/time.ts'
import {
  createCustomer,
  createSupplier,
  issueInvoice,
  NOW,
  openAndHeld,
  openPayment,
} from '#test/support/books.ts'
import { accountBalance, CLERK, usd } from '#test/support/cash.ts'

const MANAGER = newId<'per'>() as PersonId
/** The default of the policy: what one person gives up alone. */
const LIMIT = 50_000n

let customerId: string

beforeAll(createSupplier)
beforeEach(async () => {
  customerId = await createCustomer()
})
afterEach(async () => {
  expect((await checkSqlInvariants()).filter(({ count }) => count > 0)).toEqual([])
})

const giveUp = (invoiceId: string, minor: bigint, id: Id<'wof'> = newId<'wof'>(), by: PersonId = CLERK) =>
  requestWriteOff(
    { id, invoiceId: asId<'inv'>(invoiceId) as InvoiceId, amount: usd(minor), reason: 'bad_debt' },
    by,
  )
const yes = { approve: true, note: null }

test('up to the limit a part is given up at once: Dr write-offs / Cr receivable, with its ledger event', async () => {
  const invoice = await issueInvoice(customerId, 80_000n)
  expect(await giveUp(invoice, LIMIT)).toEqual({ ok: true, created: true, state: 'approved' })
  expect(await openAndHeld(invoice)).toEqual({ open: 30_000n, held: 0n })
  expect([await accountBalance(customerId, 5800), await accountBalance(customerId, 1100)]).toEqual([
    LIMIT,
    30_000n,
  ])
  expect(await db.adjustment.findFirst({ where: { invoiceId: invoice } })).toMatchObject({
    ...{ kind: 'write_off', reason: 'bad_debt', requestedBy: CLERK, approvedBy: null },
  })
  expect(await db.ledgerEvent.count({ where: { subjectId: invoice, type: 'writeoff' } })).toBe(1)
  const reading = { today: parseBusinessDate('2026-03-01'), locale: 'en-US', timeZone: 'UTC' }
  const detail = await getInvoice({ all: true }, asId<'inv'>(invoice), reading)
  expect(detail?.allocations).toMatchObject([{ source: { kind: 'adjustment', adjustment: 'write_off' } }])
})

test('the same form again gives up nothing more, at once or later', async () => {
  const invoice = await issueInvoice(customerId, 10_000n)
  const id = newId<'wof'>()
  const answers = await Promise.all(Array.from({ length: 10 }, () => giveUp(invoice, 1_000n, id)))
  expect(answers.filter((each) => each.ok && each.created)).toHaveLength(1)
  expect(await openAndHeld(invoice)).toEqual({ open: 9_000n, held: 0n })
})

test('beyond the limit nothing happens until another person agrees, once', async () => {
  const invoice = await issueInvoice(customerId, 80_000n)
  const id = newId<'wof'>()
  expect(await giveUp(invoice, LIMIT + 1n, id)).toMatchObject({ state: 'requested' })
  expect(await openAndHeld(invoice)).toEqual({ open: 80_000n, held: 0n })
  expect(await decideWriteOff(id, yes, CLERK)).toMatchObject({
    ok: false,
    refusal: { code: 'SECOND_PERSON_NEEDED' },
  })
  const answers = await Promise.all(Array.from({ length: 10 }, () => decideWriteOff(id, yes, MANAGER)))
  expect(answers.filter((each) => each.ok && each.changed)).toHaveLength(1)
  expect(await openAndHeld(invoice)).toEqual({ open: 29_999n, held: 0n })
  expect(await db.adjustment.findUnique({ where: { id } })).toMatchObject({
    requestedBy: CLERK,
    approvedBy: MANAGER,
  })
  const no = await decideWriteOff(id, { approve: false, note: 'no' }, MANAGER)
  expect(no).toMatchObject({ ok: false, refusal: { code: 'REQUEST_DECIDED' } })
})

test('small parts that come to more than the limit need the second person as well', async () => {
  const invoice = await issueInvoice(customerId, 80_000n)
  expect(await giveUp(invoice, 30_000n)).toMatchObject({ state: 'approved' })
  expect(await giveUp(invoice, 20_001n)).toMatchObject({ state: 'requested' })
  expect(await giveUp(invoice, 20_000n)).toMatchObject({ state: 'approved' })
})

test('the limit is that of the invoice’s currency', async () => {
  await db.paymentPolicy.create({ data: { currency: 'EUR', secondApprovalMinor: 100n, updatedAt: NOW } })
  const invoice = await issueInvoice(customerId, 80_000n, { currency: 'EUR' })
  expect(await giveUp(invoice, 101n)).toMatchObject({ state: 'requested' })
  expect(await giveUp(invoice, 100n)).toMatchObject({ state: 'approved' })
})

test('what is held or paid meanwhile is not given up, also when the second person agrees', async () => {
  const invoice = await issueInvoice(customerId, 80_000n)
  await openPayment(customerId, [{ invoiceId: invoice, amountMinor: 5_000n }])
  expect(await giveUp(invoice, 75_001n)).toMatchObject({
    ok: false,
    refusal: { code: 'WRITE_OFF_EXCEEDS_PAYABLE' },
  })
  expect(await giveUp(invoice, 0n)).toMatchObject({ refusal: { code: 'AMOUNT_NOT_POSITIVE' } })
  expect(await giveUp(newId(), 1n)).toMatchObject({ refusal: { code: 'INVOICE_NOT_FOUND' } })
  const id = newId<'wof'>()
  await giveUp(invoice, 75_000n, id)
  await giveUp(invoice, 1n)
  const refused = await decideWriteOff(id, yes, MANAGER)
  expect(refused).toMatchObject({
    ok: false,
    refusal: { code: 'WRITE_OFF_EXCEEDS_PAYABLE', payableMinor: '74999' },
  })
  expect((await listWriteOffs({ isOpen: true, after: null })).writeOffs.map((each) => each.id)).toContain(id)
  expect(await decideWriteOff(id, { approve: false, note: 'Ask for it' }, MANAGER)).toEqual({
    ok: true,
    changed: true,
  })
  const { writeOffs } = await listWriteOffs({ isOpen: false, after: null })
  expect(writeOffs.find((each) => each.id === id)).toMatchObject({ state: 'declined', note: 'Ask for it' })
})

test('sixteen people who give up parts of one invoice never give up more than it is', async () => {
  const invoice = await issueInvoice(customerId, 10_000n)
  const answers = await Promise.all(
    Array.from({ length: 16 }, (_each, index) => giveUp(invoice, BigInt(900 + index * 50))),
  )
  const { open } = await openAndHeld(invoice)
  const given = await db.adjustment.aggregate({ where: { invoiceId: invoice }, _sum: { amountMinor: true } })
  expect(open).toBe(10_000n - (given._sum.amountMinor ?? 0n))
  expect(open >= 0n).toBe(true)
  expect(answers.some(({ ok }) => !ok)).toBe(true)
})
