/** Refunds from asking to arriving, against the processor's stand-in: who approves, how much is left, what an unclear answer leaves. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newId, type PersonId } from '#app/books/ids.ts'
import { createStripeProcessor } from '#app/gateways/stripe/client.server.ts'
import { money } from '#app/money/money.ts'
import { sweepStale } from '#app/payments/reading/sweep-stale.server.ts'
import { syncPayment } from '#app/payments/reading/sync-payment.server.ts'
import { decideOnRefund } from '#app/payments/refunds/decide-refund.server.ts'
import { REFUND_TRANSITIONS } from '#app/payments/refunds/refund.ts'
import { findRefundable, listRefundQueue } from '#app/payments/refunds/refund-queries.server.ts'
import { declareWritesNeverSent } from '#app/payments/writes/declare-writes-never-sent.server.ts'
import { storedRequest } from '#app/payments/writes/provider-write.server.ts'
import { sendAttempt } from '#app/payments/writes/send-attempt.server.ts'
import { db } from '#app/platform/db.server.ts'
import { openAndHeld } from '#test/support/books.ts'
import {
  advanceProcessor,
  type CardWorld,
  createBuyer,
  deliverWebhooks,
  openCardWorld,
  openCheckout,
  paymentRow,
} from '#test/support/card-world.ts'
import {
  ask,
  breaches,
  held,
  hire,
  lettersOf,
  overpaid,
  paidBy,
  refundOf,
  refundRow,
  USD,
} from '#test/support/money-back.ts'
import { asOwner } from '#test/support/owner.ts'

const PENDING = '4000000000007726'
const FAILS_LATER = '4000000000005126'

let world: CardWorld
let clerk: { kind: 'staff'; personId: PersonId }
let manager: PersonId
beforeAll(async () => {
  world = await openCardWorld()
  clerk = { kind: 'staff', personId: await hire('clerk') }
  manager = await hire('manager')
})
afterAll(() => world.stop())
beforeEach(() => world.sandbox.control('DELETE', 'faults'))
afterEach(async () => expect(await breaches()).toEqual([]))

async function refundsAt(chargeId: string) {
  const { data } = await world.sandbox.stripe.refunds.list({ charge: chargeId, limit: 100 })
  return data
}

test('the database holds the same table of states as the rules', async () => {
  const moves = await db.$queryRaw<{ move: string }[]>`
    SELECT a || ' ' || b AS move FROM unnest(enum_range(NULL::refund_state)) a, unnest(enum_range(NULL::refund_state)) b WHERE refund_may_move(a, b)`
  const pairs = Object.entries(REFUND_TRANSITIONS).flatMap(([from, all]) => all.map((to) => `${from} ${to}`))
  expect(moves.map(({ move }) => move).toSorted()).toEqual(pairs.toSorted())
})

describe('a card refund', () => {
  test('in whole goes out at once, opens the invoices again, and leaves nothing to refund', async () => {
    const { buyer, paymentId, chargeId } = await paidBy(world, [3_000n, 2_000n])
    expect(await ask(world, paymentId, 5_000n, clerk)).toEqual({ ok: true, state: 'succeeded' })
    expect(await paymentRow(paymentId)).toMatchObject({ reversedMinor: 5_000n })
    expect((await openAndHeld(buyer.invoiceIds[0] ?? '')).open).toBe(3_000n)
    expect([await held(paymentId, 2400), await held(paymentId, 1200)]).toEqual([0n, 0n])
    expect(await refundsAt(chargeId)).toMatchObject([{ amount: 5_000, reason: 'requested_by_customer' }])
    expect(await lettersOf(buyer.customerId)).toEqual(['refund-made payer'])
    expect(await ask(world, paymentId, 1n, clerk)).toMatchObject({
      refusal: { code: 'REFUND_EXCEEDS', refundableMinor: '0' },
    })
    await deliverWebhooks(world)
    expect((await paymentRow(paymentId)).reversedMinor).toBe(5_000n)
  })

  test('in part takes what was applied last, or the invoice that a person chose', async () => {
    const { buyer, paymentId } = await paidBy(world, [3_000n, 2_000n])
    const chosen = buyer.invoiceIds[0] ?? ''
    const source = { kind: 'invoice', invoiceId: chosen } as const
    expect(await ask(world, paymentId, 3_001n, clerk, { source })).toMatchObject({
      refusal: { code: 'REFUND_EXCEEDS', refundableMinor: '3000' },
    })
    expect(await ask(world, paymentId, 500n, clerk, { source, reason: 'other' })).toMatchObject({ ok: true })
    expect((await openAndHeld(chosen)).open).toBe(500n)
    expect((await openAndHeld(buyer.invoiceIds[1] ?? '')).open).toBe(0n)
    expect(await findRefundable(paymentId)).toMatchObject({
      amount: { minor: 4_500n },
      credit: { minor: 0n },
      invoices: [{ amount: { minor: 2_500n } }, { amount: { minor: 2_000n } }],
      returnableUntil: null,
    })
  })

  test('that is pending rests in refunds payable until it has arrived', async () => {
    const { buyer, paymentId } = await paidBy(world, [3_000n], { card: PENDING })
    expect(await ask(world, paymentId, 1_000n, clerk)).toEqual({ ok: true, state: 'pending' })
    expect([await held(paymentId, 2400), await held(paymentId, 1200)]).toEqual([-1_000n, 3_000n])
    expect((await openAndHeld(buyer.invoiceIds[0] ?? '')).open).toBe(1_000n)
    expect((await listRefundQueue()).underWay).toMatchObject([{ paymentId, state: 'pending' }])
    await advanceProcessor(world, { seconds: 60 })
    await deliverWebhooks(world)
    expect((await refundOf(paymentId)).state).toBe('succeeded')
    expect([await held(paymentId, 2400), await held(paymentId, 1200)]).toEqual([0n, 2_000n])
  })

  test('that comes back is the customer’s payment again, and both sides are told', async () => {
    const { buyer, paymentId } = await paidBy(world, [3_000n], { card: FAILS_LATER })
    expect(await ask(world, paymentId, 3_000n, clerk)).toEqual({ ok: true, state: 'succeeded' })
    await advanceProcessor(world, { seconds: 60 })
    await deliverWebhooks(world)
    await syncPayment(world.processor, paymentId, 'sweep')
    expect(await refundOf(paymentId)).toMatchObject({
      state: 'failed',
      failureCode: 'expired_or_canceled_card',
    })
    expect(await paymentRow(paymentId)).toMatchObject({ reversedMinor: 0n, unallocatedMinor: 0n })
    expect((await openAndHeld(buyer.invoiceIds[0] ?? '')).open).toBe(0n)
    expect([await held(paymentId, 2400), await held(paymentId, 1200)]).toEqual([0n, 3_000n])
    expect(await lettersOf(buyer.customerId)).toEqual([
      'refund-made payer',
      'refund-failed payer',
      'refund-failed staff',
    ])
    expect(await db.exceptionCase.count({ where: { kind: 'refund.failed', subjectId: paymentId } })).toBe(1)
    // The money is there to be refunded another way, or once more.
    expect((await findRefundable(paymentId))?.amount.minor).toBe(3_000n)
  })

  test('that the processor refuses has failed, moves nothing, and frees its amount', async () => {
    const { buyer, paymentId } = await paidBy(world, [3_000n])
    await world.sandbox.control('POST', 'faults', { kind: 'status', status: 400, path: '/v1/refunds' })
    expect(await ask(world, paymentId, 3_000n, clerk)).toEqual({ ok: true, state: 'failed' })
    expect((await paymentRow(paymentId)).reversedMinor).toBe(0n)
    expect(await lettersOf(buyer.customerId)).toEqual(['refund-failed staff'])
    expect(await ask(world, paymentId, 3_000n, clerk)).toEqual({ ok: true, state: 'succeeded' })
  })
})

describe('an unclear answer', () => {
  /** Asks while the processor carries the refund out and is not heard. */
  async function askInTheDark(faults: object) {
    const paid = await paidBy(world, [3_000n])
    const config = { secretKey: 'sk_test_sandbox', webhookSecrets: ['whsec_tests'], timeoutMs: 400 }
    const api = { host: '127.0.0.1', port: world.sandbox.port, protocol: 'http' as const }
    const { createRefund } = createStripeProcessor({ ...config, api })
    await world.sandbox.control('POST', 'faults', {
      method: 'POST',
      path: '/v1/refunds',
      count: 2,
      ...faults,
    })
    const impatient = { processor: { ...world.processor, createRefund } }
    const asked = await ask(impatient, paid.paymentId, 1_000n, clerk)
    await world.sandbox.control('DELETE', 'faults')
    return { ...paid, asked }
  }

  test('after the work was done ends as one refund, read or sent again', async () => {
    const { paymentId, chargeId, asked } = await askInTheDark({ kind: 'timeout' })
    // The reading that follows each answer has seen it already.
    expect(asked).toEqual({ ok: true, state: 'succeeded' })
    const { attemptId } = await refundOf(paymentId)
    expect(await db.paymentAttempt.findUnique({ where: { id: attemptId ?? '' } })).toMatchObject({
      state: 'unknown',
    })
    expect(await sendAttempt(world.processor, attemptId ?? '')).toBe('answered')
    await deliverWebhooks(world)
    expect(await refundsAt(chargeId)).toHaveLength(1)
    expect((await paymentRow(paymentId)).reversedMinor).toBe(1_000n)
  })

  test('before the work leaves the refund on its way; the same key makes one later', async () => {
    const { paymentId, chargeId, asked } = await askInTheDark({ kind: 'timeout', stage: 'before' })
    expect(asked).toEqual({ ok: true, state: 'sent' })
    expect((await listRefundQueue()).underWay).toMatchObject([{ paymentId, isUnclear: true }])
    expect(await ask(world, paymentId, 2_001n, clerk)).toMatchObject({ refusal: { refundableMinor: '2000' } })
    const { attemptId } = await refundOf(paymentId)
    expect(await sendAttempt(world.processor, attemptId ?? '')).toBe('answered')
    expect(await refundsAt(chargeId)).toHaveLength(1)
    expect((await refundOf(paymentId)).state).toBe('succeeded')
  })

  test('older than its key is looked for by our reference, and given to a person when nothing is found', async () => {
    const age = (attemptId: string): Promise<void> =>
      asOwner(
        `UPDATE payment_attempt SET first_sent_at = first_sent_at - interval '25 hours' WHERE id = $1`,
        [attemptId],
      )
    const made = await askInTheDark({ kind: 'timeout' })
    const first = (await refundOf(made.paymentId)).attemptId ?? ''
    await age(first)
    expect(await sendAttempt(world.processor, first)).toBe('answered')
    const lost = await askInTheDark({ kind: 'timeout', stage: 'before' })
    const second = (await refundOf(lost.paymentId)).attemptId ?? ''
    await age(second)
    expect(await sendAttempt(world.processor, second)).toBe('unknown')
    expect(await refundsAt(lost.chargeId)).toHaveLength(0)
    expect(await db.exceptionCase.count({ where: { caseKey: `attempt.unknown:${second}` } })).toBe(1)
  })

  describe('a day old and still unknown', () => {
    async function lost() {
      const { paymentId, chargeId } = await askInTheDark({ kind: 'timeout', stage: 'before' })
      const attemptId = (await refundOf(paymentId)).attemptId ?? ''
      const age = (interval: string) =>
        asOwner(
          `UPDATE payment_attempt SET first_sent_at = first_sent_at - $2::interval, last_sent_at = last_sent_at - $2::interval WHERE id = $1`,
          [attemptId, interval],
        )
      return { paymentId, chargeId, attemptId, age }
    }

    test('a person ends it where the processor knows nothing; what it held can be asked for again', async () => {
      const { paymentId, chargeId, attemptId, age } = await lost()
      await age('23 hours 50 minutes')
      expect(await declareWritesNeverSent(world.processor, paymentId, manager)).toMatchObject({
        refusal: { code: 'NOTHING_UNHEARD' },
      })
      await age('10 minutes')
      await sendAttempt(world.processor, attemptId)
      expect(await declareWritesNeverSent(world.processor, paymentId, manager)).toEqual({ ok: true })
      expect(await refundOf(paymentId)).toMatchObject({ state: 'failed', failureCode: 'never_reached' })
      expect((await findRefundable(paymentId))?.amount.minor).toBe(3_000n)
      const unknown = { caseKey: `attempt.unknown:${attemptId}`, resolvedAt: null }
      expect(await db.exceptionCase.count({ where: unknown })).toBe(0)
      expect(await ask(world, paymentId, 3_000n, clerk)).toMatchObject({ state: 'succeeded' })
      expect(await refundsAt(chargeId)).toHaveLength(1)
    })

    test('it stays where the processor has it after all, and is booked should it show up later', async () => {
      const { paymentId, attemptId, age } = await lost()
      await age('25 hours')
      const stored = await db.paymentAttempt.findUniqueOrThrow({ where: { id: attemptId } })
      const { request } = stored
      const send = () => world.processor.createRefund(storedRequest.parse(request), stored.idempotencyKey)
      expect(await declareWritesNeverSent(world.processor, paymentId, manager)).toEqual({ ok: true })
      await send()
      await syncPayment(world.processor, paymentId, 'sweep')
      expect(await refundOf(paymentId)).toMatchObject({ state: 'succeeded', failureCode: null })
      expect([await held(paymentId, 1200), await held(paymentId, 2400)]).toEqual([2_000n, 0n])
      const failed = { kind: 'refund.failed', subjectId: paymentId, resolvedAt: null }
      expect(await db.exceptionCase.count({ where: failed })).toBe(0)

      const other = await askInTheDark({ kind: 'timeout' })
      const id = (await refundOf(other.paymentId)).attemptId ?? ''
      await asOwner(
        `UPDATE payment_attempt SET first_sent_at = first_sent_at - interval '25 hours', last_sent_at = last_sent_at - interval '25 hours' WHERE id = $1`,
        [id],
      )
      expect(await declareWritesNeverSent(world.processor, other.paymentId, manager)).toMatchObject({
        refusal: { code: 'WRITE_REACHED_PROVIDER' },
      })
      expect((await refundOf(other.paymentId)).state).not.toBe('failed')
    })
  })

  test('a refund whose process died before it was sent is swept up', async () => {
    const { paymentId, chargeId } = await paidBy(world, [3_000n])
    const deaf = { processor: { ...world.processor, createRefund: () => Promise.reject(new Error('died')) } }
    await expect(ask(deaf, paymentId, 1_000n, clerk)).rejects.toThrow('died')
    const { attemptId } = await refundOf(paymentId)
    await asOwner(
      `UPDATE payment_attempt SET state = 'recorded', created_at = created_at - interval '1 hour', first_sent_at = NULL, last_sent_at = NULL WHERE id = $1`,
      [attemptId],
    )
    await sweepStale()
    const jobs = await db.$queryRaw<{ count: bigint }[]>`
      SELECT count(*) FROM graphile_worker.jobs WHERE key = ${`payments:send-attempt:${attemptId}`} AND run_at <= now()`
    expect(jobs[0]?.count).toBe(1n)
    expect(await sendAttempt(world.processor, attemptId ?? '')).toBe('answered')
    expect(await refundsAt(chargeId)).toHaveLength(1)
  })
})

