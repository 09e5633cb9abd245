/** What staff see of a payment, on a real sandbox: its whole timeline, and the lists that find it. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newId } from '#app/books/ids.ts'
import { sendReceiptAgain } from '#app/notices/send-receipt-again.server.ts'
import { parsePaymentFilter } from '#app/payments/overview/payment-filter.ts'
import { sumReceived } from '#app/payments/overview/received-payments.server.ts'
import { searchPayments } from '#app/payments/overview/search-payments.server.ts'
import { findStaffPayment } from '#app/payments/overview/staff-payment.server.ts'
import { listTroubles } from '#app/payments/overview/troubled-payments.server.ts'
import { requestSync } from '#app/payments/reading/request-sync.server.ts'
import { readWebhookBacklog } from '#app/payments/webhooks/webhook-backlog.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db } from '#app/platform/db.server.ts'
import { addDays, businessDateIn } from '#app/platform/time.ts'
import {
  type CardWorld,
  cartOf,
  createBuyer,
  deliverWebhooks,
  enterCard,
  openCardWorld,
  openCheckout,
  pay,
} from '#test/support/card-world.ts'
import { asOwner } from '#test/support/owner.ts'

const ZONE = 'America/New_York'
let world: CardWorld
beforeAll(async () => {
  world = await openCardWorld()
})
afterAll(() => world.stop())

async function settledPayment(amounts: readonly bigint[]) {
  const buyer = await createBuyer(amounts)
  const opened = await openCheckout(world, buyer)
  await enterCard(world, opened.checkoutId)
  await deliverWebhooks(world)
  return { ...opened, buyer }
}

const find = (query: string, options: { customerId?: null; after?: null } = {}) =>
  searchPayments(parsePaymentFilter(new URLSearchParams(query)).filter, {
    customerId: null,
    after: null,
    timeZone: ZONE,
    ...options,
  })

test('the file of a settled payment holds its writes, events, journals that balance, allocations, entries and letters', async () => {
  const { paymentId, buyer } = await settledPayment([3_000n, 4_500n])
  const file = await findStaffPayment(paymentId)
  if (file === null) throw new Error('there is no file')
  expect(file.customer.id).toBe(buyer.customerId)
  expect(file.attempts[0]).toMatchObject({
    state: 'answered',
    providerRequestId: expect.stringContaining('req_'),
  })
  expect(file.webhooks.every(({ outcome }) => outcome === 'synced')).toBe(true)
  for (const { postings } of file.journals)
    expect(postings.reduce((sum, { amount }) => sum + amount.minor, 0n)).toBe(0n)
  expect(file.allocations.map(({ amount }) => amount.minor).toSorted()).toEqual([3_000n, 4_500n])
  expect(file.ledger).toHaveLength(2)
  for (const { ledgerEventId } of file.ledger)
    expect(file.ledgerPlaces.get(ledgerEventId)).toEqual({ sequence: 2, position: null, finalAt: null })
  expect(file.mails.map(({ template }) => template)).toEqual(['receipt', 'receipt'])
  expect(file.cases).toEqual([])
  expect(await findStaffPayment(newId<'pay'>())).toBeNull()
})

test('a receipt is sent again to the same people as new letters, with a line in the audit log', async () => {
  const { paymentId, buyer } = await settledPayment([1_100n])
  const before = await findStaffPayment(paymentId)
  expect(await sendReceiptAgain(paymentId, buyer.personId)).toEqual({ letters: 2 })
  const after = await findStaffPayment(paymentId)
  expect(after?.mails).toHaveLength(4)
  expect(new Set(after?.mails.map(({ recipient }) => recipient))).toEqual(
    new Set(before?.mails.map(({ recipient }) => recipient)),
  )
  const audit = await db.audit.findFirst({ where: { action: 'receipt.sent-again', subjectId: paymentId } })
  expect(audit).toMatchObject({ actorKind: 'staff', actorId: buyer.personId, detail: { letters: 2 } })
  const open = await openCheckout(world, await createBuyer([500n]))
  expect(await sendReceiptAgain(open.paymentId, buyer.personId)).toEqual({ letters: 0 })
})

test('reading again is a job, also for a payment that has ended, and is audited', async () => {
  const { paymentId, buyer } = await settledPayment([1_200n])
  expect(await requestSync(paymentId, buyer.personId)).toEqual({ queued: true })
  const jobs = await db.$queryRaw<{ key: string }[]>`
    SELECT key FROM graphile_worker.jobs WHERE key = ${`payments:sync:${paymentId}`}`
  expect(jobs).toHaveLength(1)
  expect(await db.audit.count({ where: { action: 'payment.read-again', subjectId: paymentId } })).toBe(1)
  expect(await requestSync(newId<'pay'>(), buyer.personId)).toEqual({ queued: false })
})

test('the list finds payments by state, method, text, processor id and day, and pages without gaps', async () => {
  const { paymentId } = await settledPayment([2_200n])
  const row = await db.payment.findUniqueOrThrow({ where: { id: paymentId }, include: { customer: true } })
  const today = businessDateIn(ZONE, row.createdAt)
  for (const query of [
    'show=settled',
    'method=card',
    `q=${row.number}`,
    `q=${encodeURIComponent(row.customer.name)}`,
    `q=${row.stripePaymentIntentId}`,
    `from=${today}&to=${today}`,
  ])
    expect
      .soft(
        (await find(query)).payments.map(({ id }) => id),
        query,
      )
      .toContain(paymentId)
  for (const query of [
    'show=failed',
    'method=imported',
    'q=nothing-of-this',
    `from=${addDays(today, 1)}`,
    `to=${addDays(today, -1)}`,
  ])
    expect
      .soft(
        (await find(query)).payments.map(({ id }) => id),
        query,
      )
      .not.toContain(paymentId)
  const all = (await find('')).payments
  const rest = await searchPayments(parsePaymentFilter(new URLSearchParams()).filter, {
    customerId: null,
    after: all[0]?.id ?? null,
    timeZone: ZONE,
  })
  expect(rest.payments.map(({ id }) => id)).toEqual(all.slice(1).map(({ id }) => id))
})

test('what cannot be read of an address is named, and the rest still filters', () => {
  const { filter, problems } = parsePaymentFilter(
    new URLSearchParams('show=lost&from=31.12.2026&method=card'),
  )
  expect(problems.map(({ field }) => field)).toEqual(['show', 'from'])
  expect(filter).toEqual({ show: 'all', method: 'card', text: null, from: null, to: null })
})

test('a write without a clear answer stands on the list of the day with its reason', async () => {
  await world.sandbox.control('POST', 'faults', { kind: 'timeout', path: '/v1/checkout/sessions', count: 2 })
  const buyer = await createBuyer([900n])
  const cart = await cartOf(buyer)
  await pay(world, buyer, cart, world.impatient)
  const trouble = (await listTroubles()).find(({ id }) => id === cart.paymentId)
  expect(trouble).toMatchObject({ reason: 'outcome-unknown', standing: 'checking' })
  expect((await find('show=unknown')).payments.map(({ id }) => id)).toEqual([cart.paymentId])
  await world.sandbox.control('POST', 'faults/clear')
})

test('a debit that its bank still has is no trouble until a day after it was expected', async () => {
  const buyer = await createBuyer([900n])
  const cart = await cartOf(buyer)
  await pay(world, buyer, cart)
  const { stripeCheckoutSessionId } = await db.payment.findUniqueOrThrow({ where: { id: cart.paymentId } })
  await enterCard(world, stripeCheckoutSessionId ?? '', { bank_account: '000123456789' })
  await deliverWebhooks(world)
  const isListed = async (): Promise<boolean> =>
    (await listTroubles()).some(({ id }) => id === cart.paymentId)
  await asOwner("UPDATE payment SET updated_at = now() - interval '3 days' WHERE id = $1", [cart.paymentId])
  expect(await isListed()).toBe(false)
  await asOwner("UPDATE payment SET expected_on = now() - interval '3 days' WHERE id = $1", [cart.paymentId])
  expect(await isListed()).toBe(true)
})

test('what was received counts per currency on the days that are asked for', async () => {
  const today = businessDateIn(ZONE, await readNow())
  const before = (await sumReceived(addDays(today, -6), addDays(today, 1)))[0]
  await settledPayment([777n])
  const after = (await sumReceived(addDays(today, -6), addDays(today, 1)))[0]
  expect((after?.amount.minor ?? 0n) - (before?.amount.minor ?? 0n)).toBe(777n)
  expect((after?.count ?? 0) - (before?.count ?? 0)).toBe(1)
  expect(await sumReceived(addDays(today, -90), addDays(today, -60))).toEqual([])
})

test('an event that is not worked off stands in the backlog', async () => {
  const before = await readWebhookBacklog()
  await db.$queryRaw`SELECT record_webhook(${JSON.stringify({
    id: 'evt_waiting',
    provider: 'stripe',
    type: 'charge.updated',
    objectId: 'ch_1',
    paymentId: null,
    payload: {},
    eventAt: new Date(),
  })}::jsonb, ${new Date()}) AS answer`
  const after = await readWebhookBacklog()
  expect(after.count).toBe(before.count + 1)
  expect(after.events.map(({ id }) => id)).toContain('evt_waiting')
})
