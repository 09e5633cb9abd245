import type { ReactNode } from 'react'
import { encodeId } from '#app/books/ids.ts'
import { type MoneyState, MoneyStateTag, stateOfPayment } from '#app/components/invoices/money-state.tsx'
import { formatMoney } from '#app/money/format.ts'
import type { PaymentSummary } from '#app/payments/overview/payment-detail.ts'
import type { PaymentStanding } from '#app/payments/payment.ts'
import { formatBusinessDate } from '#app/platform/time.ts'
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
  /** The day by which money on its way should be there. */
  expectedOn: string | null
}

const WAITS: readonly PaymentStanding[] = ['awaiting', 'confirming']

/** What the start page shows of payments under way. */
export function underWayView(
  payments: readonly PaymentSummary[],
  { base, locale }: { base: string; locale: string },
): readonly UnderWay[] {
  return payments.map((payment) => ({
    id: payment.id,
    href: `${base}/payments/${encodeId('pay', payment.id)}`,
    number: payment.number,
    amount: formatMoney(payment.amount, locale),
    state: stateOfPayment(payment.standing),
    waitsForBuyer: WAITS.includes(payment.standing),
    expectedOn: payment.expectedOn && formatBusinessDate(payment.expectedOn, locale),
  }))
}

/** Payments that wait for the buyer, or are on their way, each with its way on. */
export function UnderWayList({ payments }: { payments: readonly UnderWay[] }): ReactNode {
  return payments.map((payment) => (
    <li key={payment.id}>
      <span>
        {!payment.waitsForBuyer && payment.state !== 'on-its-way' && (
          <>
            <MoneyStateTag state={payment.state} />{' '}
          </>
        )}
        Payment {payment.number} over <Amount text={payment.amount} />
        {payment.expectedOn && `, expected by ${payment.expectedOn}`}
      </span>
      <ButtonLink
        variant="secondary"
        to={payment.href}
        aria-label={`${payment.waitsForBuyer ? 'Finish or cancel it' : 'See where it is'}: payment ${payment.number}`}
      >
        {payment.waitsForBuyer ? 'Finish or cancel it' : 'See where it is'}
      </ButtonLink>
    </li>
  ))
}
