import type { ReactNode } from 'react'
import { BarChart } from '#app/ui/bar-chart.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { Disclosure } from '#app/ui/disclosure.tsx'

/** One aging bucket of one currency. `minor` is a decimal string of minor units; only the bar's length comes from it. */
export type AgingBucketView = {
  key: string
  name: string
  late: boolean
  count: number
  amount: string
  /** The amount with its currency. */
  spoken: string
  minor: string
  disputed: string
  onPlan: string
}

/** Aging of one currency: buckets in order, and their sum, which equals the open balance. */
export type AgingView = {
  currency: string
  asOf: string
  buckets: readonly AgingBucketView[]
  total: { count: number; amount: string; disputed: string; onPlan: string }
  /** One sentence that says what the chart shows. */
  summary: string
}

/** The buckets with their sum, disputed and on-plan money apart. */
export function AgingTable({ aging }: { aging: AgingView }): ReactNode {
  const { currency, asOf, buckets, total } = aging
  return (
    <DataTable
      caption={`Open amounts by age in ${currency} as of ${asOf}`}
      columns={[
        { key: 'name', label: 'Age' },
        { key: 'count', label: 'Invoices', amount: true },
        { key: 'disputed', label: 'Of it disputed', amount: true },
        { key: 'onPlan', label: 'Of it on plan', amount: true },
        { key: 'amount', label: `Open, ${currency}`, amount: true },
      ]}
      foot={<BucketRow name="All open" bucket={total} />}
    >
      {buckets.map((bucket) => (
        <BucketRow key={bucket.key} name={bucket.name} bucket={bucket} />
      ))}
    </DataTable>
  )
}

function BucketRow({
  name,
  bucket,
}: {
  name: string
  bucket: { count: number; amount: string; disputed: string; onPlan: string }
}): ReactNode {
  return (
    <tr>
      <th scope="row" className="lead">
        {name}
      </th>
      <td data-label="Invoices" className="num">
        {bucket.count}
      </td>
      <td data-label="Of it disputed" className="num">
        {bucket.disputed}
      </td>
      <td data-label="Of it on plan" className="num">
        {bucket.onPlan}
      </td>
      <td data-label="Open" className="num">
        {bucket.amount}
      </td>
    </tr>
  )
}

/** What is late, and by how much? Bars with their figures, and the table beneath a disclosure. */
export function AgingChart({ aging }: { aging: AgingView }): ReactNode {
  const largest = aging.buckets.reduce((most, { minor }) => (BigInt(minor) > most ? BigInt(minor) : most), 0n)
  return (
    <BarChart
      title="What is late, and by how much?"
      summary={aging.summary}
      bars={aging.buckets.map((bucket) => ({
        key: bucket.key,
        name: bucket.name,
        share: largest === 0n ? 0 : Number((BigInt(bucket.minor) * 1000n) / largest) / 1000,
        value: bucket.spoken,
        tone: bucket.late ? 'accent' : 'neutral',
      }))}
      table={
        <Disclosure summary="The same as a table">
          <AgingTable aging={aging} />
        </Disclosure>
      }
    />
  )
}
