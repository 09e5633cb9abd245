import { type InvoiceSort, MAX_TEXT } from '#app/invoices/invoice-filter.ts'
import { findBusinessDate } from '#app/platform/time.ts'

/** The key of the row where a page begins: the sort, the row's value of it, and its id. */
export type InvoiceCursor = { readonly sort: InvoiceSort; readonly value: string; readonly id: string }

/** The cursor as an address carries it. */
export function encodeCursor(cursor: InvoiceCursor): string {
  return Buffer.from(JSON.stringify([cursor.sort, cursor.value, cursor.id])).toString('base64url')
}

/** The cursor that a text carries; null when it is none or belongs to another order of rows. */
export function decodeCursor(text: string | null, sort: InvoiceSort): InvoiceCursor | null {
  if (text === null || text === '') return null
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
    if (!Array.isArray(parts) || parts.length !== 3 || parts[0] !== sort) return null
    const [, value, id] = parts as unknown[]
    if (typeof value !== 'string' || typeof id !== 'string') return null
    return /^[0-9a-f-]{36}$/.test(id) && isValueOf(sort, value) ? { sort, value, id } : null
  } catch {
    return null
  }
}

function isValueOf(sort: InvoiceSort, value: string): boolean {
  const column = sort.slice(0, sort.lastIndexOf('-'))
  if (column === 'issued' || column === 'due') return findBusinessDate(value) !== null
  if (column === 'number') return value.length <= MAX_TEXT && !value.includes('\0')
  return /^-?\d{1,18}$/.test(value)
}