describe('four eyes', () => {
  test('above the limit a manager who did not ask decides; nothing is sent before', async () => {
    const { paymentId, chargeId } = await paidBy(world, [90_000n])
    const asker = { kind: 'staff', personId: await hire('manager') } as const
    const refundId = newId<'rfd'>()
    expect(await ask(world, paymentId, 50_001n, asker, { refundId })).toEqual({
      ok: true,
      state: 'requested',
    })
    expect(await refundsAt(chargeId)).toHaveLength(0)
    expect((await listRefundQueue()).waiting).toMatchObject([{ paymentId, needsManager: true }])
    const decide = (personId: PersonId, approve = true) =>
      decideOnRefund({ processor: world.processor, refundId, personId, approve, note: null })
    expect(await decide(asker.personId)).toMatchObject({ refusal: { code: 'REFUND_NEEDS_ANOTHER' } })
    expect(await decide(clerk.personId)).toMatchObject({ refusal: { code: 'REFUND_NEEDS_MANAGER' } })
    expect(await decide(newId<'per'>())).toMatchObject({ refusal: { code: 'REFUND_NEEDS_ANOTHER' } })
    expect(await decide(manager)).toEqual({ ok: true })
    expect(await decide(manager)).toEqual({ ok: true })
    expect(await decide(await hire('manager'), false)).toMatchObject({ refusal: { code: 'REFUND_DECIDED' } })
    expect(await refundRow(refundId)).toMatchObject({ state: 'succeeded', decidedBy: manager })
    expect(await refundsAt(chargeId)).toHaveLength(1)
  })

  test('parts of one payment do not slip below the limit one by one', async () => {
    const { paymentId } = await paidBy(world, [90_000n])
    expect(await ask(world, paymentId, 30_000n, clerk)).toMatchObject({ state: 'succeeded' })
    expect(await ask(world, paymentId, 20_000n, clerk)).toMatchObject({ state: 'succeeded' })
    expect(await ask(world, paymentId, 1n, clerk)).toMatchObject({ state: 'requested' })
  })

  test('declined, it moves nothing, and the amount can be asked for again', async () => {
    const { paymentId, chargeId } = await paidBy(world, [90_000n])
    const refundId = newId<'rfd'>()
    await ask(world, paymentId, 90_000n, clerk, { refundId })
    expect(await ask(world, paymentId, 1n, clerk)).toMatchObject({ refusal: { refundableMinor: '0' } })
    const decision = { processor: world.processor, refundId, personId: manager, note: 'Goods were kept' }
    expect(await decideOnRefund({ ...decision, approve: false })).toEqual({ ok: true })
    expect(await refundRow(refundId)).toMatchObject({ state: 'declined', decisionNote: 'Goods were kept' })
    expect(await refundsAt(chargeId)).toHaveLength(0)
    expect((await findRefundable(paymentId))?.amount.minor).toBe(90_000n)
  })

  test('the application itself cannot write who approved', async () => {
    await expect(db.refund.updateMany({ data: { decidedBy: manager } })).rejects.toThrow('permission denied')
  })
})

