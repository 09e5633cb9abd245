import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { Amount } from '#app/ui/amount.tsx'
import { ButtonLink } from '#app/ui/button.tsx'

/** What is owed now in one currency; `when` is the sentence under the amount. */
export type AmountDue = {
  /** Names the block for screen readers: "To pay in USD". */
  title: string
  label: string
  amount: string
  when: string
  /** "Pay $1,240.50" and where it leads; null when there is nothing to pay or no right to. */
  pay: { label: string; href: string } | null
  also?: { label: string; href: string }
}

/** The first thing on the buyer's first screen; only the first block has the primary button. */
export function AmountDueBlock({ due, first = true }: { due: AmountDue; first?: boolean }): ReactNode {
  return (
    <section className="due" aria-label={due.title}>
      <p className="due__label">{due.label}</p>
      <p>
        <Amount text={due.amount} size="huge" />
      </p>
      <p className="due__when">{due.when}</p>
      {(due.pay || due.also) && (
        <div className="row">
          {due.pay && (
            <ButtonLink to={due.pay.href} large variant={first ? 'primary' : 'secondary'}>
              {due.pay.label}
            </ButtonLink>
          )}
          {due.also && <Link to={due.also.href}>{due.also.label}</Link>}
        </div>
      )}
    </section>
  )
}

/** One figure of the account and the list that it is the sum of. */
export type AccountFigure = { key: string; name: string; amount: string; href: string | null }

/** The account in figures, per currency; each opens the rows that it sums. `asOf` says when they were true. */
export function AccountFigures({
  title,
  figures,
  asOf,
}: {
  title: string
  figures: readonly AccountFigure[]
  asOf: string
}): ReactNode {
  return (
    <section aria-label={title}>
      <ul className="figures">
        {figures.map((figure) => (
          <li key={figure.key}>
            {figure.href === null ? (
              <span>
                <span>{figure.name}</span>
                <Amount text={figure.amount} />
              </span>
            ) : (
              <Link to={figure.href}>
                <span>{figure.name}</span>
                <Amount text={figure.amount} />
              </Link>
            )}
          </li>
        ))}
      </ul>
      <p className="tiny muted as-of">As of {asOf}</p>
    </section>
  )
}
