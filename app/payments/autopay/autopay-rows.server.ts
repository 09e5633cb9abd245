import { z } from 'zod'
import type { AutopayOrder, AutopayScope } from '#app/payments/autopay/orders/order.ts'
import type { AutopayEnrollment } from '#app/platform/generated/client.ts'
import { businessDateIn } from '#app/platform/time.ts'

/** A filter as it is stored: amounts as text, since JSON has no bigint. */
const storedFilter = z.object({
  siteId: z.string().nullable(),
  poPrefix: z.string().nullable(),
  upToMinor: z.string().nullable(),
})

/** The scope of an order as its two columns take it. */
export function storedScope(scope: AutopayScope): {
  scope: string
  scopeFilter?: z.infer<typeof storedFilter>
} {
  if (scope.kind === 'all') return { scope: 'all' }
  const { siteId, poPrefix, upToMinor } = scope
  return { scope: 'filter', scopeFilter: { siteId, poPrefix, upToMinor: upToMinor?.toString() ?? null } }
}

/** The scope in an order's row. */
export function scopeOf(row: Pick<AutopayEnrollment, 'scope' | 'scopeFilter'>): AutopayScope {
  if (row.scope === 'all') return { kind: 'all' }
  const { siteId, poPrefix, upToMinor } = storedFilter.parse(row.scopeFilter)
  return { kind: 'filter', siteId, poPrefix, upToMinor: upToMinor === null ? null : BigInt(upToMinor) }
}

/** The order in its row, as the rules take it. */
export function orderOf(row: AutopayEnrollment, timeZone: string): AutopayOrder {
  return {
    scope: scopeOf(row),
    daysBefore: row.daysBefore,
    limitMinor: row.maxMinor,
    acceptedOn: businessDateIn(timeZone, row.acceptedAt),
  }
}
