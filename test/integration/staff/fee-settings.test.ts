/** Card fees and discounts as a manager sets them; a clerk does not. */
import { beforeAll, expect, test } from 'vitest'
import { readSurchargeRule } from '#app/payments/fees/read-surcharge-rule.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db } from '#app/platform/db.server.ts'
import { addDays, type BusinessDate, businessDateIn } from '#app/platform/time.ts'
import { createCustomer, createSupplier } from '#test/support/books.ts'
import { openPortal, type Portal } from '#test/support/portal.ts'
import { type StaffVisitor, staffVisitor } from '#test/support/staff-portal.ts'

const PATH = '/staff/settings/fees'
let portal: Portal
let manager: StaffVisitor
let today: BusinessDate

beforeAll(async () => {
  await createSupplier()
  portal = await openPortal()
  manager = await staffVisitor(portal, 'manager')
  today = businessDateIn('America/New_York', await readNow())
}, 120_000)

const fee = (over: Record<string, string> = {}) => ({
  intent: 'surcharge',
  rate: '2.9 %',
  networks: 'Visa 3\nmastercard 4',
  states: 'ct 0, CO 2',
  'review-on': addDays(today, 90),
  ...over,
})
const term = (over: Record<string, string> = {}) => ({
  intent: 'term',
  customer: '',
  'discount-rate': '2',
  days: '10',
  basis: 'initiated',
  'valid-from': today,
  'on-partials': 'on',
  ...over,
})

test('a manager sets the card fee; a new rule ends the one before, and both are in the audit log', async () => {
  expect((await manager.post(PATH, fee())).headers.get('location')).toBe(`${PATH}?done=surcharge`)
  expect(await readSurchargeRule(today)).toEqual({
    rateBps: 290,
    networkCaps: { visa: 300, mastercard: 400 },
    stateCaps: { CT: 0, CO: 200 },
    reviewOn: addDays(today, 90),
  })
  await manager.post(PATH, fee({ rate: '2.5' }))
  expect((await readSurchargeRule(today))?.rateBps).toBe(250)
  expect(await readSurchargeRule(addDays(today, -1))).toBeNull()
  expect(await db.audit.count({ where: { action: 'surcharge.set', actorId: manager.personId } })).toBe(2)
  expect(await manager.read(PATH)).toContain('value="2.5"')
})

test.each([
  ['rate', { rate: '4.01' }],
  ['networks', { networks: 'visa' }],
  ['states', { states: 'Connecticut 0' }],
  ['review-on', { 'review-on': '2020-01-01' }],
])('a card fee with a wrong %s is refused at its box, with everything kept', async (field, over) => {
  const before = await db.surchargeRule.count()
  const answer = await manager.post(PATH, fee(over))
  const html = await answer.text()
  expect(answer.status).toBe(400)
  expect(html).toContain(`href="#${field}"`)
  expect(html).toContain(over[field as keyof typeof over])
  expect(await db.surchargeRule.count()).toBe(before)
})

test('discount terms are added for all or for one customer, and ended', async () => {
  const customerId = await createCustomer({ number: 'C-4711' })
  expect((await manager.post(PATH, term())).status).toBe(303)
  expect((await manager.post(PATH, term({ customer: 'C-4711', 'discount-rate': '3' }))).status).toBe(303)
  const own = await db.discountTerm.findFirstOrThrow({ where: { customerId } })
  expect(own).toMatchObject({
    rateBps: 300,
    days: 10,
    basis: 'initiated',
    onPartials: true,
    excludesTax: false,
  })
  const unknown = await manager.post(PATH, term({ customer: 'C-0' }))
  expect([unknown.status, await unknown.text()]).toEqual([400, expect.stringContaining('no such customer')])
  const wrong = await (await manager.post(PATH, term({ days: 'ten', 'discount-rate': '0' }))).text()
  expect(wrong).toContain('href="#days"')
  expect(wrong).toContain('href="#discount-rate"')
  expect((await manager.post(PATH, { end: own.id })).status).toBe(303)
  expect((await db.discountTerm.findUniqueOrThrow({ where: { id: own.id } })).validTo).not.toBeNull()
  expect((await manager.post(PATH, { end: own.id })).status).toBe(404)
})

test('a clerk neither sees nor changes them', async () => {
  const clerk = await staffVisitor(portal, 'clerk')
  await expect(clerk.read(PATH)).rejects.toThrow('403')
  expect((await clerk.post(PATH, fee())).status).toBe(403)
})
