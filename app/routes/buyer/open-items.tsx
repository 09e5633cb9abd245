import type { ReactNode } from 'react'
import { accountLine } from '#app/components/statements/account-line.ts'
import { OpenItemSheet, openItemSheetView } from '#app/components/statements/open-item-sheet.tsx'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { requireBuyer } from '#app/parties/require.server.ts'
import { formatBusinessDate } from '#app/platform/time.ts'
import { openItemStatements } from '#app/statements/open-items.server.ts'
import { parseAsOf } from '#app/statements/period.ts'
import { DownloadLink } from '#app/ui/button.tsx'
import { titleWithErrors } from '#app/ui/error-summary.tsx'
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
    statements: statements.map((statement) => openItemSheetView(statement, base, locale)),
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
      <OpenItemSheet day={day} today={today} statements={statements} />
    </>
  )
}
