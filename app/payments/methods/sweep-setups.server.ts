import { GatewayFault } from '#app/gateways/gateway-fault.ts'
import type { CardProcessor } from '#app/gateways/stripe/port.ts'
import { DEPOSITS_OPEN_FOR_MS } from '#app/payments/methods/saved-method.ts'
import { sendSetup, syncSetup } from '#app/payments/methods/set-up-method.server.ts'
import { CHECKOUT_LIFE_MS, UNANSWERED_AFTER_MS } from '#app/payments/patience.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db } from '#app/platform/db.server.ts'
import { log } from '#app/platform/log.server.ts'

/** How many visits one round looks at. */
const ROUND = 100

/** Looks after visits that nobody came back from: sends what is unclear again, and reads what should have closed. Answers how many. */
export async function sweepSetups(processor: CardProcessor): Promise<number> {
  const now = await readNow()
  const ago = (ms: number): Date => new Date(now.getTime() - ms)
  const stale = await db.methodSetup.findMany({
    where: {
      OR: [
        { state: { in: ['recorded', 'unknown'] }, updatedAt: { lt: ago(UNANSWERED_AFTER_MS) } },
        {
          state: 'open',
          updatedAt: { lt: ago(CHECKOUT_LIFE_MS) },
          createdAt: { gt: ago(DEPOSITS_OPEN_FOR_MS) },
        },
      ],
    },
    orderBy: { updatedAt: 'asc' },
    take: ROUND,
  })
  for (const setup of stale) {
    try {
      if (setup.state === 'open') await syncSetup(processor, setup)
      else await sendSetup(processor, setup.id)
    } catch (error) {
      if (!(error instanceof GatewayFault)) throw error
      log.warn({ setupId: setup.id, code: error.code }, 'a visit could not be read')
    }
  }
  return stale.length
}
