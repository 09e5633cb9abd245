import type { ReactNode } from 'react'
import { type MoneyState, moneyStateTone } from '#app/components/invoices/money-state.tsx'
import { type LedgerDetails, LedgerMark, type LedgerState } from '#app/components/ledger/ledger-mark.tsx'
import { Timeline } from '#app/ui/timeline.tsx'

/** One thing that happened to a payment, or will. Times are formatted on the server; `at` is ISO 8601. */
export type PaymentEvent = {
  key: string
  what: string
  who: string | null
  when: string
  at: string | null
  amount: string | null
  state: MoneyState
  ledger: LedgerState
  ledgerDetails?: readonly LedgerDetails[]
  note: string | null
  future: boolean
}

/** The story of one payment, newest last, with the steps still to come in outline. */
export function PaymentTimeline({ events }: { events: readonly PaymentEvent[] }): ReactNode {
  return (
    <Timeline
      label="What happened"
      steps={events.map((event) => ({
        key: event.key,
        what: event.what,
        when: event.when,
        tone: moneyStateTone(event.state),
        ...(event.who && { who: event.who }),
        ...(event.at && { dateTime: event.at }),
        ...(event.amount && { amount: event.amount }),
        ...(event.ledger !== 'none' && {
          mark: <LedgerMark state={event.ledger} details={event.ledgerDetails ?? []} />,
        }),
        ...(event.note && { details: event.note }),
        ...(event.future && { future: true }),
      }))}
    />
  )
}
