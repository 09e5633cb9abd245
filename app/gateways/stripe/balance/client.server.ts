import type { z } from 'zod'
import { payoutAnswer, transactionAnswer } from '#app/gateways/stripe/balance/answers.ts'
import { payoutReading, transactionReading } from '#app/gateways/stripe/balance/mapping.ts'
import type { CreatedRange, Page, ProviderBooks } from '#app/gateways/stripe/balance/port.ts'
import { asFault, isMissing } from '#app/gateways/stripe/errors.ts'
import { connectStripe, type StripeAddress } from '#app/gateways/stripe/sdk.server.ts'

export type StripeBooksConfig = { readonly secretKey: string; readonly api: StripeAddress | undefined }

/** The most that Stripe gives at once. */
const PAGE_SIZE = 100
/** The page of a list is the longest answer that we ask for; reads may be repeated freely. */
const READING = { timeout: 20_000, maxNetworkRetries: 2 }

/** The books that Stripe, or the sandbox, keeps for us. */
export function createStripeBooks(config: StripeBooksConfig): ProviderBooks {
  const stripe = connectStripe(config.secretKey, config.api)
  return {
    listTransactions(of, after) {
      const which = 'payoutId' in of ? { payout: of.payoutId } : { created: createdIn(of) }
      return read('balance_transactions.list', async () => {
        const params = { ...which, ...pageAfter(after), expand: ['data.source'] }
        return pageOf(
          await stripe.balanceTransactions.list(params, READING),
          transactionAnswer,
          transactionReading,
        )
      })
    },
    listPayouts(range, after) {
      return read('payouts.list', async () =>
        pageOf(
          await stripe.payouts.list({ created: createdIn(range), ...pageAfter(after) }, READING),
          payoutAnswer,
          payoutReading,
        ),
      )
    },
    readPayout(payoutId) {
      return read('payouts.retrieve', async () => {
        try {
          return payoutReading(payoutAnswer.parse(await stripe.payouts.retrieve(payoutId, {}, READING)))
        } catch (error) {
          if (isMissing(error)) return null
          throw error
        }
      })
    },
  }
}

const asSeconds = (instant: Date): number => Math.floor(instant.getTime() / 1000)

function createdIn({ from, until }: CreatedRange): { gte: number; lt?: number } {
  return { gte: asSeconds(from), ...(until === null ? {} : { lt: asSeconds(until) }) }
}

function pageAfter(after: string | null): { limit: number; starting_after?: string } {
  return { limit: PAGE_SIZE, ...(after === null ? {} : { starting_after: after }) }
}

function pageOf<Shape extends z.ZodType<{ id: string }>, Reading>(
  list: { readonly data: readonly unknown[]; readonly has_more: boolean },
  shape: Shape,
  asReading: (answer: z.output<Shape>) => Reading,
): Page<Reading> {
  const answers = list.data.map((each) => shape.parse(each))
  return { readings: answers.map(asReading), next: list.has_more ? (answers.at(-1)?.id ?? null) : null }
}

async function read<Value>(operation: string, call: () => Promise<Value>): Promise<Value> {
  try {
    return await call()
  } catch (error) {
    throw asFault(error, operation, false)
  }
}
