import type { ReactNode } from 'react'
import { encodeId } from '#app/books/ids.ts'
import { RequestStateTag } from '#app/components/decisions/request-state-tag.tsx'
import { formatMoney } from '#app/money/format.ts'
import type { CreditRequestView } from '#app/payments/credits/credit-request.ts'
import { formatInstant } from '#app/platform/time.ts'
import { FactTable } from '#app/ui/fact-table.tsx'

/** A request as pages show it; amounts and times are formatted. */
export function creditRequestRow(
  request: CreditRequestView,
  { locale, timeZone }: { locale: string; timeZone: string },
) {
  const { credit, invoiceNumber, state, note, customerName } = request
  return {
    ...{ credit, invoiceNumber, state, note: note ?? '', customerName },
    id: encodeId('crq', request.id),
    customerId: encodeId('cst', request.customerId),
    invoiceId: encodeId('inv', request.invoiceId),
    amount: formatMoney(request.amount, locale),
    at: formatInstant(request.createdAt, timeZone, locale),
  }
}
export type CreditRequestRow = ReturnType<typeof creditRequestRow>

/** What the buyer asked for, and what came of it. */
export function CreditRequestTable({ rows }: { rows: readonly CreditRequestRow[] }): ReactNode {
  return (
    <FactTable
      caption="Requests to use credit"
      columns={[
        { key: 'credit', label: 'Credit' },
        { key: 'invoice', label: 'Invoice' },
        { key: 'at', label: 'Asked', nowrap: true },
        { key: 'state', label: 'State' },
        { key: 'note', label: 'Note' },
        { key: 'amount', label: 'Amount', amount: true },
      ]}
      rows={rows.map((row) => ({
        key: row.id,
        cells: [
          row.credit,
          row.invoiceNumber,
          row.at,
          <RequestStateTag key="state" state={row.state} />,
          row.note,
          row.amount,
        ],
      }))}
    />
  )
}
