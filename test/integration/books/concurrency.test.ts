import { beforeAll, expect, test } from 'vitest'
import { newId } from '#app/books/ids.ts'
import { checkSqlInvariants } from '#app/books/invariants/check-invariants.server.ts'
import { db, withRetry } from '#app/platform/db.server.ts'
import { seededRandom } from '#scripts/seeded-random.ts'
import {
  advancePayment,
  applyCredit,
  closeDispute,
  createCustomer,
  createSupplier,
  issueCredit,
  issueInvoice,
  NOW,
  openAndHeld,
  openDispute,
  openPayment,
  type PostingAnswer,
  restorePayment,
  reversePayment,
  settlePayment,
} from '#test/support/books.ts'

const SEED = Number(process.env.TEST_SEED ?? 20_261_123)

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

/** What may be said to the one who comes second; anything else is a defect. */
const TOLD = new Set([
  'AMOUNT_HELD',
  'AMOUNT_EXCEEDS_PAYABLE',
  'CREDIT_EXCEEDS_REMAINING',
  'DISPUTE_EXCEEDS_OPEN',
  'DISPUTE_CLOSED',
  'REVERSAL_EXCEEDS_PAYMENT',
  'WRITE_OFF_EXCEEDS_PAYABLE',
])

test('16 workers that pay, cancel, credit, dispute, refund and write off the same invoices: each is served or told why, the books stay sound', async () => {
  const customer = await createCustomer()
  const invoices: string[] = []
  for (let index = 0; index < 6; index += 1) invoices.push(await issueInvoice(customer, 40_000n))
  const credit = await issueCredit(customer, 50_000n)
  const settled: string[] = []
  const disputes: string[] = []
  const reversals: string[] = []
  const served = new Map<string, number>()
  const told = new Map<string, number>()

  const worker = async (seed: number): Promise<void> => {
    const random = seededRandom(seed)
    const below = (count: number): number => random.between(0, count - 1)
    const one = (ids: readonly string[]): string => ids[below(ids.length)] ?? newId()
    const deeds: Record<string, () => Promise<PostingAnswer>> = {
      pay: async () => {
        const chosen = new Set(Array.from({ length: 1 + below(3) }, () => one(invoices)))
        const items = [...chosen].map((invoiceId) => ({ invoiceId, amountMinor: BigInt(1 + below(2_000)) }))
        const opened = await openPayment(customer, items)
        if (!opened.ok) return opened
        if (below(4) === 0) return advancePayment(opened.paymentId, 'canceled')
        settled.push(opened.paymentId)
        return settlePayment(
          opened.paymentId,
          items.reduce((total, { amountMinor }) => total + amountMinor, 0n),
        )
      },
      credit: () => applyCredit(credit, one(invoices), BigInt(1 + below(1_500))),
      dispute: async () => {
        const opened = await openDispute(customer, one(invoices), BigInt(1 + below(2_000)))
        if (opened.ok) disputes.push(opened.disputeId)
        return opened
      },
      close: () => closeDispute(one(disputes), below(2) === 0 ? 'rejected' : 'accepted'),
      refund: async () => {
        const providerId = newId()
        const answer = await reversePayment(one(settled), BigInt(1 + below(1_500)), providerId)
        if (answer.ok) reversals.push(providerId)
        return answer
      },
      restore: () => restorePayment(one(reversals)),
      writeOff: () => writeOff(one(invoices), BigInt(1 + below(500))),
    }
    const names = ['pay', 'pay', 'pay', ...Object.keys(deeds)]
    for (let round = 0; round < 25; round += 1) {
      const name = one(names)
      const answer = await withRetry(deeds[name] as () => Promise<PostingAnswer>)
      const counts = answer.ok ? served : told
      const key = answer.ok ? name : (answer.refusal?.code ?? 'no code')
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
  }
  await Promise.all(Array.from({ length: 16 }, (_, index) => worker(SEED + index)))
  // A record that nobody has made yet is no answer to a race.
  for (const code of ['DISPUTE_NOT_FOUND', 'PAYMENT_NOT_FOUND', 'REVERSAL_NOT_FOUND']) told.delete(code)
  expect([...told.keys()].filter((code) => !TOLD.has(code))).toEqual([])
  expect(served.size).toBe(7)
  expect((await checkSqlInvariants()).filter((result) => result.count > 0)).toEqual([])
})

test('a dispute and a payment of the whole invoice at once: one is served, the other is told why', async () => {
  const customer = await createCustomer()
  for (let round = 0; round < 20; round += 1) {
    const invoiceId = await issueInvoice(customer, 1_000n)
    const [paid, disputed] = await Promise.all([
      withRetry(() => openPayment(customer, [{ invoiceId, amountMinor: 1_000n }])),
      withRetry(() => openDispute(customer, invoiceId, 1_000n)),
    ])
    expect([paid.ok, disputed.ok].filter(Boolean)).toHaveLength(1)
    const refused = paid.ok ? disputed : paid
    expect(TOLD).toContain(refused.refusal?.code)
    expect(await openAndHeld(invoiceId)).toEqual({ open: 1_000n, held: 1_000n })
  }
})

async function writeOff(invoiceId: string, amountMinor: bigint): Promise<PostingAnswer> {
  const rows = await db.$queryRaw<{ answer: PostingAnswer }[]>`
    SELECT request_write_off(${newId()}::uuid, ${invoiceId}::uuid, ${amountMinor}, 'uncollectible', ${newId()}::uuid, ${NOW}) AS answer`
  return rows[0]?.answer as PostingAnswer
}
