/** Chargebacks against the processor's stand-in: where the money rests, when the invoices open, what may be answered. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { asId, newId, type PaymentId, type PersonId } from '#app/books/ids.ts'
import type { DisputeReading } from '#app/gateways/stripe/port.ts'
import { answerChargeback } from '#app/payments/chargebacks/answer-chargeback.server.ts'
import { CHARGEBACK_MONEY_TRANSITIONS, CHARGEBACK_TRANSITIONS } from '#app/payments/chargebacks/chargeback.ts'
import {
  countUnanswered,
  findChargeback,
  listChargebacks,
} from '#app/payments/chargebacks/chargeback-queries.server.ts'
import { sweepStale } from '#app/payments/reading/sweep-stale.server.ts'
import { syncPayment } from '#app/payments/reading/sync-payment.server.ts'
import { sendAttempt } from '#app/payments/writes/send-attempt.server.ts'
import { db } from '#app/platform/db.server.ts'
import { openAndHeld } from '#test/support/books.ts'
import {
  advanceProcessor,
  type CardWorld,
  deliverWebhooks,
  openCardWorld,
  paymentRow,
} from '#test/support/card-world.ts'
import { ask, breaches, held, hire, lettersOf, paidBy } from '#test/support/money-back.ts'
import { asOwner } from '#test/support/owner.ts'

const INQUIRY = '4000000000001976'
const TWO_DISPUTES = '4000000404000079'

let world: CardWorld
let personId: PersonId
beforeAll(async () => {
  world = await openCardWorld()
  personId = await hire('clerk')
})
afterAll(() => world.stop())
beforeEach(() => world.sandbox.control('DELETE', 'faults'))
afterEach(async () => expect(await breaches()).toEqual([]))

async function move(paymentId: PaymentId, name: string): Promise<void> {
  const { stripePaymentIntentId } = await paymentRow(paymentId)
  await world.sandbox.control('POST', `payments/${stripePaymentIntentId}/${name}`)
  await deliverWebhooks(world)
}

async function chargebackOf(paymentId: PaymentId) {
  const { id } = await db.chargeback.findFirstOrThrow({ where: { paymentId } })
  const found = await findChargeback(asId<'cbk'>(id))
  if (found === null) throw new Error('it is gone')
  return found
}

async function letTheBankDecide(): Promise<void> {
  await advanceProcessor(world, { seconds: 86_400 })
  await deliverWebhooks(world)
}

/** A payment of 30.00 whose card's bank takes it back. */
async function disputed() {
  const paid = await paidBy(world, [3_000n])
  await move(paid.paymentId, 'dispute?reason=fraudulent')
  return { ...paid, invoiceId: paid.buyer.invoiceIds[0] ?? '' }
}

test.each([
  ['chargeback_state', 'chargeback_may_move', CHARGEBACK_TRANSITIONS],
  ['chargeback_money', 'chargeback_money_may_move', CHARGEBACK_MONEY_TRANSITIONS],
] as const)('the database holds the same table of %s as the rules', async (kind, _rule, table) => {
  const moves =
    kind === 'chargeback_state'
      ? await db.$queryRaw<{ move: string }[]>`
          SELECT a || ' ' || b AS move FROM unnest(enum_range(NULL::chargeback_state)) a, unnest(enum_range(NULL::chargeback_state)) b WHERE chargeback_may_move(a, b)`
      : await db.$queryRaw<{ move: string }[]>`
          SELECT a || ' ' || b AS move FROM unnest(enum_range(NULL::chargeback_money)) a, unnest(enum_range(NULL::chargeback_money)) b WHERE chargeback_money_may_move(a, b)`
  const pairs = Object.entries<readonly string[]>(table).flatMap(([from, all]) =>
    all.map((to) => `${from} ${to}`),
  )
  expect(moves.map((each) => each.move).toSorted()).toEqual(pairs.toSorted())
})

