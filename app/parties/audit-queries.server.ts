import { db } from '#app/platform/db.server.ts'

/** One line of the audit log, with the names of those whose rows are still there. */
export type AuditView = {
  readonly number: bigint
  readonly recordedAt: Date
  readonly actorKind: string
  readonly actor: string | null
  readonly action: string
  readonly customer: { readonly id: string; readonly name: string } | null
  readonly subjectId: string | null
  readonly detail: string
}

const PAGE = 50

/** The newest lines first, 50 at a time; `before` is the number of the last one of the page before. */
export async function listAudit(before: bigint | null): Promise<{ lines: AuditView[]; next: bigint | null }> {
  const rows = await db.audit.findMany({
    ...(before === null ? {} : { where: { number: { lt: before } } }),
    orderBy: { number: 'desc' },
    take: PAGE + 1,
  })
  const page = rows.slice(0, PAGE)
  const [people, customers] = await Promise.all([
    db.person.findMany({
      where: { id: { in: page.flatMap(({ actorId }) => actorId ?? []) } },
      select: { id: true, name: true },
    }),
    db.customer.findMany({
      where: { id: { in: page.flatMap(({ customerId }) => customerId ?? []) } },
      select: { id: true, name: true },
    }),
  ])
  const lines = page.map((row) => ({
    number: row.number,
    recordedAt: row.recordedAt,
    actorKind: row.actorKind,
    actor: people.find(({ id }) => id === row.actorId)?.name ?? null,
    action: row.action,
    customer: customers.find(({ id }) => id === row.customerId) ?? null,
    subjectId: row.subjectId,
    detail: detailText(row.detail),
  }))
  return { lines, next: rows.length > PAGE ? (page.at(-1)?.number ?? null) : null }
}

function detailText(detail: unknown): string {
  if (typeof detail !== 'object' || detail === null) return ''
  return Object.entries(detail)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ')
}
