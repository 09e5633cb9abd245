import type Stripe from 'stripe'
import { invalidRequest, noSuch } from '#scripts/sandbox/api/api-error.ts'
import { present } from '#scripts/sandbox/api/present.ts'
import type { Kind, StoredObject } from '#scripts/sandbox/kinds.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

export type ListParams = {
  limit?: number
  starting_after?: string
  ending_before?: string
  created?: Stripe.RangeQueryParam | number
}
export type Page<T> = { object: 'list'; data: T[]; has_more: boolean; url: string }
export type Condition = { sql: string; values: (string | number)[] }

/**
 * Lists stored objects of a kind, newest first; `equals` maps JSON fields of the object to the value asked for,
 * `more` adds conditions of its own.
 */
export function listObjects(
  sandbox: Sandbox,
  kind: Kind,
  url: string,
  params: ListParams,
  equals: Record<string, string | undefined> = {},
  more: readonly Condition[] = [],
): Page<StoredObject> {
  const conditions: Condition[] = [{ sql: 'kind = ?', values: [kind] }, ...more]
  for (const [field, value] of Object.entries(equals)) {
    if (value !== undefined) conditions.push({ sql: `json_extract(body, '$.${field}') = ?`, values: [value] })
  }
  const page = listRows(sandbox, 'object', url, params, conditions)
  return { ...page, data: page.data.map((body) => present(sandbox, JSON.parse(body) as StoredObject)) }
}

/** One page of a table's rows by cursor, newest first: the shared rules of every list of the API. */
export function listRows(
  sandbox: Sandbox,
  table: 'object' | 'event',
  url: string,
  params: ListParams,
  conditions: Condition[],
): Page<string> {
  const limit = params.limit ?? 10
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
    throw invalidRequest('Invalid limit: must be between 1 and 100', 'limit')
  }
  if (params.starting_after !== undefined && params.ending_before !== undefined) {
    throw invalidRequest('Received both ending_before and starting_after', 'ending_before')
  }
  const all = [...conditions, ...createdConditions(params.created)]
  if (params.starting_after !== undefined) {
    all.push({ sql: 'seq < ?', values: [cursor(sandbox, table, params.starting_after, 'starting_after')] })
  }
  if (params.ending_before !== undefined) {
    all.push({ sql: 'seq > ?', values: [cursor(sandbox, table, params.ending_before, 'ending_before')] })
  }
  const isBackwards = params.ending_before !== undefined
  const where = all.length > 0 ? `WHERE ${all.map((one) => one.sql).join(' AND ')}` : ''
  const sql = `SELECT body FROM ${table} ${where} ORDER BY seq ${isBackwards ? 'ASC' : 'DESC'} LIMIT ?`
  const rows = sandbox.store.rows(sql, ...all.flatMap((one) => one.values), limit + 1)
  const data = rows.slice(0, limit).map((row) => String(row.body))
  return { object: 'list', data: isBackwards ? data.reverse() : data, has_more: rows.length > limit, url }
}

function cursor(sandbox: Sandbox, table: string, id: string, param: string): number {
  const row = sandbox.store.row(`SELECT seq FROM ${table} WHERE id = ?`, id)
  if (!row) throw noSuch('object', id, param)
  return Number(row.seq)
}

function createdConditions(created: ListParams['created']): Condition[] {
  if (created === undefined) return []
  if (typeof created === 'number') return [{ sql: 'created = ?', values: [created] }]
  const operators = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const
  return Object.entries(created).map(([name, value]) => ({
    sql: `created ${operators[name as keyof typeof operators]} ?`,
    values: [Number(value)],
  }))
}
