/** What the processor takes of a payment and gives back, in any order and of any amount: the books hold what the processor holds. */
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { newId } from '#app/books/ids.ts'
import { checkSqlInvariants } from '#app/books/invariants/check-invariants.server.ts'
import { db } from '#app/platform/db.server.ts'
import {
  createCustomer,
  createSupplier,
  issueInvoice,
  NOW,
  openPayment,
  settlePayment,
} from '#test/support/books.ts'

beforeAll(createSupplier)

const RECEIVED = 1_040n
const [CLEARING, PENDING, RECEIVABLE] = [1200, 1400, 1100]

/** Two invoices of 500, one with a discount of 20; a surcharge of 30 and 30 on account. */
async function paidPayment(): Promise<string> {
  const customerId = await createCustomer()
  const [first, second] = [await issueInvoice(customerId, 500n), await issueInvoice(customerId, 500n)]
  const terms = { discountUntil: '2026-03-01', discountBasis: 'settled' } as const
  const items = [
    { invoiceId: first, amountMinor: 480n, discountMinor: 20n, ...terms },
    { invoiceId: second, amountMinor: 500n },
  ]
  const parts = { surchargeMinor: 30n, onAccountMinor: 30n }
  const { paymentId } = await openPayment(customerId, items, parts)
  await settlePayment(paymentId, RECEIVED)
  return paymentId
}

async function holds(paymentId: string, account: number): Promise<bigint> {
  const rows = await db.$queryRaw<{ sum: bigint | null }[]>`
    SELECT sum(q.amount_minor)::bigint AS sum FROM posting q JOIN journal j ON j.id = q.journal_id
     WHERE q.account_code = ${account} AND (j.record_id = ${paymentId}::uuid
       OR j.record_id IN (SELECT id FROM adjustment WHERE payment_id = ${paymentId}::uuid))`
  return rows[0]?.sum ?? 0n
}

async function take(paymentId: string, providerId: string, amountMinor: bigint): Promise<void> {
  const taking = {
    id: newId(),
    paymentId,
    kind: 'chargeback',
    amountMinor: amountMinor.toString(),
    providerId,
  }
  const body = JSON.stringify({ ...taking, effectiveOn: '2026-03-02' })
  await db.$queryRaw`SELECT take_from_payment(${body}::jsonb, ${NOW})::text`
}

async function giveBack(providerId: string): Promise<void> {
  const body = JSON.stringify({ id: newId(), providerId, effectiveOn: '2026-03-05' })
  await db.$queryRaw`SELECT give_back_to_payment(${body}::jsonb, ${NOW})::text`
}

const step = fc.record({
  isTaken: fc.boolean(),
  pick: fc.nat({ max: 100 }),
  amount: fc.bigInt({ min: 1n, max: 1_500n }),
  isTwice: fc.boolean(),
})

test('whatever is taken and given back, clearing says what the processor holds, and nothing is lost', {
  timeout: 300_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (history) => {
      const paymentId = await paidPayment()
      const standing = new Map<string, bigint>()
      for (const { isTaken, pick, amount, isTwice } of history) {
        const known = [...standing.keys()]
        const chosen = known[pick % Math.max(known.length, 1)]
        const providerId = isTaken || chosen === undefined ? newId() : chosen
        for (let time = 0; time < (isTwice ? 2 : 1); time += 1)
          await (providerId === chosen ? giveBack(providerId) : take(paymentId, providerId, amount))
        if (providerId === chosen) standing.delete(providerId)
        else standing.set(providerId, amount)
        const taken = [...standing.values()].reduce((sum, each) => sum + each, 0n)
        expect(await holds(paymentId, CLEARING)).toBe(RECEIVED - taken)
        expect(await holds(paymentId, PENDING)).toBe(taken > RECEIVED ? taken - RECEIVED : 0n)
      }
      for (const providerId of standing.keys()) await giveBack(providerId)
      expect([await holds(paymentId, CLEARING), await holds(paymentId, PENDING)]).toEqual([RECEIVED, 0n])
      const { reversedMinor, unallocatedMinor } = await db.payment.findUniqueOrThrow({
        where: { id: paymentId },
      })
      expect(reversedMinor).toBe(0n)
      // What paid the invoices and their discount do so again; only what was on account is credit.
      expect([await holds(paymentId, RECEIVABLE), unallocatedMinor]).toEqual([-1_000n, 30n])
    }),
    { numRuns: 25, endOnFailure: true },
  )
  expect((await checkSqlInvariants()).filter(({ count }) => count > 0)).toEqual([])
})
