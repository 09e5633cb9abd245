import { z } from 'zod'
import type { ImportedInvoice } from '#app/imports/imported-invoice.ts'
import { EFFECTS, type Effect, type InvoicePlan } from '#app/imports/plan-invoice.ts'

const sums = z.record(z.string(), z.object({ count: z.number(), totalMinor: z.string() }))

/** Per currency: how many, and their sum in minor units. */
export type Sums = z.infer<typeof sums>

/** What a batch holds and does, to be compared with the sender's own control totals. */
export const controlTotalsSchema = z.object({
  /** Invoices that could be read. */
  invoices: sums,
  customers: z.number(),
  newCustomers: z.number(),
  /** Payments that the batch adds. */
  payments: sums,
  disputes: z.number(),
  effects: z.partialRecord(z.enum(EFFECTS), z.number()),
  /** The same invoices as the books have them after the commit. */
  booked: sums.optional(),
})

export type ControlTotals = z.infer<typeof controlTotalsSchema>

/** Adds up a batch row by row. */
export class TotalsCounter {
  readonly #invoices = new Map<string, { count: number; minor: bigint }>()
  readonly #payments = new Map<string, { count: number; minor: bigint }>()
  readonly #effects = new Map<Effect, number>()
  readonly #customers = new Set<string>()
  readonly #newCustomers = new Set<string>()
  #disputes = 0

  /** Counts a row that could not be read. */
  addUnreadable(): void {
    this.#effects.set('bad', (this.#effects.get('bad') ?? 0) + 1)
  }

  /** Counts a row that was read, with what it does. */
  add(invoice: ImportedInvoice, plan: InvoicePlan, isKnownCustomer: boolean): void {
    addTo(this.#invoices, invoice.currency, BigInt(invoice.totalMinor))
    if (plan.settleMinor > 0n) addTo(this.#payments, invoice.currency, plan.settleMinor)
    if (plan.recordsDispute) this.#disputes += 1
    this.#customers.add(invoice.customer.number)
    if (!isKnownCustomer) this.#newCustomers.add(invoice.customer.number)
    this.#effects.set(plan.effect, (this.#effects.get(plan.effect) ?? 0) + 1)
  }

  /** The totals so far. */
  totals(): ControlTotals {
    return {
      invoices: sumsOf(this.#invoices),
      customers: this.#customers.size,
      newCustomers: this.#newCustomers.size,
      payments: sumsOf(this.#payments),
      disputes: this.#disputes,
      effects: Object.fromEntries(this.#effects),
    }
  }
}

/** Whether two sums name the same currencies, counts and amounts. */
export function sameSums(a: Sums, b: Sums): boolean {
  const text = (sums: Sums): string =>
    Object.entries(sums)
      .map(([currency, { count, totalMinor }]) => `${currency} ${count} ${totalMinor}`)
      .sort()
      .join()
  return text(a) === text(b)
}

function addTo(sums: Map<string, { count: number; minor: bigint }>, currency: string, minor: bigint): void {
  const before = sums.get(currency) ?? { count: 0, minor: 0n }
  sums.set(currency, { count: before.count + 1, minor: before.minor + minor })
}

function sumsOf(sums: ReadonlyMap<string, { count: number; minor: bigint }>): Sums {
  return Object.fromEntries(
    [...sums]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([currency, { count, minor }]) => [currency, { count, totalMinor: minor.toString() }]),
  )
}
