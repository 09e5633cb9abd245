import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { Notice } from '#app/ui/notice.tsx'
import type { chargebackNotices } from './chargeback-view.ts'

/** That a bank takes the payment back, with the way to the answer. */
export function ChargebackNotices({
  chargebacks,
}: {
  chargebacks: ReturnType<typeof chargebackNotices>
}): ReactNode {
  return chargebacks.map(({ id, title, text }) => (
    <Notice key={id} tone="slate" title={title}>
      <p>
        {text} <Link to={`/staff/chargebacks/${id}`}>See the chargeback</Link>
      </p>
    </Notice>
  ))
}
