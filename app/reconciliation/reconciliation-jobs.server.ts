import type { ProviderBooks } from '#app/gateways/stripe/balance/port.ts'
import type { JobHandlers } from '#app/platform/jobs.server.ts'
import { reconcile } from '#app/reconciliation/runs/reconcile.server.ts'

/** The jobs of reconciliation, by name. One that fails is tried again and goes on where it was cut off. */
export function reconciliationJobs(books: ProviderBooks | null, rpcUrl: string | undefined): JobHandlers {
  return {
    'reconciliation:daily': async () => {
      await reconcile({ books, rpcUrl })
    },
  }
}

/** Once a day, when the business day of most supplier zones has ended and the night's work at the processor is done. */
export const RECONCILIATION_CRONTAB =
  '17 9 * * * reconciliation:daily ?jobKey=reconciliation:daily&max=5&fill=1d'