describe('a buyer', () => {
  test('asks for credit of that payment back, never for more, and a person decides', async () => {
    const { buyer, paymentId } = await overpaid(world)
    expect((await paymentRow(paymentId)).unallocatedMinor).toBe(1_500n)
    const by = { kind: 'buyer', personId: buyer.personId, customerId: buyer.customerId } as const
    expect(await ask(world, paymentId, 1_501n, by)).toMatchObject({
      refusal: { code: 'REFUND_EXCEEDS', refundableMinor: '1500' },
    })
    const refundId = newId<'rfd'>()
    expect(await ask(world, paymentId, 1_500n, by, { refundId })).toEqual({ ok: true, state: 'requested' })
    const decision = { processor: world.processor, refundId, personId: clerk.personId, note: null }
    expect(await decideOnRefund({ ...decision, approve: true })).toEqual({ ok: true })
    expect(await paymentRow(paymentId)).toMatchObject({ unallocatedMinor: 0n, reversedMinor: 1_500n })
    expect((await openAndHeld(buyer.invoiceIds[0] ?? '')).open).toBe(0n)
  })

  test('who asks for it in parts does not get them past the limit with one clerk', async () => {
    const { buyer, paymentId } = await overpaid(world)
    const updatedAt = new Date()
    await db.paymentPolicy.create({ data: { currency: 'USD', secondApprovalMinor: 1_000n, updatedAt } })
    const by = { kind: 'buyer', personId: buyer.personId, customerId: buyer.customerId } as const
    const decide = async (personId: PersonId) => {
      const refundId = newId<'rfd'>()
      await ask(world, paymentId, 600n, by, { refundId })
      const decision = { processor: world.processor, refundId, approve: true, note: null }
      return {
        again: () => decideOnRefund({ ...decision, personId: manager }),
        answer: await decideOnRefund({ ...decision, personId }),
      }
    }
    expect((await decide(clerk.personId)).answer).toEqual({ ok: true })
    const second = await decide(await hire('clerk'))
    await asOwner('DELETE FROM payment_policy')
    expect(second.answer).toMatchObject({ refusal: { code: 'REFUND_NEEDS_MANAGER' } })
    expect(await second.again()).toEqual({ ok: true })
  })

  test('of another customer is told that there is no such payment', async () => {
    const { paymentId } = await paidBy(world, [3_000n])
    const { personId, customerId } = await createBuyer([])
    expect(await ask(world, paymentId, 1n, { kind: 'buyer', personId, customerId })).toMatchObject({
      refusal: { code: 'PAYMENT_NOT_FOUND' },
    })
  })

  test('who is declined gets a letter with the reason', async () => {
    const { buyer, paymentId } = await overpaid(world)
    const by = { kind: 'buyer', personId: buyer.personId, customerId: buyer.customerId } as const
    const refundId = newId<'rfd'>()
    await ask(world, paymentId, 100n, by, { refundId })
    const decision = {
      processor: world.processor,
      refundId,
      personId: clerk.personId,
      note: 'Owed elsewhere',
    }
    await decideOnRefund({ ...decision, approve: false })
    expect(await lettersOf(buyer.customerId)).toEqual(['refund-declined payer'])
  })
})

