import { asId, decodeId } from '#app/books/ids.ts'
import { db } from '#app/platform/db.server.ts'
import type { ExceptionCase } from '#app/platform/generated/client.ts'
import type { ExceptionPage, ExceptionView } from '#app/reconciliation/exception-view.ts'

const PAGE = 50

/** Cases that are open, or those that are closed, newest first; `after` is the last one of the page before. */
export async function listExceptions(options: {
  isOpen: boolean
  after: string | null
  take?: number
}): Promise<ExceptionPage> {
  const take = options.take ?? PAGE
  const rows = await db.exceptionCase.findMany({
    where: { resolvedAt: options.isOpen ? null : { not: null } },
    orderBy: [{ openedAt: 'desc' }, { id: 'desc' }],
    ...(options.after === null ? {} : { cursor: { id: options.after }, skip: 1 }),
    take: take + 1,
  })
  const page = rows.slice(0, take)
  return { cases: await withNames(page), next: rows.length > take ? (page.at(-1)?.id ?? null) : null }
}

/** How many cases wait for a person. */
export function countOpenExceptions(): Promise<number> {
  return db.exceptionCase.count({ where: { resolvedAt: null } })
}

async function withNames(rows: readonly ExceptionCase[]): Promise<ExceptionView[]> {
  const subjects = rows.flatMap(({ subjectId, detail }) => [
    uuidOf(subjectId),
    uuidOf(paymentNamedBy(detail)),
  ])
  const ids = subjects.filter((id) => id !== null)
  const customerIds = rows.flatMap(({ customerId }) => customerId ?? [])
  const [payments, attempts, customers] = await Promise.all([
    db.payment.findMany({ where: { id: { in: ids } }, select: { id: true, number: true } }),
    db.paymentAttempt.findMany({
      where: { id: { in: ids } },
      select: { id: true, payment: { select: { id: true, number: true } } },
    }),
    db.customer.findMany({ where: { id: { in: customerIds } }, select: { id: true, name: true } }),
  ])
  const paymentOf = new Map([
    ...payments.map((each) => [each.id, each] as const),
    ...attempts.map((each) => [each.id, each.payment] as const),
  ])
  return rows.map((row) => {
    const payment =
      paymentOf.get(paymentNamedBy(row.detail) ?? '') ?? paymentOf.get(uuidOf(row.subjectId) ?? '')
    return {
      id: row.id,
      kind: row.kind,
      customer: customers.find(({ id }) => id === row.customerId) ?? null,
      payment: payment === undefined ? null : { id: asId<'pay'>(payment.id), number: payment.number },
      facts: factsOf(row.detail),
      openedAt: row.openedAt,
      resolvedAt: row.resolvedAt,
      resolution: row.resolution,
    }
  })
}

function paymentNamedBy(detail: unknown): string | null {
  if (typeof detail !== 'object' || detail === null || !('paymentId' in detail)) return null
  return uuidOf(detail.paymentId)
}

function uuidOf(text: unknown): string | null {
  if (typeof text !== 'string') return null
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text) ? text : decodeId('pay', text)
}

function factsOf(detail: unknown): [string, string][] {
  if (typeof detail !== 'object' || detail === null) return []
  return Object.entries(detail).flatMap(([name, value]): [string, string][] => {
    if (value === null || name === 'customerId') return []
    return [[name, typeof value === 'string' ? value : JSON.stringify(value)]]
  })
}