describe('a card’s chargeback', () => {
  test('takes the money out of clearing and leaves the invoices paid while the bank decides', async () => {
    const { buyer, paymentId, invoiceId } = await disputed()
    expect(await chargebackOf(paymentId)).toMatchObject({
      ...{ state: 'needs_response', money: 'withdrawn', amount: { minor: 3_000n }, reason: 'fraudulent' },
      ...{ networkCode: '10.4', evidenceDueAt: expect.any(Date), answer: null },
    })
    expect([await held(paymentId, 1400), await held(paymentId, 1200)]).toEqual([3_000n, 0n])
    expect((await openAndHeld(invoiceId)).open).toBe(0n)
    expect(await lettersOf(buyer.customerId)).toEqual(['chargeback-opened staff', 'chargeback-opened payer'])
    expect((await listChargebacks(true)).map(({ payment }) => payment.id)).toContain(paymentId)
    await syncPayment(world.processor, paymentId, 'sweep')
    expect(await held(paymentId, 1400)).toBe(3_000n)
  })

  test('that is lost opens the invoices, out of chargebacks pending', async () => {
    const { buyer, paymentId, invoiceId } = await disputed()
    await move(paymentId, 'dispute_lose')
    expect(await chargebackOf(paymentId)).toMatchObject({ state: 'lost', money: 'lost' })
    expect([await held(paymentId, 1400), await held(paymentId, 1200)]).toEqual([0n, 0n])
    expect((await openAndHeld(invoiceId)).open).toBe(3_000n)
    expect(await db.paymentReversal.findMany({ where: { paymentId } })).toMatchObject([
      { kind: 'chargeback', amountMinor: 3_000n, reason: 'fraudulent' },
    ])
    expect(await lettersOf(buyer.customerId)).toContain('chargeback-lost payer')
  })

  test('that is won puts the money back, and the invoices were never open', async () => {
    const { buyer, paymentId, invoiceId } = await disputed()
    await move(paymentId, 'dispute_win')
    await syncPayment(world.processor, paymentId, 'sweep')
    expect(await chargebackOf(paymentId)).toMatchObject({ state: 'won', money: 'reinstated' })
    expect([await held(paymentId, 1400), await held(paymentId, 1200)]).toEqual([0n, 3_000n])
    expect((await openAndHeld(invoiceId)).open).toBe(0n)
    expect(await lettersOf(buyer.customerId)).toContain('chargeback-won staff')
    expect((await listChargebacks(false)).map(({ payment }) => payment.id)).toContain(paymentId)
  })

  test('and its end, first heard of together, are booked alike', async () => {
    const { paymentId, invoiceId } = await paidBy(world, [3_000n]).then((paid) => ({
      ...paid,
      invoiceId: paid.buyer.invoiceIds[0] ?? '',
    }))
    const { stripePaymentIntentId } = await paymentRow(paymentId)
    await world.sandbox.control('POST', `payments/${stripePaymentIntentId}/dispute?reason=general`)
    await world.sandbox.control('POST', `payments/${stripePaymentIntentId}/dispute_lose`)
    await deliverWebhooks(world)
    expect([await held(paymentId, 1400), await held(paymentId, 1200)]).toEqual([0n, 0n])
    expect((await openAndHeld(invoiceId)).open).toBe(3_000n)
  })

  test('is read again by itself while it is open, should its events be lost', async () => {
    const { paymentId } = await disputed()
    await asOwner(`UPDATE payment SET synced_at = synced_at - interval '2 hours' WHERE id = $1`, [paymentId])
    await sweepStale()
    const jobs = await db.$queryRaw<{ count: bigint }[]>`
      SELECT count(*) FROM graphile_worker.jobs WHERE key = ${`payments:sync:${paymentId}`}`
    expect(jobs[0]?.count).toBe(1n)
  })

  test('forbids a refund while it is open', async () => {
    const { paymentId } = await disputed()
    expect(await ask(world, paymentId, 100n, { kind: 'staff', personId })).toMatchObject({
      refusal: { code: 'REFUND_CHARGED_BACK' },
    })
  })

  test('over half of the payment, twice, is two of them', async () => {
    const { paymentId } = await paidBy(world, [3_001n], { card: TWO_DISPUTES })
    await world.sandbox.control('POST', 'clock/advance', { seconds: 60 })
    await deliverWebhooks(world)
    expect(await db.chargeback.findMany({ where: { paymentId } })).toMatchObject([
      { amountMinor: 1_500n },
      { amountMinor: 1_500n },
    ])
    expect(await held(paymentId, 1400)).toBe(3_000n)
  })
})

