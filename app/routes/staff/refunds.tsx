import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { RefundList } from '#app/components/money-back/refund-list.tsx'
import { type QueuedRefundRow, queuedRefundRow } from '#app/components/money-back/refund-view.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { requireStaff } from '#app/parties/require.server.ts'
import { listRefundQueue } from '#app/payments/refunds/refund-queries.server.ts'
import { answerDecision } from '#app/routes/staff/refund-acts.server.ts'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { ErrorSummary, titleWithErrors } from '#app/ui/error-summary.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import type { Route } from './+types/refunds.ts'

export async function loader({ request }: Route.LoaderArgs) {
  const person = await requireStaff(request, 'clerk')
  const reading = await readingFor(request)
  const queue = await listRefundQueue()
  const rows = (refunds: (typeof queue)['waiting']): QueuedRefundRow[] =>
    refunds.map((each) => queuedRefundRow(each, person, reading))
  return {
    waiting: rows(queue.waiting),
    underWay: rows(queue.underWay),
    ended: rows(queue.ended),
    isDone: new URL(request.url).searchParams.has('done'),
  }
}

export async function action({ request }: Route.ActionArgs) {
  const person = await requireStaff(request, 'clerk')
  return answerDecision(await request.formData(), person.id, '/staff/refunds')
}

export default function Refunds({ loaderData, actionData }: Route.ComponentProps): ReactNode {
  const { waiting, underWay, ended, isDone } = loaderData
  return (
    <>
      <title>{titleWithErrors('Refunds', actionData !== undefined)}</title>
      <PageHeader
        kicker={<Link to="/staff/payments">Payments</Link>}
        title="Refunds"
        lead="Money that goes back to the method that paid. A new one begins on its payment’s page."
      />
      <div className="stack">
        <ErrorSummary problems={actionData ? [{ message: actionData.problem }] : []} />
        {isDone && (
          <Notice tone="accent" live="polite">
            <p>Your decision is recorded. What became of the refund is shown below.</p>
          </Notice>
        )}
        {waiting.length === 0 && (
          <EmptyState title="No refund waits for a decision">
            <Link to="/staff/payments?show=settled">Settled payments</Link>
          </EmptyState>
        )}
      </div>
      <Part id="waiting" title="Wait for a decision" refunds={waiting} />
      <Part id="under-way" title="On their way" refunds={underWay} />
      <Part id="ended" title="Ended last" refunds={ended} />
    </>
  )
}

function Part({
  id,
  title,
  refunds,
}: {
  id: string
  title: string
  refunds: readonly QueuedRefundRow[]
}): ReactNode {
  if (refunds.length === 0) return null
  return (
    <section className="section" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <RefundList refunds={refunds} />
    </section>
  )
}
