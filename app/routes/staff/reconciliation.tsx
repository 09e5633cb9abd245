import type { ReactNode } from 'react'
import { Link, redirect } from 'react-router'
import {
  DifferencesTable,
  KindsTable,
  PayoutsTable,
  RunsTable,
  TotalsTable,
} from '#app/components/reconciliation/reconciliation-tables.tsx'
import {
  differenceRows,
  kindRows,
  payoutRows,
  runRows,
  totalRows,
} from '#app/components/reconciliation/reconciliation-view.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { requireStaff } from '#app/parties/require.server.ts'
import { requestComparison } from '#app/reconciliation/request-comparison.server.ts'
import { listPayouts } from '#app/reconciliation/runs/payout-queries.server.ts'
import { NO_COUNTS } from '#app/reconciliation/runs/run-counts.ts'
import { listOpenDifferences, listRuns } from '#app/reconciliation/runs/run-queries.server.ts'
import { ActionForm } from '#app/ui/action-form.tsx'
import { Button } from '#app/ui/button.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import type { Route } from './+types/reconciliation.ts'

export const meta: Route.MetaFunction = () => [{ title: 'Reconciliation' }]

const SHOWN = { runs: 10, payouts: 20 }

export async function loader({ request }: Route.LoaderArgs) {
  await requireStaff(request, 'clerk')
  const reading = await readingFor(request)
  const [runs, differences, payouts] = await Promise.all([
    listRuns(SHOWN.runs),
    listOpenDifferences(),
    listPayouts(SHOWN.payouts),
  ])
  const counts = runs.find(({ finishedAt, failure }) => finishedAt !== null && failure === null)?.counts
  return {
    isAsked: new URL(request.url).searchParams.has('asked'),
    failure: runs[0]?.failure ?? null,
    totals: totalRows(counts ?? NO_COUNTS, reading),
    kinds: kindRows(counts ?? NO_COUNTS),
    differences: differenceRows(differences, reading),
    payouts: payoutRows(payouts, reading),
    runs: runRows(runs, reading),
  }
}

export async function action({ request }: Route.ActionArgs) {
  const person = await requireStaff(request, 'clerk')
  await requestComparison(person.id)
  return redirect('/staff/reconciliation?asked', 303)
}

export default function Reconciliation({ loaderData }: Route.ComponentProps): ReactNode {
  const { isAsked, failure, totals, runs, payouts } = loaderData
  return (
    <>
      <PageHeader
        title="Reconciliation"
        lead="The books, the card service, the bank and the shared ledger, compared every day."
      >
        <ActionForm>
          <Button variant="secondary" pendingLabel="Asking…">
            Compare now
          </Button>
        </ActionForm>
      </PageHeader>
      <div className="stack">
        {isAsked && (
          <Notice tone="accent" live="polite">
            <p>The comparison starts within moments. Load this page again to see it.</p>
          </Notice>
        )}
        {failure !== null && (
          <Notice tone="brick" title="The last comparison could not be finished">
            <p className="wrap-anywhere">{failure}</p>
            <p>What was found before stays open. It is tried again by itself.</p>
          </Notice>
        )}
      </div>
      <section className="section" aria-labelledby="totals">
        <h2 id="totals">Do the sides agree?</h2>
        {totals.length === 0 ? (
          <EmptyState title="Nothing was compared yet" />
        ) : (
          <TotalsTable rows={totals} />
        )}
      </section>
      <DifferencesSection {...loaderData} />
      <section className="section" aria-labelledby="payouts">
        <h2 id="payouts">Payouts to the bank</h2>
        {payouts.length === 0 ? (
          <EmptyState title="The card service has paid nothing out yet" />
        ) : (
          <PayoutsTable rows={payouts} />
        )}
      </section>
      <section className="section" aria-labelledby="runs">
        <h2 id="runs">The last comparisons</h2>
        {runs.length === 0 ? <EmptyState title="None was made yet" /> : <RunsTable rows={runs} />}
      </section>
    </>
  )
}

function DifferencesSection({ differences, kinds }: Route.ComponentProps['loaderData']): ReactNode {
  return (
    <section className="section" aria-labelledby="differences">
      <h2 id="differences">Open differences</h2>
      <div className="stack-l">
        {differences.length === 0 ? (
          <EmptyState title="No difference is open" />
        ) : (
          <>
            <DifferencesTable rows={differences} />
            <p className="small">
              A difference closes by itself once it is gone. To accept one as it is,{' '}
              <Link to="/staff/exceptions">close its case with a reason</Link>.
            </p>
          </>
        )}
        {kinds.length > 0 && <KindsTable rows={kinds} />}
      </div>
    </section>
  )
}
