import type { ReactNode } from 'react'
import { Link } from 'react-router'

/** How many things of each kind wait for staff. */
export type TaskCounts = {
  readonly refunds: number
  readonly chargebacks: number
  readonly writeOffs: number
  readonly creditRequests: number
  readonly bankLines: number
  readonly bankLinks: number
}

type Task = {
  readonly one: string
  readonly many: string
  readonly act: string
  readonly href: string
  readonly note?: string
}

/** What has a last day comes first, then what a customer waits for. */
const TASKS: readonly (readonly [keyof TaskCounts, Task])[] = [
  [
    'chargebacks',
    {
      one: 'chargeback needs an answer',
      many: 'chargebacks need an answer',
      act: 'Answer',
      href: '/staff/chargebacks',
    },
  ],
  [
    'refunds',
    {
      one: 'refund waits for a decision',
      many: 'refunds wait for a decision',
      act: 'Decide',
      href: '/staff/refunds',
    },
  ],
  [
    'creditRequests',
    {
      one: 'buyer asks to use credit',
      many: 'requests to use credit',
      act: 'Decide',
      href: '/staff/credit-requests',
    },
  ],
  [
    'bankLinks',
    {
      one: 'bank account to look at',
      many: 'bank accounts to look at',
      act: 'Compare the names',
      href: '/staff/bank-links',
      note: 'The bank does not name our customer as the holder.',
    },
  ],
  [
    'writeOffs',
    {
      one: 'write-off waits for a second person',
      many: 'write-offs wait for a second person',
      act: 'Decide',
      href: '/staff/write-offs',
    },
  ],
  [
    'bankLines',
    {
      one: 'movement at the bank is not matched',
      many: 'movements at the bank are not matched',
      act: 'Match',
      href: '/staff/bank?state=open&direction=in',
    },
  ],
]

/** Everything that waits for a person and how to get there, on the first page of staff; nothing when nothing waits. */
export function StaffTasks({ counts }: { counts: TaskCounts }): ReactNode {
  const waiting = TASKS.filter(([kind]) => counts[kind] > 0)
  if (waiting.length === 0) return null
  return (
    <section className="section" aria-labelledby="tasks">
      <h2 id="tasks">Waiting for you</h2>
      <ul className="to-do">
        {waiting.map(([kind, { one, many, act, href, note }]) => (
          <li key={kind}>
            <div className="grow">
              <strong>
                {counts[kind]} {counts[kind] === 1 ? one : many}
              </strong>
              {note && <p className="small muted">{note}</p>}
            </div>
            <Link to={href} aria-label={`${act}: ${counts[kind] === 1 ? one : many}`}>
              {act}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  )
}
