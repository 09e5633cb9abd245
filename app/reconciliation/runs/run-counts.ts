/** What a comparison looked at, and the totals that must agree: stored with the run, amounts as text. */
import { z } from 'zod'

const minor = z.string().regex(/^-?\d+$/)

/** One currency at the processor: what the books say that it holds for us, what it says, and what explains the rest. */
const heldTotal = z.object({
  currency: z.string(),
  booksMinor: minor,
  providerMinor: minor,
  /** What of that it keeps back in reserves; runs of before they were told apart have none. */
  reservedMinor: minor.default('0'),
  /** What one side has and the other will have in a while: young movements and payouts under way. */
  inFlightMinor: minor,
})
export type HeldTotal = z.infer<typeof heldTotal>

/** One currency on its way to the bank: paid payouts as the processor, the books and the bank's statements have them. */
const paidOutTotal = z.object({
  currency: z.string(),
  booksMinor: minor,
  providerMinor: minor,
  bankMinor: minor,
})
export type PaidOutTotal = z.infer<typeof paidOutTotal>

export const runCounts = z.object({
  read: z.object({ transactions: z.int(), payouts: z.int() }),
  compared: z.object({ groups: z.int(), payouts: z.int(), bankLines: z.int() }),
  /** Differences seen, by kind. */
  kinds: z.record(z.string(), z.int()),
  held: z.array(heldTotal),
  paidOut: z.array(paidOutTotal),
  /** Null when no chain is configured. */
  chain: z.object({ events: z.int(), waiting: z.int() }).nullable(),
})
export type RunCounts = z.infer<typeof runCounts>

/** What an unfinished run has. */
export const NO_COUNTS: RunCounts = {
  read: { transactions: 0, payouts: 0 },
  compared: { groups: 0, payouts: 0, bankLines: 0 },
  kinds: {},
  held: [],
  paidOut: [],
  chain: null,
}
