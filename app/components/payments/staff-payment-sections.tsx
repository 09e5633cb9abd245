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

type Section = readonly [title: string, count: number, content: ReactNode]

/** What the payment is for, and which invoices its money went to. */
export function StaffPaymentMoney({ tables, currency }: Props): ReactNode {
  const { items, allocations } = tables
  return (
    <Sections
      sections={[
        [
          'What it is for',
          items.length,
          <KeyValues
            key="items"
            facts={items.map(({ id, number, planned }) => ({
              key: id,
              name: <Link to={`/staff/invoices/${id}`}>{number}</Link>,
              value: planned,
            }))}
          />,
        ],
        [
          'Where the money went',
          allocations.length,
          <AllocationTable key="allocations" allocations={allocations} currency={currency} />,
        ],
      ]}
    />
  )
}

/** The payment's file, a table for each kind of thing. */
export function StaffPaymentFile({ tables }: Pick<Props, 'tables'>): ReactNode {
  const { attempts, webhooks, journals, ledger, mails } = tables
  return (
    <Sections
      sections={[
        ['Journals', journals.length, <JournalTables key="journals" journals={journals} />],
        ['On the shared ledger', ledger.length, <LedgerEntryList key="ledger" ledger={ledger} />],
        [
          'Requests to the card service',
          attempts.length,
          <AttemptTable key="attempts" attempts={attempts} />,
        ],
        ['Events received', webhooks.length, <WebhookTable key="webhooks" webhooks={webhooks} />],
        ['Letters', mails.length, <LetterTable key="mails" mails={mails} />],
      ]}
    />
  )
}

type Props = { tables: StaffPaymentTables; currency: string }

/** What is empty is left out. */
function Sections({ sections }: { sections: readonly Section[] }): ReactNode {
  return sections
    .filter(([, count]) => count > 0)
    .map(([title, , content]) => (
      <section className="section" key={title}>
        <h2>{title}</h2>
        {content}
      </section>
    ))
}
