/** Each kind of difference is made, found alone and under its own name, and gone again when its cause is. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { encodeId, newId } from '#app/books/ids.ts'
import type { TransactionReading } from '#app/gateways/stripe/balance/port.ts'
import { db } from '#app/platform/db.server.ts'
import { createBuyer, deliverWebhooks, enterCard, openCheckout } from '#test/support/card-world.ts'
import {
  asSuperuser,
  movement,
  movementOf,
  openReconcileWorld,
  payByCard,
  payout,
  type ReconcileWorld,
  reconcileLater,
  untilMoved,
} from '#test/support/reconcile-world.ts'

let world: ReconcileWorld
let payments: Awaited<ReturnType<typeof payByCard>>
let charged: { id: string; source: string; net: number }[]
beforeAll(async () => {
  world = await openReconcileWorld()
  payments = await payByCard(world, [10_000n, 20_000n, 30_000n])
  const { data } = await world.sandbox.stripe.balanceTransactions.list({ limit: 10 })
  charged = data.map(({ id, source, net }) => ({ id, source: String(source), net }))
  const one = charged.at(-1)
  if (one === undefined) throw new Error('nothing was charged')
  const paid = payout({ amountMinor: BigInt(one.net) })
  world.readings.more = [movementOf(paid)]
  world.readings.payouts = [{ payout: paid, items: [one.id, 'txn_po_crafted'] }]
  expect(await reconcileLater(world)).toEqual([])
}, 120_000)
afterAll(() => world.stop())

const chargeId = (): string => payments[1]?.chargeId ?? ''
const transactionId = (): string => charged.find(({ source }) => source === chargeId())?.id ?? ''

/** The processor says this of our second charge, until it is taken back. */
function sayOfCharge(said: Partial<TransactionReading> | null): () => void {
  world.readings.change = (reading) =>
    reading.transactionId !== transactionId() ? reading : said && { ...reading, ...said }
  return () => {
    world.readings.change = (reading) => reading
  }
}

/** The processor has one movement more, until it is taken back. */
function sayMore(overrides: Partial<TransactionReading>): () => Promise<void> {
  const extra = movement({ transactionId: `txn_${newId()}`, ...overrides })
  world.readings.more.push(extra)
  return async () => {
    world.readings.more = world.readings.more.filter((each) => each !== extra)
    await asSuperuser('DELETE FROM provider_transaction WHERE id = $1', [extra.transactionId])
  }
}

type Seed = { kind: string; subject: string; undo: () => unknown; books?: null }

