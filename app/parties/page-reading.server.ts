import { getSupplier, readingOf } from '#app/parties/supplier.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import type { Supplier } from '#app/platform/generated/client.ts'
import type { BusinessDate } from '#app/platform/time.ts'

/** What the words of every page depend on: who the supplier is, and the one instant at which the page was made. */
export type PageReading = {
  readonly supplier: Supplier
  readonly now: Date
  readonly today: BusinessDate
  readonly locale: string
  readonly timeZone: string
}

const perRequest = new WeakMap<Request, Promise<PageReading>>()

/** The reading for a request: taken once, however many loaders of the page ask for it. */
export function readingFor(request: Request): Promise<PageReading> {
  const taken = perRequest.get(request)
  if (taken !== undefined) return taken
  const taking = takeReading()
  perRequest.set(request, taking)
  return taking
}

async function takeReading(): Promise<PageReading> {
  const [supplier, now] = await Promise.all([getSupplier(), readNow()])
  return { supplier, now, ...readingOf(supplier, now) }
}
