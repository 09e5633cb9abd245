import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { LedgerMark } from '#app/components/ledger/ledger-mark.tsx'
import { Disclosure } from '#app/ui/disclosure.tsx'
import { FactTable } from '#app/ui/fact-table.tsx'
import { type KeyValue, KeyValues } from '#app/ui/key-values.tsx'
import type { StaffPaymentTables } from './staff-payment-view.ts'

type Facts = readonly (readonly [string, string])[]

/** Name and value lines; an empty value is left out, and technical names are set as code. */
function factsOf(rows: Facts): readonly KeyValue[] {
  return rows.flatMap(([name, value]) =>
    value === '' ? [] : [{ key: name, name, value: <span className="wrap-anywhere">{value}</span> }],
  )
}

/** Every write to the card service: what was asked, under which key, and what came of it. */
export function AttemptTable({ attempts }: { attempts: StaffPaymentTables['attempts'] }): ReactNode {
  return (
    <FactTable
      caption="Requests to the card service"
      columns={[
        { key: 'what', label: 'Request' },
        { key: 'state', label: 'State' },
        { key: 'sent', label: 'Sent', nowrap: true },
        { key: 'answered', label: 'Answered', nowrap: true },
        { key: 'more', label: 'Details' },
      ]}
      rows={attempts.map((each) => ({
        key: each.id,
        cells: [
          each.what,
          each.state,
          each.firstSent || 'not yet',
          each.answered,
          <Disclosure key="more" summary="Key and times">
            <KeyValues
              facts={factsOf([
                ['Idempotency key', each.idempotencyKey],
                ['Request id', each.requestId],
                ['Stored', each.stored],
                ['Last sent', each.lastSent],
                ['Error', each.error],
              ])}
            />
          </Disclosure>,
        ],
      }))}
    />
  )
}

/** Events of the card service about the payment, and what was done with each. */
export function WebhookTable({ webhooks }: { webhooks: StaffPaymentTables['webhooks'] }): ReactNode {
  return (
    <FactTable
      caption="Events received"
      columns={[
        { key: 'type', label: 'Event' },
        { key: 'id', label: 'Id' },
        { key: 'received', label: 'Received', nowrap: true },
        { key: 'processed', label: 'Worked off', nowrap: true },
        { key: 'outcome', label: 'Outcome' },
      ]}
      rows={webhooks.map((each) => ({
        key: each.id,
        cells: [
          each.type,
          <code key="id">{each.id}</code>,
          each.received,
          each.processed,
          each.error === '' ? each.outcome : `${each.outcome}: ${each.error}`,
        ],
      }))}
    />
  )
}

/** Each journal with its postings; debits and credits of one are equal. */
export function JournalTables({ journals }: { journals: StaffPaymentTables['journals'] }): ReactNode {
  return (
    <div className="stack-l">
      {journals.map((journal) => (
        <FactTable
          key={journal.id}
          showCaption
          caption={`${journal.kind}, effective ${journal.on}, recorded ${journal.recorded}`}
          columns={[
            { key: 'account', label: 'Account' },
            { key: 'invoice', label: 'Invoice' },
            { key: 'debit', label: `Debit, ${journal.currency}`, amount: true },
            { key: 'credit', label: `Credit, ${journal.currency}`, amount: true },
          ]}
          rows={journal.postings.map((posting) => ({
            key: posting.key,
            cells: [posting.account, posting.invoice, posting.debit, posting.credit],
          }))}
        />
      ))}
    </div>
  )
}

/** Which invoices the money went to. */
export function AllocationTable({
  allocations,
  currency,
}: {
  allocations: StaffPaymentTables['allocations']
  currency: string
}): ReactNode {
  return (
    <FactTable
      caption="Where the money went"
      columns={[
        { key: 'invoice', label: 'Invoice' },
        { key: 'what', label: 'What' },
        { key: 'on', label: 'Effective', nowrap: true },
        { key: 'amount', label: `Amount, ${currency}`, amount: true },
      ]}
      rows={allocations.map((each) => ({
        key: each.id,
        cells: [
          <Link key="invoice" to={`/staff/invoices/${each.invoice.id}`}>
            {each.invoice.number}
          </Link>,
          each.what,
          each.on,
          each.amount,
        ],
      }))}
    />
  )
}

/** The payment's entries on the shared ledger, each with its place there. */
export function LedgerEntryList({ ledger }: { ledger: StaffPaymentTables['ledger'] }): ReactNode {
  return (
    <ul className="to-do">
      {ledger.map((entry) => (
        <li key={entry.id}>
          <div className="stack-s grow">
            <strong>{entry.what}</strong>
            <LedgerMark state={entry.state} />
            <Disclosure summary="Commitment, position and transaction">
              <KeyValues
                facts={factsOf([
                  ['Commitment', entry.commitment],
                  ['Position in the stream', entry.position],
                  ['Transaction', entry.transaction],
                  ['Block', entry.block],
                  ['Recorded', entry.recorded],
                  ['Final', entry.final],
                ])}
              />
              {entry.commitment === '' && <p className="muted small">The commitment is not computed yet.</p>}
            </Disclosure>
          </div>
        </li>
      ))}
    </ul>
  )
}

/** Receipts of the payment in the outbox. */
export function LetterTable({ mails }: { mails: StaffPaymentTables['mails'] }): ReactNode {
  return (
    <FactTable
      caption="Letters"
      columns={[
        { key: 'to', label: 'To' },
        { key: 'state', label: 'State' },
        { key: 'made', label: 'Written', nowrap: true },
        { key: 'sent', label: 'Sent', nowrap: true },
        { key: 'error', label: 'Last error' },
      ]}
      rows={mails.map((each) => ({
        key: each.id,
        cells: [each.to, each.state, each.made, each.sent, each.error],
      }))}
    />
  )
}
