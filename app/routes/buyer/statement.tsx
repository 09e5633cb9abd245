import type { ReactNode } from 'react'
import { accountLine } from '#app/components/statements/account-line.ts'
import { statementTableView } from '#app/components/statements/statement-rows.ts'
import { StatementSheet } from '#app/components/statements/statement-sheet.tsx'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { requireBuyer } from '#app/parties/require.server.ts'
import { formatBusinessDate } from '#app/platform/time.ts'
import { activityStatements } from '#app/statements/activity-statement.server.ts'
import { parsePeriod } from '#app/statements/period.ts'
import { DownloadLink } from '#app/ui/button.tsx'
import { titleWithErrors } from '#app/ui/error-summary.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import type { Route } from './+types/statement.ts'

export const meta: Route.MetaFunction = ({ loaderData }) => [
  { title: titleWithErrors('Statement', (loaderData?.period.problems.length ?? 0) > 0) },
]

export async function loader({ request, params }: Route.LoaderArgs) {
  const { customer } = await requireBuyer(request, params.customerId, 'view')
  const reading = await readingFor(request)
  const period = parsePeriod(new URL(request.url).searchParams, reading.today)
  const base = `/c/${params.customerId}`
  const statements = await activityStatements({
    customerId: customer.id,
    from: period.from,
    to: period.to,
    knownAt: reading.now,
    locale: reading.locale,
  })
  const days = `${formatBusinessDate(period.from, reading.locale)} to ${formatBusinessDate(period.to, reading.locale)}`
  return {
    base,
    account: accountLine(customer),
    days,
    period,
    statements: statements.map((statement) => statementTableView(statement, base)),
  }
}

export default function Statement({ loaderData }: Route.ComponentProps): ReactNode {
  const { period, statements, base } = loaderData
  const address = `from=${period.from}&to=${period.to}`
  return (
    <>
      <PageHeader
        kicker={loaderData.account}
        title="Statement"
        lead={`${loaderData.days}: everything that changed what you owe, and the balance after it.`}
      >
        <DownloadLink href={`${base}/statement.pdf?${address}`}>PDF</DownloadLink>
        <DownloadLink href={`${base}/statement.csv?${address}`}>CSV</DownloadLink>
      </PageHeader>
      <StatementSheet period={period} statements={statements} />
    </>
  )
}
