/** A day of card payments on both sides, and readings of the processor's books that a test may change. */
import pg from 'pg'
import { createStripeBooks } from '#app/gateways/stripe/balance/client.server.ts'
import { movementKind } from '#app/gateways/stripe/balance/movement-kinds.ts'
import type { PayoutReading, ProviderBooks, TransactionReading } from '#app/gateways/stripe/balance/port.ts'
import { db } from '#app/platform/db.server.ts'
import { parseBusinessDate } from '#app/platform/time.ts'
import { BOOKS_CURSOR } from '#app/reconciliation/provider/read-provider-books.server.ts'
import { reconcile } from '#app/reconciliation/runs/reconcile.server.ts'
import {
  type CardWorld,
  createBuyer,
  deliverWebhooks,
  enterCard,
  openCardWorld,
  openCheckout,
} from '#test/support/card-world.ts'
import { testDatabase } from '#test/support/database.ts'
import { eventually } from '#test/support/sandbox.ts'

const HOUR_MS = 3_600_000

export type ReconcileWorld = CardWorld & {
  /** The sandbox's books as they are. */
  sandboxBooks: ProviderBooks
  /** The same, with what the test changes. */
  books: ProviderBooks
  /** What the processor says beyond, or other than, what the sandbox says. */
  readings: {
    change: (reading: TransactionReading) => TransactionReading | null
    more: TransactionReading[]
    payouts: { payout: PayoutReading; items: readonly string[] }[]
  }
}

/** The real sandbox, whose books are read through what the test changes in them. */
export async function openReconcileWorld(): Promise<ReconcileWorld> {
  const world = await openCardWorld()
  const readings: ReconcileWorld['readings'] = { change: (reading) => reading, more: [], payouts: [] }
  const config = { host: '127.0.0.1', port: world.sandbox.port, protocol: 'http' as const }
  const real = createStripeBooks({ secretKey: 'sk_test_sandbox', api: config })
  const books: ProviderBooks = {
    async listTransactions(of, after) {
      if ('payoutId' in of) {
        const items = readings.payouts.find(({ payout }) => payout.payoutId === of.payoutId)?.items ?? []
        const all = await real.listTransactions({ from: new Date(0), until: null }, null)
        return {
          readings: [...all.readings, ...readings.more].filter((each) => items.includes(each.transactionId)),
          next: null,
        }
      }
      const page = await real.listTransactions(of, after)
      const last = page.next === null && of.until === null ? readings.more : []
      return {
        readings: [...page.readings, ...last].flatMap((each) => readings.change(each) ?? []),
        next: page.next,
      }
    },
    listPayouts: async () => ({ readings: readings.payouts.map(({ payout }) => payout), next: null }),
    readPayout: async (id) => readings.payouts.find(({ payout }) => payout.payoutId === id)?.payout ?? null,
  }
  return { ...world, sandboxBooks: real, books, readings }
}

/**
 * Compares as if some hours had passed, so that nothing is merely young, and with all of the processor's books read anew.
 * Without a world nothing is read. Answers the differences that are open then.
 */
export async function reconcileLater(
  world: Pick<ReconcileWorld, 'books'> | null,
  options: { hours?: number; rpcUrl?: string } = {},
): Promise<{ kind: string; subject: string | null }[]> {
  const now = new Date(Date.now() + (options.hours ?? 3) * HOUR_MS)
  await db.providerCursor.deleteMany({ where: { provider: BOOKS_CURSOR } })
  await reconcile({ books: world?.books ?? null, rpcUrl: options.rpcUrl, now })
  return openDifferences()
}

/** The differences that wait for a person. */
export async function openDifferences(): Promise<{ kind: string; subject: string | null }[]> {
  const cases = await db.exceptionCase.findMany({
    where: { resolvedAt: null, kind: { startsWith: 'reconcile.' } },
    orderBy: { caseKey: 'asc' },
  })
  return cases.map(({ kind, subjectId }) => ({ kind: kind.slice('reconcile.'.length), subject: subjectId }))
}

/** Payments by card of these amounts, settled on both sides. Answers their rows in that order. */
export async function payByCard(world: CardWorld, amounts: readonly bigint[]) {
  const ids = []
  for (const amount of amounts) {
    const { paymentId, checkoutId } = await openCheckout(world, await createBuyer([amount]))
    await enterCard(world, checkoutId)
    ids.push(paymentId)
  }
  await untilMoved(world)
  await deliverWebhooks(world)
  const rows = await db.payment.findMany({ where: { id: { in: ids } } })
  return ids.map((id) => {
    const row = rows.find((each) => each.id === id)
    if (row === undefined || row.stripeChargeId === null) throw new Error('nothing was charged')
    return { ...row, chargeId: row.stripeChargeId }
  })
}

/** The processor books a charge a moment after it took it: waits until none is without its movement. */
export async function untilMoved(world: CardWorld): Promise<void> {
  await eventually(async () => {
    for await (const charge of world.sandbox.stripe.charges.list({ limit: 100 }))
      if (charge.status === 'succeeded' && charge.balance_transaction === null) return null
    return true
  })
}

/** A movement in the processor's books that the sandbox does not have. */
export function movement(overrides: Partial<TransactionReading> = {}): TransactionReading {
  const amountMinor = overrides.amountMinor ?? 5_000n
  const feeMinor = overrides.feeMinor ?? 0n
  const { type = 'charge', reportingCategory = 'charge' } = overrides
  const createdAt = overrides.createdAt ?? new Date()
  return {
    transactionId: 'txn_crafted',
    type,
    reportingCategory,
    currency: 'USD',
    sourceId: 'ch_crafted',
    sourceCustomerId: null,
    sourceReference: null,
    status: 'available',
    createdAt,
    availableAt: createdAt,
    isRounded: false,
    kind: movementKind(type, reportingCategory),
    ...overrides,
    amountMinor,
    feeMinor,
    netMinor: amountMinor - feeMinor,
  }
}

/** A payout that was paid today and whose movements are told. */
export function payout(overrides: Partial<PayoutReading> = {}): PayoutReading {
  return {
    payoutId: 'po_crafted',
    amountMinor: 5_000n,
    currency: 'USD',
    status: 'paid',
    arrivalDate: parseBusinessDate(new Date().toISOString().slice(0, 10)),
    isAutomatic: true,
    isItemised: true,
    failureCode: null,
    traceId: 'TRACE1',
    createdAt: new Date(),
    ...overrides,
  }
}

/** The payout's own movement: what leaves the processor's balance when it is made. */
export function movementOf({ payoutId, amountMinor, currency }: PayoutReading): TransactionReading {
  return movement({
    transactionId: `txn_${payoutId}`,
    type: 'payout',
    reportingCategory: 'payout',
    amountMinor: -amountMinor,
    currency,
    sourceId: payoutId,
  })
}

/** Changes what nobody may change, with all guards off. */
export async function asSuperuser(sql: string, values: readonly unknown[] = []): Promise<void> {
  const client = new pg.Client(testDatabase.superuserUrl)
  await client.connect()
  try {
    await client.query('SET session_replication_role = replica')
    await client.query(sql, [...values])
  } finally {
    await client.end()
  }
}
