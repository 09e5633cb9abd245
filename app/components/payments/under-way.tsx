import type { ReactNode } from 'react'
import { encodeId } from '#app/books/ids.ts'
import { type MoneyState, MoneyStateTag, stateOfPayment } from '#app/components/invoices/money-state.tsx'
import { formatMoney } from '#app/money/format.ts'
import type { PaymentSummary } from '#app/payments/overview/payment-detail.ts'
import type { PaymentStanding } from '#app/payments/payment.ts'
import { Amount } from '#app/ui/amount.tsx'
import { ButtonLink } from '#app/ui/button.tsx'

/** A payment that has not ended, as the start page shows it. */
export type UnderWay = {
  id: string
  href: string
  number: string
  amount: string
  state: MoneyState
  waitsForBuyer: boolean
}

const WAITS: readonly PaymentStanding[] = ['awaiting', 'confirming']

/** What the start page shows of payments under way; those that wait for the buyer come first. */
export function underWayView(
  payments: readonly PaymentSummary[],
  { base, locale }: { base: string; locale: string },
): readonly UnderWay[] {
  const all = payments.map((payment) => ({
    id: payment.id,
    href: `${base}/payments/${encodeId('pay', payment.id)}`,
    number: payment.number,
    amount: formatMoney(payment.amount, locale),
    state: stateOfPayment(payment.standing),
    waitsForBuyer: WAITS.includes(payment.standing),
  }))
  return [...all.filter((each) => each.waitsForBuyer), ...all.filter((each) => !each.waitsForBuyer)]
}

/** Payments that wait for the buyer or are on their way, each with its way on. */
export function UnderWayList({ payments }: { payments: readonly UnderWay[] }): ReactNode {
  return (
    <ul className="to-do">
      {payments.map((payment) => (
        <li key={payment.id}>
          <span>
            {!payment.waitsForBuyer && <MoneyStateTag state={payment.state} />} Payment {payment.number} over{' '}
            <Amount text={payment.amount} />
          </span>
          <ButtonLink variant="secondary" to={payment.href}>
            {payment.waitsForBuyer ? 'Finish or cancel it' : 'See where it is'}
          </ButtonLink>
        </li>
      ))}
    </ul>
  )
}
