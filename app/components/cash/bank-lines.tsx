import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { PART_FIELD } from '#app/payments/bank-statements/match-form.ts'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Button } from '#app/ui/button.tsx'
import { DataTable } from '#app/ui/data-table.tsx'
import { StatusTag } from '#app/ui/status-tag.tsx'
import { type BankLineRow, LINE_STATE_TAGS, type StatementRow, type SuggestionView } from './bank-view.ts'

/** Movements on the bank account; an open one with its likeliest match, one click away from being booked. */
export function BankLineTable({ rows }: { rows: readonly BankLineRow[] }): ReactNode {
  return (
    <DataTable
      caption="Movements on the bank account, newest first"
      columns={[
        { key: 'who', label: 'From or to' },
        { key: 'on', label: 'Booked' },
        { key: 'match', label: 'What it is' },
        { key: 'amount', label: 'Amount', amount: true },
      ]}
    >
      {rows.map((row) => (
        <tr key={row.id}>
          <th scope="row" className="lead">
            <span>
              <Link to={`/staff/bank/${row.id}`}>{row.who}</Link>
              {row.text !== '' && <span className="row-note wrap-anywhere">{row.text}</span>}
            </span>
          </th>
          <td data-label="Booked" className="nowrap">
            {row.on}
          </td>
          <td data-label="What it is" className="prose">
            <div className="stack-s">
              <LineStateTag state={row.state} />
              {row.note !== null && <span className="row-note">{row.note}</span>}
              {row.best && <SuggestionForm lineId={row.id} suggestion={row.best} />}
              {row.others > 0 && (
                <Link className="small" to={`/staff/bank/${row.id}`}>
                  {row.others === 1 ? '1 other suggestion' : `${row.others} other suggestions`}
                </Link>
              )}
            </div>
          </td>
          <td data-label="Amount" className="num">
            {row.amount}
          </td>
        </tr>
      ))}
    </DataTable>
  )
}

/** How a movement stands, in a word and a shape. */
export function LineStateTag({ state }: { state: BankLineRow['state'] }): ReactNode {
  const [words, tone, shape] = LINE_STATE_TAGS[state]
  return (
    <StatusTag tone={tone} shape={shape}>
      {words}
    </StatusTag>
  )
}

/** What a movement most likely is, why, and the button that says so. */
export function SuggestionForm({
  lineId,
  suggestion,
  isFirst = false,
}: {
  lineId: string
  suggestion: SuggestionView
  /** Whether it is the act of its page. */
  isFirst?: boolean
}): ReactNode {
  const { title, reasons, button, kind, value } = suggestion
  return (
    <ActionForm action={`/staff/bank/${lineId}`} className="stack-s">
      <p>{title}</p>
      <p className="muted small">{reasons.join(' ')}</p>
      <input type="hidden" name="kind" value={kind} />
      <input type="hidden" name={kind === 'payment' ? PART_FIELD : 'payout'} value={value} />
      <Button variant={isFirst ? 'primary' : 'secondary'} name="act" value="match" pendingLabel="Booking…">
        {button}
      </Button>
    </ActionForm>
  )
}

/** The files that were imported. */
export function StatementTable({ rows }: { rows: readonly StatementRow[] }): ReactNode {
  return (
    <DataTable
      caption="Imported bank statements, newest first"
      rowsOpen
      columns={[
        { key: 'file', label: 'File' },
        { key: 'account', label: 'Account' },
        { key: 'days', label: 'Days' },
        { key: 'at', label: 'Imported' },
        { key: 'closing', label: 'Closing balance', amount: true },
        { key: 'lines', label: 'Movements', amount: true },
        { key: 'open', label: 'Still open', amount: true },
      ]}
    >
      {rows.map((row) => (
        <tr key={row.id}>
          <th scope="row" className="lead">
            <span>
              <Link className="row-link wrap-anywhere" to={`/staff/bank?state=all&statement=${row.id}`}>
                {row.fileName}
              </Link>
              <span className="row-note">{row.format}</span>
            </span>
          </th>
          <td data-label="Account">{row.account}</td>
          <td data-label="Days">{row.days}</td>
          <td data-label="Imported">{row.at}</td>
          <td data-label="Closing balance" className="num">
            {row.closing}
          </td>
          <td data-label="Movements" className="num">
            {row.lines}
          </td>
          <td data-label="Still open" className="num">
            {row.open}
          </td>
        </tr>
      ))}
    </DataTable>
  )
}
