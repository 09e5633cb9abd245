import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { FactTable } from '#app/ui/fact-table.tsx'
import { StatusTag } from '#app/ui/status-tag.tsx'
import type { differenceRows, kindRows, payoutRows, runRows, TotalRow } from './reconciliation-view.ts'

/** The totals of all sides beside each other, and whether they agree. */
export function TotalsTable({ rows }: { rows: readonly TotalRow[] }): ReactNode {
  return (
    <FactTable
      caption="Totals that must agree"
      columns={[
        { key: 'name', label: 'Total' },
        { key: 'books', label: 'Books', amount: true },
        { key: 'processor', label: 'Card service', amount: true },
        { key: 'bank', label: 'Bank statements', amount: true },
        { key: 'chain', label: 'Chain', amount: true },
        { key: 'way', label: 'Under way', amount: true },
        { key: 'mark', label: 'Result', nowrap: true },
      ]}
      rows={rows.map(({ key, name, note, books, processor, bank, chain, underWay, mark }) => ({
        key,
        cells: [
          <span key="name">
            {name}
            {note && <span className="row-note">{note}</span>}
          </span>,
          books,
          processor,
          bank,
          chain,
          underWay,
          <Marked key="mark" mark={mark} />,
        ],
      }))}
    />
  )
}

/** Open differences, oldest first, each with what to do. */
export function DifferencesTable({ rows }: { rows: ReturnType<typeof differenceRows> }): ReactNode {
  return (
    <FactTable
      caption="Open differences, oldest first"
      columns={[
        { key: 'what', label: 'What differs' },
        { key: 'books', label: 'Books', amount: true },
        { key: 'other', label: 'Other side', amount: true },
        { key: 'owner', label: 'Whose work' },
        { key: 'next', label: 'Next step' },
        { key: 'since', label: 'Open since', nowrap: true },
      ]}
      rows={rows.map((row) => ({
        key: row.id,
        cells: [
          <span key="what" className="wrap-anywhere">
            {row.title}
            <span className="row-note">{row.cause}</span>
            <span className="row-note">
              <SubjectOf row={row} />
            </span>
          </span>,
          row.books,
          row.other,
          row.owner,
          row.next,
          row.opened,
        ],
      }))}
    />
  )
}

function SubjectOf({ row }: { row: ReturnType<typeof differenceRows>[number] }): ReactNode {
  const { paymentId, lineHref, subject } = row
  if (paymentId) return <Link to={`/staff/payments/${paymentId}`}>{subject}</Link>
  return lineHref === null ? subject : <Link to={lineHref}>The movement at the bank</Link>
}

/** How many differences of each kind the last comparison saw. */
export function KindsTable({ rows }: { rows: ReturnType<typeof kindRows> }): ReactNode {
  return (
    <FactTable
      showCaption
      caption="Seen by the last comparison, by kind"
      columns={[
        { key: 'kind', label: 'Kind' },
        { key: 'owner', label: 'Whose work' },
        { key: 'count', label: 'Seen', amount: true },
      ]}
      rows={rows.map(({ kind, title, owner, count }) => ({ key: kind, cells: [title, owner, count] }))}
    />
  )
}

/** Payouts, newest first, with what is in them and where the bank has them. */
export function PayoutsTable({ rows }: { rows: ReturnType<typeof payoutRows> }): ReactNode {
  return (
    <FactTable
      caption="Payouts, newest first"
      columns={[
        { key: 'id', label: 'Payout' },
        { key: 'arrives', label: 'At the bank on', nowrap: true },
        { key: 'amount', label: 'Amount', amount: true },
        { key: 'state', label: 'State', nowrap: true },
        { key: 'parts', label: 'What is in it' },
        { key: 'booked', label: 'Booked', amount: true },
        { key: 'bank', label: 'Bank line of' },
      ]}
      rows={rows.map(({ id, arrives, amount, mark, parts, booked, bank }) => ({
        key: id,
        cells: [
          <code key="id" className="wrap-anywhere">
            {id}
          </code>,
          arrives,
          amount,
          <Marked key="mark" mark={mark} />,
          <PartList key="parts" parts={parts} />,
          booked,
          bank,
        ],
      }))}
    />
  )
}

function PartList({ parts }: { parts: readonly string[] }): ReactNode {
  return parts.map((part) => (
    <span key={part} className="row-note">
      {part}
    </span>
  ))
}

/** The comparisons that were made, newest first. */
export function RunsTable({ rows }: { rows: ReturnType<typeof runRows> }): ReactNode {
  return (
    <FactTable
      caption="The last comparisons, newest first"
      columns={[
        { key: 'at', label: 'When', nowrap: true },
        { key: 'days', label: 'Days' },
        { key: 'groups', label: 'Movements', amount: true },
        { key: 'payouts', label: 'Payouts', amount: true },
        { key: 'differences', label: 'Differences', amount: true },
        { key: 'mark', label: 'Result' },
      ]}
      rows={rows.map(({ id, at, days, groups, payouts, differences, mark, failure }) => ({
        key: id,
        cells: [
          at,
          days,
          groups,
          payouts,
          differences,
          <span key="mark" className="wrap-anywhere">
            <Marked mark={mark} />
            {failure && <span className="row-note">{failure}</span>}
          </span>,
        ],
      }))}
    />
  )
}

function Marked({ mark }: { mark: TotalRow['mark'] }): ReactNode {
  return (
    <StatusTag tone={mark.tone} shape={mark.shape}>
      {mark.word}
    </StatusTag>
  )
}
