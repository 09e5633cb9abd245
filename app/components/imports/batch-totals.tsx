import type { ReactNode } from 'react'
import { KeyValues } from '#app/ui/key-values.tsx'

type SumRow = { currency: string; count: string; amount: string }

/** Formatted figures of an import: what its rows do, and the control totals. */
export type BatchTotalsView = {
  effects: readonly { effect: string; words: string; count: string }[]
  invoices: readonly SumRow[]
  payments: readonly SumRow[]
  /** What the books hold of these invoices, once booked. */
  booked: readonly SumRow[]
  disputes: string
  customers: string
  newCustomers: string
}

/** The control totals of an import, to compare with the sender's. */
export function BatchTotals({ view }: { view: BatchTotalsView }): ReactNode {
  if (view.effects.length === 0) return null
  const sums = (name: string, rows: readonly SumRow[]) =>
    rows.map(({ currency, count, amount }) => ({
      key: `${name} ${currency}`,
      name: `${name} in ${currency}`,
      value: `${count} for ${amount}`,
    }))
  return (
    <section className="stack" aria-labelledby="batch-totals">
      <h2 id="batch-totals">What the file does</h2>
      <KeyValues
        facts={view.effects.map(({ effect, words, count }) => ({ key: effect, name: words, value: count }))}
      />
      <h2>Control totals</h2>
      <KeyValues
        facts={[
          ...sums('Invoices', view.invoices),
          ...sums('Payments to add', view.payments),
          ...sums('In the books now', view.booked),
          { key: 'disputes', name: 'Closed disputes to add', value: view.disputes },
          {
            key: 'customers',
            name: 'Customers',
            value: `${view.customers}, of whom ${view.newCustomers} are new`,
          },
        ]}
      />
    </section>
  )
}
