import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { KeyValues } from '#app/ui/key-values.tsx'
import {
  AllocationTable,
  AttemptTable,
  JournalTables,
  LedgerEntryList,
  LetterTable,
  WebhookTable,
} from './staff-payment-tables.tsx'
import type { StaffPaymentTables } from './staff-payment-view.ts'

/** The payment's file, a table for each kind of thing; what is empty is left out. */
export function StaffPaymentSections({
  tables,
  currency,
}: {
  tables: StaffPaymentTables
  currency: string
}): ReactNode {
  const { items, attempts, webhooks, journals, allocations, ledger, mails } = tables
  const sections = [
    [
      'What it is for',
      items.length,
      <KeyValues
        key="items"
        facts={items.map(({ id, number, planned }) => ({
          key: id,
          name: <Link to={`/staff/invoices/${id}`}>{number}</Link>,
          value: `${planned} ${currency}`,
        }))}
      />,
    ],
    [
      'Where the money went',
      allocations.length,
      <AllocationTable key="allocations" allocations={allocations} currency={currency} />,
    ],
    ['Journals', journals.length, <JournalTables key="journals" journals={journals} />],
    ['On the shared ledger', ledger.length, <LedgerEntryList key="ledger" ledger={ledger} />],
    ['Requests to the card service', attempts.length, <AttemptTable key="attempts" attempts={attempts} />],
    ['Events received', webhooks.length, <WebhookTable key="webhooks" webhooks={webhooks} />],
    ['Letters', mails.length, <LetterTable key="mails" mails={mails} />],
  ] as const
  return sections
    .filter(([, count]) => count > 0)
    .map(([title, , content]) => (
      <section className="section" key={title}>
        <h2>{title}</h2>
        {content}
      </section>
    ))
}
