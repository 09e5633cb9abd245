import type { CustomerId } from '#app/books/ids.ts'
import { GatewayFault } from '#app/gateways/gateway-fault.ts'
import { requireCardProcessor } from '#app/payments/card-processor.server.ts'
import { DEPOSITS_OPEN_FOR_MS } from '#app/payments/methods/saved-method.ts'
import { syncSetup } from '#app/payments/methods/set-up-method.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db } from '#app/platform/db.server.ts'
import { log } from '#app/platform/log.server.ts'

/** More visits than anybody leaves open at once; each costs a request. */
const MOST_VISITS = 5

/**
 * Where a customer says which small deposits came, one address for each bank account that waits for it. Every open visit is
 * read again for that, so an account that was confirmed meanwhile is among the saved methods afterwards.
 */
export async function findDeposits(customerId: CustomerId): Promise<{ id: string; url: string }[]> {
  const configured = requireCardProcessor()
  if (!configured.ok) return []
  const since = new Date((await readNow()).getTime() - DEPOSITS_OPEN_FOR_MS)
  const visits = await db.methodSetup.findMany({
    where: { customerId, state: 'open', createdAt: { gt: since } },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: MOST_VISITS,
  })
  const found = []
  for (const visit of visits) {
    try {
      const { verifyUrl } = await syncSetup(configured.processor, visit)
      if (verifyUrl !== null) found.push({ id: visit.id, url: verifyUrl })
    } catch (error) {
      if (!(error instanceof GatewayFault)) throw error
      log.warn({ setupId: visit.id, code: error.code }, 'a visit could not be read while its page was open')
    }
  }
  return found
}
