import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { statementTableView } from '#app/components/statement-rows.ts'
import { StatementTable } from '#app/components/statement-table.tsx'
import { findCustomerFile } from '#app/parties/customer-people.server.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { notFound, readCustomerId, requireStaff } from '#app/parties/require.server.ts'
import { activityStatements } from '#app/statements/activity-statement.server.ts'
import { parsePeriod } from '#app/statements/period.ts'
import { Button, DownloadLink } from '#app/ui/button.tsx'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { ErrorSummary, titleWithErrors } from '#app/ui/error-summary.tsx'
import { TextInput } from '#app/ui/field.tsx'
import { FilterForm } from '#app/ui/filter-form.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import type { Route } from './+types/customer-statement.ts'

export const meta: Route.MetaFunction = ({ loaderData }) => [
  { title: titleWithErrors('Statement', (loaderData?.period.problems.length ?? 0) > 0) },
]

export async function loader({ request, params }: Route.LoaderArgs) {
  await requireStaff(request, 'clerk')
  const id = readCustomerId(params.customerId)
  const customer = id && (await findCustomerFile(id))
  if (!customer) throw notFound()
  const reading = await readingFor(request)
  const period = parsePeriod(new URL(request.url).searchParams, reading.today)
  const base = `/staff/customers/${params.customerId}`
  const statements = await activityStatements({
    customerId: customer.id,
    from: period.from,
    to: period.to,
    knownAt: reading.now,
    locale: reading.locale,
  })
  return {
    base,
    name: customer.name,
    period,
    statements: statements.map((statement) => statementTableView(statement, '/staff', base)),
  }
}

export default function Statement({ loaderData }: Route.ComponentProps): ReactNode {
  const { period, statements, base, name } = loaderData
  const address = `from=${period.from}&to=${period.to}`
  const problemOf = (field: string): string | undefined =>
    period.problems.find(({ fieldId }) => fieldId === field)?.message
  return (
    <>
      <PageHeader
        kicker={<Link to={base}>{name}</Link>}
        title="Statement"
        lead="Everything that changed what this customer owes, and the balance after it."
      >
        <DownloadLink href={`${base}/statement.pdf?${address}`}>PDF</DownloadLink>
      </PageHeader>
      <div className="stack">
        <ErrorSummary problems={period.problems} />
        <FilterForm className="filters">
          <TextInput
            type="date"
            label="From"
            name="from"
            id="from"
            defaultValue={period.typedFrom}
            error={problemOf('from')}
          />
          <TextInput
            type="date"
            label="To"
            name="to"
            id="to"
            defaultValue={period.typedTo}
            error={problemOf('to')}
          />
          <div className="filters__actions">
            <Button variant="secondary">Show</Button>
          </div>
        </FilterForm>
        {statements.map((statement) => (
          <section key={statement.currency} className="section" aria-label={`In ${statement.currency}`}>
            <StatementTable {...statement} />
          </section>
        ))}
        {statements.length === 0 && (
          <EmptyState title="Nothing has happened on this account yet">
            <p className="muted">The first invoice will appear here.</p>
          </EmptyState>
        )}
      </div>
    </>
  )
}