const SEEDS: Record<string, () => Seed | Promise<Seed>> = {
  'a charge that no payment explains': () => ({
    kind: 'missing-in-books',
    subject: 'ch_stranger',
    undo: sayMore({ sourceId: 'ch_stranger' }),
  }),
  'a refund that was made at the processor and never told': () => ({
    kind: 'missing-in-books',
    subject: 're_stranger',
    undo: sayMore({
      sourceId: 're_stranger',
      type: 'refund',
      reportingCategory: 'refund',
      amountMinor: -700n,
    }),
  }),
  'money that the portal knows nothing of': () => ({
    kind: 'missing-in-books',
    subject: 'tu_stranger',
    undo: sayMore({ sourceId: 'tu_stranger', type: 'topup', reportingCategory: 'topup' }),
  }),
  'a payment that the processor does not know': async () => {
    const undo = sayOfCharge(null)
    await asSuperuser('DELETE FROM provider_transaction WHERE id = $1', [transactionId()])
    return { kind: 'extra-in-books', subject: chargeId(), undo }
  },
  'another amount at the processor': () => ({
    kind: 'amount-differs',
    subject: chargeId(),
    undo: sayOfCharge({ amountMinor: 20_100n, netMinor: 20_100n - 610n }),
  }),
  'another fee at the processor': () => ({
    kind: 'fee-differs',
    subject: chargeId(),
    undo: sayOfCharge({ feeMinor: 617n, netMinor: 20_000n - 617n }),
  }),
  'another currency at the processor': () => ({
    kind: 'currency-differs',
    subject: chargeId(),
    undo: sayOfCharge({ currency: 'EUR' }),
  }),
  'a day that is a week off': () => ({
    kind: 'date-differs',
    subject: chargeId(),
    undo: sayOfCharge({ createdAt: new Date(Date.now() - 8 * 86_400_000) }),
  }),
  'money at the processor for a payment that is not settled here': async () => {
    const { checkoutId, paymentId } = await openCheckout(world, await createBuyer([4_000n]))
    await enterCard(world, checkoutId)
    await untilMoved(world)
    const { data } = await world.sandbox.stripe.charges.list({ limit: 1 })
    expect(data[0]?.metadata.payment_id).toBe(encodeId('pay', paymentId))
    return { kind: 'status-differs', subject: data[0]?.id ?? '', undo: () => deliverWebhooks(world) }
  },
  'a debit that came back and stands in the books': () => ({
    kind: 'status-differs',
    subject: chargeId(),
    undo: sayMore({
      sourceId: chargeId(),
      type: 'payment_failure_refund',
      reportingCategory: 'charge_failure',
      amountMinor: -20_000n,
      createdAt: new Date(Date.now() - 10 * 86_400_000),
    }),
  }),
  'a second charge for one payment': () => ({
    kind: 'duplicate',
    subject: 'ch_second',
    undo: sayMore({ sourceId: 'ch_second', sourceReference: encodeId('pay', payments[1]?.id ?? '') }),
  }),
  'the same charge twice': () => ({
    kind: 'duplicate',
    subject: chargeId(),
    undo: sayMore({ sourceId: chargeId(), amountMinor: 20_000n }),
  }),
  'two payments on one charge': async () => {
    const other = payments[2]
    await asSuperuser('UPDATE payment SET stripe_charge_id = $1 WHERE id = $2', [chargeId(), other?.id])
    await asSuperuser('DELETE FROM provider_transaction WHERE source_id = $1', [other?.chargeId])
    world.readings.change = (reading) => (reading.sourceId === other?.chargeId ? null : reading)
    const undo = async () => {
      world.readings.change = (reading) => reading
      await asSuperuser('UPDATE payment SET stripe_charge_id = $1 WHERE id = $2', [
        other?.chargeId,
        other?.id,
      ])
    }
    return { kind: 'duplicate', subject: chargeId(), undo }
  },
  'another customer at the processor': () => ({
    kind: 'wrong-customer',
    subject: chargeId(),
    undo: sayOfCharge({ sourceCustomerId: 'cus_another' }),
  }),
  'a payout whose movements do not sum to it': async () => {
    const item = 'UPDATE provider_transaction SET payout_id = $2 WHERE id = $1'
    await asSuperuser(item, [charged.at(-1)?.id, null])
    const undo = () => asSuperuser(item, [charged.at(-1)?.id, 'po_crafted'])
    return { kind: 'payout-unmatched', subject: 'po_crafted', undo }
  },
  'a payout that was paid and is not booked': async () => {
    await asSuperuser(
      `DELETE FROM posting WHERE journal_id = (SELECT journal_id FROM provider_payout WHERE id = 'po_crafted')`,
    )
    await asSuperuser(`DELETE FROM journal WHERE posting_key = 'payout.paid:po_crafted'`)
    await asSuperuser(`UPDATE provider_payout SET journal_id = NULL WHERE id = 'po_crafted'`)
    // Without the processor nothing is read and so nothing is booked; the next reading books it.
    return { kind: 'payout-unmatched', subject: 'po_crafted', undo: () => {}, books: null }
  },
  'a payout that is not on the statement of its day': async () => {
    await asSuperuser(`INSERT INTO bank_statement (id, file_name, file_sha256, format, currency, from_on, to_on, created_at)
      VALUES (gen_random_uuid(), 'all.csv', 'all', 'csv', 'USD', current_date - 9, current_date + 9, now())`)
    const undo = () => asSuperuser('DELETE FROM bank_statement')
    return { kind: 'payout-unmatched', subject: 'po_crafted', undo }
  },
  'a line of the bank that nothing explains': async () => {
    const [statement, line] = [newId(), newId()]
    await asSuperuser(
      `INSERT INTO bank_statement (id, file_name, file_sha256, format, currency, created_at) VALUES ($1, 'one.csv', 'one', 'csv', 'USD', now())`,
      [statement],
    )
    await asSuperuser(
      `INSERT INTO bank_line (id, statement_id, line_no, line_key, booked_on, amount_minor, currency)
       VALUES ($1, $2, 1, 'one', current_date - 10, 1234, 'USD'), (gen_random_uuid(), $2, 2, 'two', current_date, 99, 'USD')`,
      [line, statement],
    )
    const undo = () => asSuperuser(`UPDATE bank_line SET state = 'ignored', note = 'Interest.'`)
    return { kind: 'bank-line-unmatched', subject: `bank:${line}`, undo }
  },
}

test.each(Object.entries(SEEDS))('%s', async (_name, seed) => {
  const { kind, subject, undo, books } = await seed()
  try {
    expect(await reconcileLater(books === null ? null : world)).toEqual([{ kind, subject }])
    const found = await db.exceptionCase.findFirstOrThrow({ where: { subjectId: subject, resolvedAt: null } })
    expect(found.detail).toMatchObject({
      cause: expect.stringMatching(/\.$/),
      owner: expect.stringMatching(/^(ar|finance|operations)$/),
    })
  } finally {
    await undo()
  }
  expect(await reconcileLater(world)).toEqual([])
})
