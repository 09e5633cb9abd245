import { expect, test } from 'vitest'
import { poWords } from '#app/components/invoices/invoice-list-row.ts'
import { invoiceListView } from '#app/components/invoices/invoice-list-view.ts'
import type { InvoicePage } from '#app/invoices/invoice-view.ts'

const EMPTY: InvoicePage = { rows: [], sums: [], count: 0, before: null, after: null }

function view(address: string, canPay = true) {
  const params = new URLSearchParams(address)
  return invoiceListView({ base: '/c/cst_1', params, page: EMPTY, problems: [], picked: [], canPay })
}

test('the filter can only be cleared when there is one', () => {
  expect(view('sort=due-asc').clearHref).toBeNull()
  expect(view('status=open&q=').clearHref).toBeNull()
  expect(view('q=4500').clearHref).toBe('/c/cst_1/invoices')
  expect(view('status=settled').clearHref).toBe('/c/cst_1/invoices')
})

test('the file holds the filter and nothing of ticks or pages', () => {
  expect(view('q=a%26b&pick=inv_1&after=xyz&status=all').csvHref).toBe(
    '/c/cst_1/invoices.csv?q=a%26b&status=all',
  )
})

test('who may only look cannot choose what to pay', () => {
  expect(view('', false).payHref).toBeNull()
  expect(view('', true).payHref).toBe('/c/cst_1/pay')
})

test('a currency stays part of the filter', () => {
  expect(view('currency=EUR').currency).toBe('EUR')
})

test.each([
  ['4500-1187', 'PO 4500-1187'],
  ['PO-84032', 'PO-84032'],
  ['Poster order', 'PO Poster order'],
  ['', null],
  [null, null],
])('the order number %j reads %j', (number, words) => {
  expect(poWords(number)).toBe(words)
})
