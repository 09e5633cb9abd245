import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { checkSqlInvariants } from '#app/books/invariants/check-invariants.server.ts'
import { db } from '#app/platform/db.server.ts'
import { createCustomer, createSupplier } from '#test/support/books.ts'
import { emptyModel, type Model, STEPS, type Step } from '#test/support/subledger-model.ts'

/**
 * Random histories against a model in memory: what the books must answer after every operation, and hold at the end.
 * BOOKS_SEEDS and BOOKS_OPERATIONS change the counts. A failing seed is printed; TEST_SEED replays it.
 */
const SEEDS = Number(process.env.BOOKS_SEEDS ?? 200)
const OPERATIONS = Number(process.env.BOOKS_OPERATIONS ?? 300)
/** Histories of different customers go on beside each other. */
const LANES = 4
/** Far enough apart that runs with neighbouring seeds share no history. */
const LANE_STEP = 10_000_019
const FIRST_SEED = Number(process.env.TEST_SEED ?? Math.floor(Math.random() * 2 ** 31))

beforeAll(createSupplier)

const operation = fc.record({
  // What makes money move comes more often than what takes it away.
  kind: fc.constantFrom(
    ...([
      'invoice',
      'invoice',
      'open',
      'open',
      'open',
      'settle',
      'settle',
      'settle',
      'end',
      'reverse',
      'restore',
    ] as const),
    ...(['credit', 'apply', 'applyRest', 'writeOff', 'manual', 'dispute', 'closeDispute'] as const),
  ),
  pick: fc.nat({ max: 1_000 }),
  other: fc.nat({ max: 1_000 }),
  amount: fc.bigInt({ min: 1n, max: 2_000n }),
  flag: fc.boolean(),
})

async function expectBooksEqual(model: Model): Promise<void> {
  const { customerId } = model
  const invoices = await db.invoice.findMany({ where: { customerId } })
  const stored = new Map(invoices.map((invoice) => [invoice.id, [invoice.openMinor, invoice.heldMinor]]))
  for (const invoice of model.invoices) expect(stored.get(invoice.id)).toEqual([invoice.open, invoice.held])
  const unapplied = await db.payment.aggregate({ where: { customerId }, _sum: { unallocatedMinor: true } })
  expect(unapplied._sum.unallocatedMinor ?? 0n).toBe(
    model.payments.reduce((total, payment) => total + payment.unapplied, 0n),
  )
  const owed =
    model.invoices.reduce((total, invoice) => total + invoice.total, 0n) -
    model.invoices.reduce((total, invoice) => total + invoice.open, 0n)
  const applied = await db.allocation.aggregate({
    where: { invoice: { customerId } },
    _sum: { amountMinor: true },
  })
  expect(applied._sum.amountMinor ?? 0n).toBe(owed)
}

async function runHistory(history: readonly (Step & { kind: keyof typeof STEPS })[]): Promise<void> {
  const model = emptyModel(await createCustomer())
  for (const { kind, ...step } of history) await STEPS[kind](model, step)
  await expectBooksEqual(model)
}

/** A part of the histories, one after the other, with seeds of its own. */
async function runLane(lane: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(
      fc.array(operation, { minLength: OPERATIONS, maxLength: OPERATIONS, size: 'max' }),
      runHistory,
    ),
    { numRuns: Math.ceil(SEEDS / LANES), endOnFailure: true, seed: FIRST_SEED + lane * LANE_STEP },
  )
}

test(`${SEEDS} random histories of ${OPERATIONS} operations end where the model ends`, {
  timeout: 3_600_000,
}, async () => {
  await Promise.all(Array.from({ length: LANES }, (_, lane) => runLane(lane)))
  expect((await checkSqlInvariants()).filter((result) => result.count > 0)).toEqual([])
})
