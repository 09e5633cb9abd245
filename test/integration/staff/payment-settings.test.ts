/** A manager sets the rules of paying per currency; what changed is in the audit log. In a browser without scripts. */
import { beforeAll, expect, test } from 'vitest'
import { parseCurrency } from '#app/money/currencies.ts'
import { readPaymentPolicy } from '#app/payments/policy/payment-policy.server.ts'
import { db } from '#app/platform/db.server.ts'
import { createCustomer, createSupplier, issueInvoice } from '#test/support/books.ts'
import { openPortal, type Portal } from '#test/support/portal.ts'
import { type StaffVisitor, staffVisitor, withoutScripts } from '#test/support/staff-portal.ts'

const PAGE = '/staff/settings/payments'
let portal: Portal
let manager: StaffVisitor

beforeAll(async () => {
  await createSupplier()
  const customer = await createCustomer()
  await issueInvoice(customer, 1_000n)
  await issueInvoice(customer, 1_000n, { currency: 'JPY' })
  portal = await openPortal()
  manager = await staffVisitor(portal, 'manager')
}, 120_000)

const AMOUNTS = {
  minPartialMinor: '25',
  toleranceMinor: '0.50',
  secondApprovalMinor: '750.00',
  autopayCapMinor: '',
}

test('rules are saved for their currency alone, and the log tells what changed', async () => {
  const shown = await manager.read(`${PAGE}?currency=USD`)
  for (const words of ['value="500.00"', 'currency=JPY', 'Second person above, USD'])
    expect.soft(shown).toContain(words)
  const saved = await manager.post(PAGE, {
    currency: 'USD',
    ...AMOUNTS,
    allowPartial: 'yes',
    creditsNeedApproval: 'yes',
  })
  expect(saved.headers.get('location')).toBe(`${PAGE}?currency=USD&saved`)
  expect(await readPaymentPolicy(parseCurrency('USD'))).toEqual({
    ...{
      currency: 'USD',
      allowPartial: true,
      minPartialMinor: 2_500n,
      toleranceMinor: 50n,
      shortNeedsReason: false,
    },
    ...{
      creditsFirst: false,
      creditsNeedApproval: true,
      allowOverpayment: false,
      secondApprovalMinor: 75_000n,
    },
    ...{ achPartialRefund: false, autopayCapMinor: null },
  })
  expect((await readPaymentPolicy(parseCurrency('JPY'))).allowOverpayment).toBe(true)
  const [entry] = await db.audit.findMany({ where: { action: 'payment-policy.changed' } })
  expect(entry).toMatchObject({ actorId: manager.personId, subjectId: 'USD' })
  expect(entry?.detail).toMatchObject({ secondApprovalMinor: '50000 → 75000', creditsFirst: 'true → false' })
})

test('saving the same again writes no line in the log', async () => {
  const count = await db.audit.count({ where: { action: 'payment-policy.changed' } })
  await manager.post(PAGE, { currency: 'USD', ...AMOUNTS, allowPartial: 'yes', creditsNeedApproval: 'yes' })
  expect(await db.audit.count({ where: { action: 'payment-policy.changed' } })).toBe(count)
})

test('amounts that cannot be read are named, nothing is saved, and what was typed is kept', async () => {
  const answer = await manager.post(PAGE, {
    currency: 'JPY',
    ...AMOUNTS,
    toleranceMinor: '-1',
    allowOverpayment: 'yes',
  })
  expect(answer.status).toBe(400)
  const page = withoutScripts(await answer.text())
  for (const words of ['Tolerance: Enter an amount of nothing or more in JPY, such as 500.', 'value="-1"'])
    expect.soft(page).toContain(words)
  expect(await db.paymentPolicy.count({ where: { currency: 'JPY' } })).toBe(0)
})

test('clerks do not see the page', async () => {
  const clerk = await staffVisitor(portal, 'clerk')
  await expect(clerk.read(PAGE)).rejects.toThrow('403')
  expect((await clerk.post(PAGE, { currency: 'USD', ...AMOUNTS })).status).toBe(403)
})