describe('the same form', () => {
  test('twice is one refund; with another amount it is refused', async () => {
    const { paymentId, chargeId } = await paidBy(world, [3_000n])
    const refundId = newId<'rfd'>()
    const both = await Promise.all([
      ask(world, paymentId, 1_000n, clerk, { refundId }),
      ask(world, paymentId, 1_000n, clerk, { refundId }),
    ])
    expect(both.map(({ ok }) => ok)).toEqual([true, true])
    expect(await ask(world, paymentId, 1_001n, clerk, { refundId })).toMatchObject({
      refusal: { code: 'REFUND_SUBMITTED_DIFFERENTLY' },
    })
    expect(await refundsAt(chargeId)).toHaveLength(1)
  })

  test('sixteen at once never take more than the payment', async () => {
    const { paymentId, chargeId } = await paidBy(world, [3_000n])
    const all = await Promise.all(Array.from({ length: 16 }, () => ask(world, paymentId, 700n, clerk)))
    expect(all.filter(({ ok }) => ok)).toHaveLength(4)
    expect(all.filter(({ ok }) => !ok)).toHaveLength(12)
    const refunds = await refundsAt(chargeId)
    expect(refunds.reduce((sum, { amount }) => sum + amount, 0)).toBe(2_800)
    expect((await paymentRow(paymentId)).reversedMinor).toBe(2_800n)
  })
})

