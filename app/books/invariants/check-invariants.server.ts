import { BOOKS_INVARIANTS } from '#app/books/invariants/books.server.ts'
import { CASH_INVARIANTS } from '#app/books/invariants/cash.server.ts'
import type { Invariant } from '#app/books/invariants/invariant.ts'
import { LEDGER_EVENT_INVARIANTS } from '#app/books/invariants/ledger-events.server.ts'
import { PAYMENT_INVARIANTS } from '#app/books/invariants/payments.server.ts'
import { PAYOUT_INVARIANTS } from '#app/books/invariants/payouts.server.ts'
import { db, type Tx } from '#app/platform/db.server.ts'

/** Every invariant that SQL alone can check, in the order of the report. */
export const SQL_INVARIANTS: readonly Invariant[] = [
  ...BOOKS_INVARIANTS,
  ...PAYMENT_INVARIANTS,
  ...CASH_INVARIANTS,
  ...PAYOUT_INVARIANTS,
  ...LEDGER_EVENT_INVARIANTS,
]

export type Breach = { readonly subject: string; readonly detail: string }
export type InvariantResult = {
  readonly name: string
  readonly meaning: string
  /** How many places break it; `breaches` shows the first of them. */
  readonly count: number
  readonly breaches: readonly Breach[]
}

/** How many breaches of one invariant a report shows. */
export const SHOWN_BREACHES = 20

/** Checks every SQL invariant on one snapshot, so that work going on meanwhile cannot look like a breach. */
export async function checkSqlInvariants(): Promise<InvariantResult[]> {
  return db.$transaction((tx) => checkIn(tx), { isolationLevel: 'RepeatableRead', timeout: 600_000 })
}

async function checkIn(tx: Tx): Promise<InvariantResult[]> {
  const results: InvariantResult[] = []
  for (const { name, meaning, breaches } of SQL_INVARIANTS) {
    const found = await tx.$queryRaw<Breach[]>(breaches)
    results.push({ name, meaning, count: found.length, breaches: found.slice(0, SHOWN_BREACHES) })
  }
  return results
}
