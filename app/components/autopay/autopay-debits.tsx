import type { ReactNode } from 'react'
import { Link } from 'react-router'
import type { AutopayRunView } from '#app/components/autopay/autopay-view.ts'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Button } from '#app/ui/button.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { StatusTag } from '#app/ui/status-tag.tsx'

/** Value of the intent field that skips a debit. */
export const SKIP_INTENT = 'skip'

/** Debits to come; who may pay can skip each of them. */
export function NextDebits({
  runs,
  base,
  canSkip,
}: {
  runs: readonly AutopayRunView[]
  base: string
  canSkip: boolean
}): ReactNode {
  return (
    <DataTable
      caption="Next debits"
      columns={[
        { key: 'day', label: 'Day' },
        { key: 'amount', label: 'At most', amount: true },
        { key: 'method', label: 'By' },
        { key: 'invoices', label: 'Invoices' },
        ...(canSkip ? [{ key: 'skip', label: 'Skip', srOnly: true }] : []),
      ]}
    >
      {runs.map((run) => (
        <tr key={run.id}>
          <th scope="row" className="lead nowrap">
            {run.day}
          </th>
          <td data-label="At most" className="num">
            {run.amount}
          </td>
          <td data-label="By">{run.method}</td>
          <td data-label="Invoices">
            <Invoices run={run} base={base} />
            {run.why && <div className="muted small">{run.why}</div>}
          </td>
          {canSkip && (
            <td>
              <ActionForm>
                <input type="hidden" name="run" value={run.id} />
                <Button
                  variant="secondary"
                  name="intent"
                  value={SKIP_INTENT}
                  aria-label={`Skip the debit of ${run.amount} on ${run.day}`}
                  pendingLabel="Skipping…"
                >
                  Skip
                </Button>
              </ActionForm>
            </td>
          )}
        </tr>
      ))}
    </DataTable>
  )
}

/** Every debit that was made, skipped or tried, and why. */
export function DebitLog({
  runs,
  base,
  payments,
}: {
  runs: readonly AutopayRunView[]
  /** Address before `/invoices`. */
  base: string
  /** Address before a payment's id. */
  payments: string
}): ReactNode {
  return (
    <DataTable
      caption="Debits so far"
      columns={[
        { key: 'day', label: 'Day' },
        { key: 'amount', label: 'Amount', amount: true },
        { key: 'state', label: 'State' },
        { key: 'why', label: 'Why' },
        { key: 'invoices', label: 'Invoices' },
      ]}
    >
      {runs.map((run) => (
        <tr key={run.id}>
          <th scope="row" className="lead nowrap">
            {run.day}
          </th>
          <td data-label="Amount" className="num">
            {run.paymentId === null ? (
              run.amount
            ) : (
              <Link to={`${payments}/${run.paymentId}`} aria-label={`Payment of ${run.amount} on ${run.day}`}>
                {run.amount}
              </Link>
            )}
          </td>
          <td data-label="State">
            <StatusTag tone={run.tone} shape={run.shape}>
              {run.state}
            </StatusTag>
          </td>
          <td data-label="Why">{run.why ?? '–'}</td>
          <td data-label="Invoices">
            <Invoices run={run} base={base} />
          </td>
        </tr>
      ))}
    </DataTable>
  )
}

function Invoices({ run, base }: { run: AutopayRunView; base: string }): ReactNode {
  if (run.invoices.length === 0) return '–'
  return run.invoices.map(({ id, number }, index) => (
    <span key={id}>
      {index > 0 && ', '}
      <Link to={`${base}/invoices/${id}`}>{number}</Link>
    </span>
  ))
}