describe('an inquiry', () => {
  test('moves nothing, and is over when it is closed; a refund is still possible', async () => {
    const { buyer, paymentId } = await paidBy(world, [3_000n], { card: INQUIRY })
    await world.sandbox.control('POST', 'clock/advance', { seconds: 60 })
    await deliverWebhooks(world)
    expect(await chargebackOf(paymentId)).toMatchObject({ state: 'inquiry', money: 'none' })
    expect(await held(paymentId, 1400)).toBe(0n)
    expect(await lettersOf(buyer.customerId)).toEqual(['chargeback-opened staff'])
    expect(await ask(world, paymentId, 100n, { kind: 'staff', personId })).toMatchObject({ ok: true })
    await move(paymentId, 'dispute_win')
    expect((await chargebackOf(paymentId)).state).toBe('inquiry_closed')
  })

  test('that becomes a chargeback takes the money then', async () => {
    const { buyer, paymentId } = await paidBy(world, [3_000n], { card: INQUIRY })
    await world.sandbox.control('POST', 'clock/advance', { seconds: 60 })
    await deliverWebhooks(world)
    const { id: chargebackId } = await chargebackOf(paymentId)
    const evidence = 'escalate_inquiry_evidence'
    const answer = { processor: world.processor, chargebackId, attemptId: newId(), personId, evidence }
    expect(await answerChargeback(answer)).toEqual({ ok: true })
    await letTheBankDecide()
    expect(await held(paymentId, 1400)).toBe(3_000n)
    expect(await lettersOf(buyer.customerId)).toContain('chargeback-opened payer')
  })
})

describe('an answer', () => {
  const evidenceFor = (chargebackId: ReturnType<typeof newId<'cbk'>>, evidence: string | null) => ({
    ...{ processor: world.processor, chargebackId, attemptId: newId(), personId, evidence },
  })

  test.each([
    ['winning_evidence', 'won', 0n],
    ['losing_evidence', 'lost', 3_000n],
  ])('of %s is %s', async (evidence, state, open) => {
    const { paymentId, invoiceId } = await disputed()
    const { id } = await chargebackOf(paymentId)
    expect(await answerChargeback(evidenceFor(id, evidence))).toEqual({ ok: true })
    expect((await chargebackOf(paymentId)).state).toBe('under_review')
    await letTheBankDecide()
    expect(await chargebackOf(paymentId)).toMatchObject({
      ...{ state, evidenceText: evidence, evidenceSentAt: expect.any(Date), answer: 'answered' },
    })
    expect((await openAndHeld(invoiceId)).open).toBe(open)
  })

  test('that gives up is lost at once', async () => {
    const { paymentId, invoiceId } = await disputed()
    const { id } = await chargebackOf(paymentId)
    const before = await countUnanswered()
    expect(await answerChargeback(evidenceFor(id, null))).toEqual({ ok: true })
    expect(await countUnanswered()).toBe(before - 1)
    expect(await chargebackOf(paymentId)).toMatchObject({ state: 'lost', acceptedAt: expect.any(Date) })
    expect((await openAndHeld(invoiceId)).open).toBe(3_000n)
    expect(await answerChargeback(evidenceFor(id, 'too late'))).toMatchObject({
      refusal: { code: 'CHARGEBACK_NOT_OPEN' },
    })
  })

  test('is taken once, by the same form as by another', async () => {
    const { paymentId } = await disputed()
    const { id } = await chargebackOf(paymentId)
    const form = evidenceFor(id, 'The goods were signed for.')
    await Promise.all([answerChargeback(form), answerChargeback(form)])
    expect(await answerChargeback(form)).toEqual({ ok: true })
    expect((await chargebackOf(paymentId)).state).toBe('under_review')
    expect(await answerChargeback(evidenceFor(id, 'And more.'))).toMatchObject({ ok: false })
    expect(await db.paymentAttempt.count({ where: { paymentId, operation: 'disputes.update' } })).toBe(1)
  })

  test('that nobody heard of blocks another, and is found to have arrived', async () => {
    const { paymentId } = await disputed()
    const { id } = await chargebackOf(paymentId)
    const form = evidenceFor(id, 'The goods were signed for.')
    await world.sandbox.control('POST', 'faults', {
      ...{ kind: 'status', status: 500, path: '/v1/disputes', method: 'POST', count: 2 },
    })
    await answerChargeback(form)
    await world.sandbox.control('DELETE', 'faults')
    expect((await chargebackOf(paymentId)).answer).toBe('unknown')
    expect(await answerChargeback(evidenceFor(id, null))).toMatchObject({
      refusal: { code: 'CHARGEBACK_UNDER_CHECK' },
    })
    expect(await sendAttempt(world.processor, form.attemptId)).toBe('answered')
    expect(await chargebackOf(paymentId)).toMatchObject({ evidenceSentAt: expect.any(Date) })
  })
})

