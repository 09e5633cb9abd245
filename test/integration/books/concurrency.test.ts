import { beforeAll, expect, test } from 'vitest'
import { newId } from '#app/books/ids.ts'
import { checkSqlInvariants } from '#app/books/invariants/check-invariants.server.ts'
import { db, withRetry } from '#app/platform/db.server.ts'
import {
  advancePayment,
  applyCredit,
  createCustomer,
  createSupplier,
  issueCredit,
  issueInvoice,
  openAndHeld,
  openPayment,
  settlePayment,
} from '#test/support/books.ts'

beforeAll(createSupplier)

test('50 equal requests at once make one payment', async () => {
  const customer = await createCustomer()
  const invoiceId = await issueInvoice(customer, 1_000n)
  const id = newId()
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => openPayment(customer, [{ invoiceId, amountMinor: 1_000n }], { id })),
  )
  expect(answers.filter((answer) => answer.created === true)).toHaveLength(1)
  expect(answers.every((answer) => answer.ok)).toBe(true)
  expect(await db.payment.count({ where: { customerId: customer } })).toBe(1)
})

test('50 different forms for the same invoices make one payment and 49 refusals that link to it', async () => {
  const customer = await createCustomer()
  const items = [
    { invoiceId: await issueInvoice(customer, 1_000n), amountMinor: 1_000n },
    { invoiceId: await issueInvoice(customer, 2_000n), amountMinor: 2_000n },
  ]
  const answers = await Promise.all(Array.from({ length: 50 }, () => openPayment(customer, items)))
  const winners = answers.filter((answer) => answer.ok)
  expect(winners).toHaveLength(1)
  for (const answer of answers.filter((each) => !each.ok)) {
    expect(answer.refusal).toMatchObject({ code: 'AMOUNT_HELD', paymentId: winners[0]?.paymentId })
  }
})

test('50 parallel applications of one credit never apply more than there is', async () => {
  const customer = await createCustomer()
  const credit = await issueCredit(customer, 1_000n)
  const invoiceId = await issueInvoice(customer, 100_000n)
  const answers = await Promise.all(Array.from({ length: 50 }, () => applyCredit(credit, invoiceId, 30n)))
  expect(answers.filter((answer) => answer.ok)).toHaveLength(33)
  expect(await openAndHeld(invoiceId)).toEqual({ open: 100_000n - 990n, held: 0n })
})

test('16 workers that pay, cancel and credit the same invoices never deadlock and keep the books sound', async () => {
  const customer = await createCustomer()
  const invoices: string[] = []
  for (let index = 0; index < 8; index += 1) invoices.push(await issueInvoice(customer, 100_000n))
  const credit = await issueCredit(customer, 50_000n)
  const worker = async (seed: number): Promise<void> => {
    let state = seed
    const random = (below: number): number => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
      return state % below
    }
    for (let round = 0; round < 12; round += 1) {
      const chosen = new Set(Array.from({ length: 1 + random(4) }, () => invoices[random(8)] as string))
      const items = [...chosen].map((invoiceId) => ({ invoiceId, amountMinor: BigInt(1 + random(300)) }))
      if (random(4) === 0) {
        await withRetry(() => applyCredit(credit, items[0]?.invoiceId as string, 5n))
        continue
      }
      const { ok, paymentId } = await openPayment(customer, items)
      if (!ok) continue
      if (random(3) === 0) await advancePayment(paymentId, 'canceled')
      else
        await settlePayment(
          paymentId,
          items.reduce((total, item) => total + item.amountMinor, 0n),
        )
    }
  }
  await Promise.all(Array.from({ length: 16 }, (_, index) => worker(index + 1)))
  expect((await checkSqlInvariants()).filter((result) => result.count > 0)).toEqual([])
})
