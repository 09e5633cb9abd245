import type { ReactNode } from 'react'
import { accountLine } from '#app/components/account-line.ts'
import { AgingChart } from '#app/components/aging.tsx'
import { agingView } from '#app/components/aging-view.ts'
import { OpenItemTable, openItemRows } from '#app/components/open-item-table.tsx'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { requireBuyer } from '#app/parties/require.server.ts'
import { formatBusinessDate } from '#app/platform/time.ts'
import { openItemStatements } from '#app/statements/open-items.server.ts'
import { parseAsOf } from '#app/statements/period.ts'
import { Button, DownloadLink } from '#app/ui/button.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { ErrorSummary, titleWithErrors } from '#app/ui/error-summary.tsx'
import { TextInput } from '#app/ui/field.tsx'
import { FilterForm } from '#app/ui/filter-form.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import type { Route } from './+types/open-items.ts'

export const meta: Route.MetaFunction = ({ loaderData }) => [
  { title: titleWithErrors('Open items', (loaderData?.day.problems.length ?? 0) > 0) },
]

export async function loader({ request, params }: Route.LoaderArgs) {
  const { customer } = await requireBuyer(request, params.customerId, 'view')
  const { today, now, locale } = await readingFor(request)
  const day = parseAsOf(new URL(request.url).searchParams, today)
  const base = `/c/${params.customerId}`
  const statements = await openItemStatements(customer.id, { asOf: day.asOf, knownAt: now, locale })
  return {
    base,
    account: accountLine(customer),
    dayText: formatBusinessDate(day.asOf, locale),
    day,
    today,
    statements: statements.map((statement) => ({
      currency: statement.currency,
      asOf: statement.asOf.text,
      aging: agingView(statement, locale),
      rows: openItemRows(statement, base),
      open: statement.total.open.text,
      credit: statement.unappliedCredit.minor === '0' ? null : `−${statement.unappliedCredit.text}`,
      balance: statement.balance.text,
    })),
  }
}

export default function OpenItems({ loaderData }: Route.ComponentProps): ReactNode {
  const { day, statements, base, today } = loaderData
  const address = `as-of=${day.asOf}`
  return (
    <>
      <PageHeader
        kicker={loaderData.account}
        title="Open items"
        lead={`What was open at the end of ${loaderData.dayText}, and how late it was.`}
      >
        <DownloadLink href={`${base}/open-items.pdf?${address}`}>PDF</DownloadLink>
        <DownloadLink href={`${base}/open-items.csv?${address}`}>CSV</DownloadLink>
      </PageHeader>
      <div className="stack">
        <ErrorSummary problems={day.problems} />
        <FilterForm className="filters">
          <TextInput
            type="date"
            label="At the end of"
            name="as-of"
            id="as-of"
            max={today}
            className="input--short"
            defaultValue={day.typed}
            error={day.problems[0]?.message}
          />
          <div className="filters__actions">
            <Button variant="secondary">Show</Button>
          </div>
        </FilterForm>
        {statements.map(({ aging, ...table }) => (
          <section key={table.currency} className="section stack-l" aria-label={`In ${table.currency}`}>
            <AgingChart aging={aging} />
            <OpenItemTable {...table} />
          </section>
        ))}
        {statements.length === 0 && (
          <EmptyState title="Nothing was open on that day">
            <p className="muted">Choose another day to look further back.</p>
          </EmptyState>
        )}
      </div>
    </>
  )
}
