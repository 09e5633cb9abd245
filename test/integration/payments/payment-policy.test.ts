/** The supplier's rules of paying, per currency. */
import { expect, test } from 'vitest'
import { parseCurrency } from '#app/money/currencies.ts'
import { readPaymentPolicy } from '#app/payments/policy/payment-policy.server.ts'
import { db } from '#app/platform/db.server.ts'
import { NOW } from '#test/support/books.ts'

test('a currency without rules of its own has the defaults of the columns', async () => {
  const unset = await readPaymentPolicy(parseCurrency('EUR'))
  await db.paymentPolicy.create({ data: { currency: 'EUR', updatedAt: NOW } })
  expect(await readPaymentPolicy(parseCurrency('EUR'))).toEqual(unset)
})

test('the rules of a currency are its own', async () => {
  await db.paymentPolicy.create({
    data: { currency: 'USD', allowPartial: false, secondApprovalMinor: 1n, updatedAt: NOW },
  })
  expect(await readPaymentPolicy(parseCurrency('USD'))).toMatchObject({
    currency: 'USD',
    allowPartial: false,
    secondApprovalMinor: 1n,
  })
  expect(await readPaymentPolicy(parseCurrency('CHF'))).toMatchObject({
    currency: 'CHF',
    allowPartial: true,
    secondApprovalMinor: 50_000n,
  })
})
