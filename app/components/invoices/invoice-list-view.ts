import type { InvoiceFilterValues } from '#app/components/invoices/invoice-filters.tsx'
import type { InvoiceListView } from '#app/components/invoices/invoice-list.tsx'
import { invoiceListRow } from '#app/components/invoices/invoice-list-row.ts'
import type { FilterProblem } from '#app/invoices/invoice-filter.ts'
import type { InvoicePage, InvoiceRow } from '#app/invoices/invoice-view.ts'

/** Parameters of the address that make the filter; ticks and cursors are not among them. */
const FILTER_FIELDS = ['q', 'status', 'sort', 'due-from', 'due-to', 'min', 'max', 'po', 'currency'] as const

/** What a field has when nothing is chosen. */
const USUAL: Readonly<Record<string, string>> = { status: 'open', sort: 'due-asc' }

export const STATUS_CHOICES: readonly (readonly [string, string])[] = [
  ['open', 'Open'],
  ['not-due', 'Not due yet'],
  ['past-due', 'Past due'],
  ['on-its-way', 'Being paid'],
  ['disputed', 'Disputed'],
  ['settled', 'Settled'],
  ['all', 'All'],
]

export const SORT_CHOICES: readonly (readonly [string, string])[] = [
  ['due-asc', 'Due first'],
  ['due-desc', 'Due last'],
  ['issued-desc', 'Newest'],
  ['issued-asc', 'Oldest'],
  ['open-desc', 'Most open'],
  ['total-desc', 'Largest'],
  ['number-asc', 'Number'],
]

type ListAsks = {
  /** Address of the area, `/c/cst_…` or `/staff`. */
  base: string
  params: URLSearchParams
  page: InvoicePage
  problems: readonly FilterProblem[]
  /** Invoices ticked on this or another page that are still payable. */
  picked: readonly InvoiceRow[]
  canPay: boolean
  withCustomer?: boolean
}

/** What a list of invoices shows for an address. */
export function invoiceListView(asks: ListAsks): InvoiceListView {
  const { base, params, page, picked } = asks
  const oneCurrency = page.sums.length === 1 ? (page.sums[0]?.currency ?? null) : null
  const onPage = new Set(page.rows.map((row) => row.id))
  const elsewhere = picked.filter((row) => !onPage.has(row.id))
  const filtered = FILTER_FIELDS.some((field) => ![null, '', USUAL[field]].includes(params.get(field)))
  return {
    base,
    rows: page.rows.map((row) =>
      invoiceListRow(row, { oneCurrency: oneCurrency !== null, withCustomer: asks.withCustomer === true }),
    ),
    amountsIn: oneCurrency,
    summary: summaryOf(page),
    values: filterValues(params),
    statuses: STATUS_CHOICES,
    sorts: SORT_CHOICES,
    filterErrors: Object.fromEntries(asks.problems.map(({ field, sentence }) => [field, sentence])),
    clearHref: filtered ? `${base}/invoices` : null,
    currency: params.get('currency') ?? '',
    previous: page.before,
    next: page.after,
    picked: picked.map((row) => row.id),
    pickedElsewhere: {
      count: elsewhere.length,
      sums: elsewhere.map((row) => [row.currency, row.payable.minor] as const),
    },
    payHref: asks.canPay ? `${base}/pay` : null,
    payAllHref: asks.canPay && page.rows.length > 0 ? payAllHref(base, params) : null,
    csvHref: `${base}/invoices.csv?${filterOnly(params)}`,
  }
}

function payAllHref(base: string, params: URLSearchParams): string {
  const all = filterOnly(params)
  all.set('all', 'open')
  return `${base}/pay?${all}`
}

function filterOnly(params: URLSearchParams): URLSearchParams {
  const kept = FILTER_FIELDS.flatMap((field) => {
    const value = params.get(field)
    return value ? [[field, value] as [string, string]] : []
  })
  return new URLSearchParams(kept)
}

function filterValues(params: URLSearchParams): InvoiceFilterValues {
  const value = (field: string): string => params.get(field) ?? ''
  return {
    q: value('q'),
    status: value('status') || (USUAL.status ?? ''),
    sort: value('sort') || (USUAL.sort ?? ''),
    'due-from': value('due-from'),
    'due-to': value('due-to'),
    min: value('min'),
    max: value('max'),
    po: value('po'),
  }
}

function summaryOf(page: InvoicePage): string {
  const count = page.count === 1 ? '1 invoice' : `${page.count.toLocaleString('en-US')} invoices`
  const open = page.sums.map((sums) => `${sums.open.spoken} open`).join(', ')
  return open === '' ? count : `${count}, ${open}`
}