describe('news that the stand-in does not bring', () => {
  /** Reads a payment with one dispute changed. */
  async function read(paymentId: PaymentId, change: Partial<DisputeReading>): Promise<void> {
    const listDisputes = async (chargeId: string) =>
      (await world.processor.listDisputes(chargeId)).map((each) => ({ ...each, ...change }))
    await syncPayment({ ...world.processor, listDisputes }, paymentId, 'sweep')
  }

  test('an appeal that is won brings back what was lost', async () => {
    const { paymentId, invoiceId } = await disputed()
    await move(paymentId, 'dispute_lose')
    await read(paymentId, { state: 'under_review' })
    await read(paymentId, { state: 'won', isReinstated: true })
    expect(await chargebackOf(paymentId)).toMatchObject({ state: 'won', money: 'reinstated' })
    expect((await openAndHeld(invoiceId)).open).toBe(0n)
    expect([await held(paymentId, 1400), await held(paymentId, 1200)]).toEqual([0n, 3_000n])
  })

  test('one that the network prevented opens the invoices when the money is gone', async () => {
    const { paymentId, invoiceId } = await disputed()
    await read(paymentId, { state: 'prevented' })
    expect(await chargebackOf(paymentId)).toMatchObject({ state: 'prevented', money: 'lost' })
    expect((await openAndHeld(invoiceId)).open).toBe(3_000n)
  })

  test('a won one that is lost after all is for a person', async () => {
    const { paymentId } = await disputed()
    await move(paymentId, 'dispute_win')
    await read(paymentId, { state: 'lost' })
    expect((await chargebackOf(paymentId)).state).toBe('won')
    expect(
      await db.exceptionCase.count({ where: { kind: 'chargeback.strange', subjectId: paymentId } }),
    ).toBe(1)
  })

  test('one over more than is left of the payment is booked whole: the rest is a claim, and a person is told', async () => {
    const { buyer, paymentId } = await paidBy(world, [3_000n])
    const invoiceId = buyer.invoiceIds[0] ?? ''
    expect(await ask(world, paymentId, 2_000n, { kind: 'staff', personId })).toMatchObject({ ok: true })
    const { stripePaymentIntentId } = await paymentRow(paymentId)
    await world.sandbox.control('POST', `payments/${stripePaymentIntentId}/dispute`)
    await read(paymentId, { amountMinor: 3_000n, state: 'lost' })
    expect(await chargebackOf(paymentId)).toMatchObject({ money: 'lost', state: 'lost' })
    expect((await openAndHeld(invoiceId)).open).toBe(3_000n)
    expect([await held(paymentId, 1400), await held(paymentId, 1200)]).toEqual([2_000n, -2_000n])
    const cases = { kind: 'payment.overdrawn', subjectId: paymentId, resolvedAt: null }
    expect(await db.exceptionCase.count({ where: cases })).toBe(1)

    await read(paymentId, { amountMinor: 3_000n, state: 'won', isReinstated: true })
    await read(paymentId, { amountMinor: 3_000n, state: 'won', isReinstated: true })
    expect((await openAndHeld(invoiceId)).open).toBe(2_000n)
    expect([await held(paymentId, 1400), await held(paymentId, 1200)]).toEqual([0n, 1_000n])
    expect(await db.exceptionCase.count({ where: cases })).toBe(0)
  })
})
