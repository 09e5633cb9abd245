/** The fields of Stripe's answers about its own books that we rely on; see the answers about payments. */
import { z } from 'zod'

const id = z.string().min(1)
const seconds = z.int().nonnegative()
const reference = z.union([id, z.object({ id })]).nullish()

/** What a movement is of, when it was expanded: only a charge says whose it is. */
const source = z.object({
  id,
  object: z.string(),
  customer: reference.catch(null),
  metadata: z.record(z.string(), z.string()).nullish().catch(null),
})

export const transactionAnswer = z.object({
  id,
  type: z.string(),
  reporting_category: z.string(),
  amount: z.int(),
  fee: z.int(),
  net: z.int(),
  currency: z.string(),
  source: z.union([id, source]).nullish(),
  status: z.string(),
  created: seconds,
  available_on: seconds,
})
export type TransactionAnswer = z.infer<typeof transactionAnswer>

export const payoutAnswer = z.object({
  id,
  object: z.literal('payout'),
  amount: z.int(),
  currency: z.string(),
  status: z.enum(['pending', 'in_transit', 'paid', 'failed', 'canceled']),
  arrival_date: seconds,
  automatic: z.boolean(),
  reconciliation_status: z.enum(['completed', 'in_progress', 'not_applicable']),
  failure_code: z.string().nullish(),
  trace_id: z.object({ value: z.string().nullish() }).nullish(),
  created: seconds,
})
export type PayoutAnswer = z.infer<typeof payoutAnswer>
