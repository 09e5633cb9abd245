import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { OpenItemSheet, openItemSheetView } from '#app/components/statements/open-item-sheet.tsx'
import { findCustomerFile } from '#app/parties/customer-people.server.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { notFound, readCustomerId, requireStaff } from '#app/parties/require.server.ts'
import { openItemStatements } from '#app/statements/open-items.server.ts'
import { parseAsOf } from '#app/statements/period.ts'
import { DownloadLink } from '#app/ui/button.tsx'
import { titleWithErrors } from '#app/ui/error-summary.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import type { Route } from './+types/customer-open-items.ts'

export const meta: Route.MetaFunction = ({ loaderData }) => [
  { title: titleWithErrors('Open items', (loaderData?.day.problems.length ?? 0) > 0) },
]

export async function loader({ request, params }: Route.LoaderArgs) {
  await requireStaff(request, 'clerk')
  const id = readCustomerId(params.customerId)
  const customer = id && (await findCustomerFile(id))
  if (!customer) throw notFound()
  const { today, now, locale } = await readingFor(request)
  const day = parseAsOf(new URL(request.url).searchParams, today)
  const base = `/staff/customers/${params.customerId}`
  const statements = await openItemStatements(customer.id, { asOf: day.asOf, knownAt: now, locale })
  return {
    base,
    name: customer.name,
    day,
    today,
    statements: statements.map((statement) => openItemSheetView(statement, '/staff', locale)),
  }
}

export default function OpenItems({ loaderData }: Route.ComponentProps): ReactNode {
  const { day, statements, base, today, name } = loaderData
  const address = `as-of=${day.asOf}`
  return (
    <>
      <PageHeader
        kicker={<Link to={base}>{name}</Link>}
        title="Open items"
        lead="What was open at the end of a day, and how late it was."
      >
        <DownloadLink href={`${base}/open-items.pdf?${address}`}>PDF</DownloadLink>
      </PageHeader>
      <OpenItemSheet day={day} today={today} statements={statements} />
    </>
  )
}