describe('a bank debit', () => {
  const BANK = { bank_account: '000123456789' }

  test('is refunded in whole only, unless the supplier’s account takes parts', async () => {
    const { paymentId } = await paidBy(world, [30_000n], BANK)
    expect(await ask(world, paymentId, 10_000n, clerk)).toMatchObject({
      refusal: { code: 'REFUND_ONLY_WHOLE', refundableMinor: '30000' },
    })
    expect(await findRefundable(paymentId)).toMatchObject({
      isWholeOnly: true,
      returnableUntil: expect.any(String),
    })
    const updatedAt = new Date()
    await db.paymentPolicy.create({ data: { currency: 'USD', achPartialRefund: true, updatedAt } })
    // The account at the stand-in takes no parts, whatever we think: its word is the last.
    expect(await ask(world, paymentId, 10_000n, clerk)).toEqual({ ok: true, state: 'failed' })
    await asOwner('DELETE FROM payment_policy')
  })

  test('takes days to go back, and rests in refunds payable meanwhile', async () => {
    const { paymentId } = await paidBy(world, [30_000n], BANK)
    expect(await ask(world, paymentId, 30_000n, clerk)).toEqual({ ok: true, state: 'pending' })
    expect(await held(paymentId, 2400)).toBe(-30_000n)
    await advanceProcessor(world, { businessDays: 5 })
    await deliverWebhooks(world)
    expect((await refundOf(paymentId)).state).toBe('succeeded')
    expect(await held(paymentId, 2400)).toBe(0n)
  })

  test('is refunded within 180 days', async () => {
    const { paymentId } = await paidBy(world, [30_000n], BANK)
    await asOwner(`UPDATE payment SET settled_on = settled_on - 181 WHERE id = $1`, [paymentId])
    expect(await ask(world, paymentId, 30_000n, clerk)).toMatchObject({
      refusal: { code: 'REFUND_TOO_LATE' },
    })
    await asOwner(`UPDATE payment SET settled_on = settled_on + 1 WHERE id = $1`, [paymentId])
    expect(await ask(world, paymentId, 30_000n, clerk)).toMatchObject({ ok: true })
  })
})

test('a payment that did not come through the processor, or has not settled, is not refunded here', async () => {
  const buyer = await createBuyer([3_000n])
  const { paymentId } = await openCheckout(world, buyer)
  expect(await ask(world, paymentId, 1_000n, clerk)).toMatchObject({
    refusal: { code: 'REFUND_NOT_OFFERED' },
  })
  const settled = await paidBy(world, [3_000n])
  const wrong = { amount: money(0n, USD) }
  expect(await ask(world, settled.paymentId, 0n, clerk, wrong)).toMatchObject({
    refusal: { code: 'AMOUNT_NOT_POSITIVE' },
  })
})
