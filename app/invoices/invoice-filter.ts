import { INVOICE_STATUSES, type InvoiceStatus } from '#app/invoices/invoice-view.ts'
import { type CurrencyCode, findCurrency, parseCurrency } from '#app/money/currencies.ts'
import { parseAmount } from '#app/money/parse.ts'
import { type BusinessDate, findBusinessDate } from '#app/platform/time.ts'

export const INVOICE_SORTS = [
  'issued-desc',
  'issued-asc',
  'due-asc',
  'due-desc',
  'number-asc',
  'number-desc',
  'open-desc',
  'open-asc',
  'total-desc',
  'total-asc',
] as const
export type InvoiceSort = (typeof INVOICE_SORTS)[number]

/** Which invoices a list shows. Amounts are minor units and mean the total; they need a currency's digits. */
export type InvoiceFilter = {
  readonly status: InvoiceStatus
  readonly dueFrom: BusinessDate | null
  readonly dueTo: BusinessDate | null
  readonly minMinor: bigint | null
  readonly maxMinor: bigint | null
  readonly poNumber: string | null
  readonly text: string | null
  readonly currency: CurrencyCode | null
}

/** Where in the list a page begins, and how long it is. */
export type InvoicePaging = {
  readonly sort: InvoiceSort
  readonly after: string | null
  readonly before: string | null
  readonly size: number
}

/** What was typed and could not be read, by the name of its field; the rest of the filter still holds. */
export type FilterProblem = { readonly field: string; readonly typed: string; readonly sentence: string }

export type ParsedInvoiceFilter = {
  readonly filter: InvoiceFilter
  readonly paging: InvoicePaging
  readonly problems: readonly FilterProblem[]
}

export const EVERY_INVOICE: InvoiceFilter = {
  status: 'all',
  dueFrom: null,
  dueTo: null,
  minMinor: null,
  maxMinor: null,
  poNumber: null,
  text: null,
  currency: null,
}

const PAGE_SIZES = [25, 50, 100]
const DEFAULT_PAGE_SIZE = 50
/** Longest text that a filter takes, in characters. */
export const MAX_TEXT = 200

/**
 * Reads the filter from an address: status, due-from, due-to, min, max, po, q, currency, sort, after, before, size.
 * A value that cannot be read is left out of the filter and named in `problems`. Amounts are read with the digits
 * of `currency`, or of `fallbackCurrency` when the address names none.
 */
export function parseInvoiceFilter(
  params: URLSearchParams,
  options: { fallbackCurrency?: string; defaultStatus?: InvoiceStatus } = {},
): ParsedInvoiceFilter {
  const problems: FilterProblem[] = []
  const read = <T>(field: string, parse: (typed: string) => T | null, sentence: string): T | null => {
    const typed = params.get(field)?.trim() ?? ''
    if (typed === '') return null
    const value = parse(typed)
    if (value === null) problems.push({ field, typed, sentence })
    return value
  }
  const oneOf =
    <T extends string>(choices: readonly T[]) =>
    (typed: string): T | null =>
      choices.find((choice) => choice === typed) ?? null
  const text = (typed: string): string | null =>
    typed.length > MAX_TEXT || typed.includes('\0') ? null : typed

  const currency = read('currency', findCurrency, 'There is no such currency.')
  const digits = currency ?? parseCurrency(options.fallbackCurrency ?? 'USD')
  const amount = (typed: string): bigint | null => {
    const parsed = parseAmount(typed, digits)
    return parsed.ok ? parsed.amount.minor : null
  }
  const dateSentence = 'Write the date as 2026-12-31.'
  const amountSentence = 'Write the amount as 1240.50.'
  const filter: InvoiceFilter = {
    status:
      read('status', oneOf(INVOICE_STATUSES), 'Choose one of the states.') ?? options.defaultStatus ?? 'all',
    dueFrom: read('due-from', findBusinessDate, dateSentence),
    dueTo: read('due-to', findBusinessDate, dateSentence),
    minMinor: read('min', amount, amountSentence),
    maxMinor: read('max', amount, amountSentence),
    poNumber: read('po', text, 'This is too long.'),
    text: read('q', text, 'This is too long.'),
    currency,
  }
  const size = Number(read('size', oneOf(PAGE_SIZES.map(String)), `Choose ${PAGE_SIZES.join(', ')} rows.`))
  const paging: InvoicePaging = {
    sort: read('sort', oneOf(INVOICE_SORTS), 'Choose one of the orders.') ?? 'issued-desc',
    after: params.get('after'),
    before: params.get('before'),
    size: size || DEFAULT_PAGE_SIZE,
  }
  return { filter, paging, problems }
}
