import type { ReactNode } from 'react'
import { MoneyStateTag, moneyStateTone, stateOfPayment } from '#app/components/invoices/money-state.tsx'
import type { PaymentStanding } from '#app/payments/payment.ts'
import { StatusTag } from '#app/ui/status-tag.tsx'

/** How a payment stands, seen from the supplier's side: "waiting for you" is waiting for the buyer there. */
export function StaffPaymentState({
  standing,
  detail,
}: {
  standing: PaymentStanding
  detail?: string | null
}): ReactNode {
  const tone = moneyStateTone(stateOfPayment(standing))
  switch (standing) {
    case 'awaiting':
      return (
        <StatusTag tone={tone} shape="ring" detail={detail}>
          Waiting for the buyer
        </StatusTag>
      )
    case 'confirming':
      return (
        <StatusTag tone={tone} shape="half" detail={detail}>
          Waiting for the bank’s check
        </StatusTag>
      )
    case 'checking':
      return (
        <StatusTag tone={tone} shape="diamond" detail={detail}>
          Outcome unknown
        </StatusTag>
      )
    default:
      return <MoneyStateTag state={stateOfPayment(standing)} {...(detail && { detail })} />
  }
}
