/** Payers who come at a steady rate, whatever becomes of those before them. */
import type { Random } from '#scripts/seeded-random.ts'
import type { OpenInvoice } from '#test/faults/open-invoices.ts'
import { type Deed, drawPerson, payInvoice } from '#test/faults/payer.ts'

export type Pace = {
  perSecond: number
  /** Payments under way at once; more buyers than that wait in front of the shop. */
  atOnce: number
}

export type Load = { deeds: Deed[]; begun: () => number; stop: () => Promise<void> }

/** Begins payments at that rate until it is stopped; then those under way are brought to their end. */
export function startLoad(
  invoices: readonly OpenInvoice[],
  sandboxUrl: string,
  random: Random,
  pace: Pace,
): Load {
  const deeds: Deed[] = []
  const underWay = new Set<Promise<void>>()
  const defects: unknown[] = []
  let next = 0
  const timer = setInterval(() => {
    const invoice = invoices[next]
    if (invoice === undefined || underWay.size >= pace.atOnce) return
    next += 1
    const paying = payInvoice(invoice, sandboxUrl, drawPerson(random))
      .then((deed) => void deeds.push(deed))
      .catch((error: unknown) => void defects.push(error))
      .finally(() => underWay.delete(paying))
    underWay.add(paying)
  }, 1_000 / pace.perSecond)
  return {
    deeds,
    begun: () => next,
    stop: async () => {
      clearInterval(timer)
      await Promise.all(underWay)
      if (defects.length > 0)
        throw new AggregateError(defects, `${defects.length} pages were wrong: ${defects[0]}`)
      if (next >= invoices.length) throw new Error('the invoices ran out before the load was over')
    },
  }
}
