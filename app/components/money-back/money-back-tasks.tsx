import type { ReactNode } from 'react'
import { Link } from 'react-router'

/** Refunds and chargebacks that wait for a person, on the first page of staff; nothing when none does. */
export function MoneyBackTasks({
  refunds,
  chargebacks,
}: {
  refunds: number
  chargebacks: number
}): ReactNode {
  if (refunds + chargebacks === 0) return null
  return (
    <section className="section" aria-labelledby="money-back">
      <h2 id="money-back">Money that goes back</h2>
      <ul className="to-do">
        {refunds > 0 && (
          <li>
            <strong className="grow">
              {refunds === 1 ? '1 refund waits for a decision' : `${refunds} refunds wait for a decision`}
            </strong>
            <Link to="/staff/refunds">Decide</Link>
          </li>
        )}
        {chargebacks > 0 && (
          <li>
            <strong className="grow">
              {chargebacks === 1
                ? '1 chargeback waits for an answer'
                : `${chargebacks} chargebacks wait for an answer`}
            </strong>
            <Link to="/staff/chargebacks">Answer</Link>
          </li>
        )}
      </ul>
    </section>
  )
}
