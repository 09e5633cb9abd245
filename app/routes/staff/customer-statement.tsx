import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { statementTableView } from '#app/components/statements/statement-rows.ts'
import { StatementSheet } from '#app/components/statements/statement-sheet.tsx'
import { findCustomerFile } from '#app/parties/customer-people.server.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { notFound, readCustomerId, requireStaff } from '#app/parties/require.server.ts'
import { activityStatements } from '#app/statements/activity-statement.server.ts'
import { parsePeriod } from '#app/statements/period.ts'
import { DownloadLink } from '#app/ui/button.tsx'
import { titleWithErrors } from '#app/ui/error-summary.tsx'
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
  return (
    <>
      <PageHeader
        kicker={<Link to={base}>{name}</Link>}
        title="Statement"
        lead="Everything that changed what this customer owes, and the balance after it."
      >
        <DownloadLink href={`${base}/statement.pdf?${address}`}>PDF</DownloadLink>
      </PageHeader>
      <StatementSheet period={period} statements={statements} />
    </>
  )
}
