import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { encodeId } from '#app/books/ids.ts'
import { listAudit } from '#app/parties/audit-queries.server.ts'
import { readingFor } from '#app/parties/page-reading.server.ts'
import { requireStaff } from '#app/parties/require.server.ts'
import { formatInstant } from '#app/platform/time.ts'
import { EmptyState } from '#app/ui/empty-state.tsx'
import { FactTable } from '#app/ui/fact-table.tsx'
import { OlderLinks } from '#app/ui/older-links.tsx'
import { PageHeader } from '#app/ui/page-header.tsx'
import type { Route } from './+types/audit.ts'

export const meta: Route.MetaFunction = () => [{ title: 'Audit log' }]

const WHO: Readonly<Record<string, string>> = {
  buyer: 'a buyer',
  staff: 'staff',
  system: 'the system',
  command: 'the command line',
}

export async function loader({ request }: Route.LoaderArgs) {
  await requireStaff(request, 'clerk')
  const { locale, timeZone } = await readingFor(request)
  const typed = new URL(request.url).searchParams.get('before') ?? ''
  const before = /^\d{1,18}$/.test(typed) ? BigInt(typed) : null
  const { lines, next } = await listAudit(before)
  return {
    lines: lines.map((line) => ({
      number: line.number.toString(),
      at: formatInstant(line.recordedAt, timeZone, locale),
      who: line.actor ?? WHO[line.actorKind] ?? line.actorKind,
      action: line.action,
      customer: line.customer && { id: encodeId('cst', line.customer.id), name: line.customer.name },
      subject: line.subjectId ?? '',
      detail: line.detail,
    })),
    newest: before === null ? null : '/staff/audit',
    older: next === null ? null : `/staff/audit?before=${next}`,
  }
}

export default function Audit({ loaderData }: Route.ComponentProps): ReactNode {
  const { lines, newest, older } = loaderData
  return (
    <>
      <PageHeader
        kicker={<Link to="/staff/queues">Queues</Link>}
        title="Audit log"
        lead="Who did what, newest first. No line can be changed: each carries the hash of the one before it."
      />
      {lines.length === 0 ? (
        <EmptyState title="Nothing was done yet" />
      ) : (
        <FactTable
          caption="Lines of the audit log, newest first"
          columns={[
            { key: 'number', label: 'Line' },
            { key: 'at', label: 'When', nowrap: true },
            { key: 'who', label: 'Who' },
            { key: 'action', label: 'What' },
            { key: 'customer', label: 'Customer' },
            { key: 'detail', label: 'Details' },
          ]}
          rows={lines.map((line) => ({
            key: line.number,
            cells: [
              line.number,
              line.at,
              line.who,
              line.action,
              line.customer && <Link to={`/staff/customers/${line.customer.id}`}>{line.customer.name}</Link>,
              <span key="detail" className="wrap-anywhere">
                {line.detail}
                {line.subject && <span className="row-note">{line.subject}</span>}
              </span>,
            ],
          }))}
        />
      )}
      <OlderLinks newest={newest} older={older} />
    </>
  )
}
