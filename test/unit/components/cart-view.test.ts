import { expect, test } from 'vitest'
import { asId, encodeId } from '#app/books/ids.ts'
import {
  answeredCart,
  type CartAnswer,
  cartViews,
  paymentHref,
  sumOfRows,
} from '#app/components/cart-view.ts'
import type { InvoiceRow } from '#app/invoices/invoice-view.ts'
import { amountView } from '#app/money/amount-view.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { money } from '#app/money/money.ts'
import { parseBusinessDate } from '#app/platform/time.ts'

const FIRST = '01935ff9-6480-79fa-aab6-61b3fa326b1c'
const SECOND = '01938405-e880-70ee-9fe8-290d5ca669bc'

function invoice(uuid: string, payableMinor: bigint, currency = 'USD'): InvoiceRow {
  const amount = amountView(money(payableMinor, parseCurrency(currency)))
  const day = { date: parseBusinessDate('2026-12-03'), text: '3 Dec 2026' }
  return {
    id: encodeId('inv', uuid),
    kind: 'invoice',
    number: `INV-${uuid.slice(-4)}`,
    externalNumber: uuid,
    poNumber: null,
    currency,
    issuedOn: day,
    dueOn: day,
    dueInWords: 'in 3 days',
    daysLate: 0,
    state: 'open',
    total: amount,
    open: amount,
    payable: amount,
    onItsWay: amount,
    disputed: amount,
    settledOn: null,
    customer: { id: 'cst_1', number: 'C-1', name: 'Aurora' },
  }
}

const asks = { base: '/c/cst_1', mintPaymentId: () => 'pay_new' }

function answer(over: Partial<CartAnswer>): CartAnswer {
  return {
    currency: 'USD',
    paymentId: 'pay_sent',
    ticked: [],
    amounts: {},
    lumpSum: '',
    lumpSumError: null,
    notice: null,
    problems: [],
    ...over,
  }
}

test('everything payable is ticked with its whole amount, one cart per currency', () => {
  const carts = cartViews([invoice(FIRST, 84_050n), invoice(SECOND, 980n, 'JPY')], asks)
  expect(carts.map((cart) => [cart.currency, cart.shownTotalMinor, cart.rows[0]?.typed])).toEqual([
    ['USD', '84050', '840.50'],
    ['JPY', '980', '980'],
  ])
  expect(carts.every((cart) => cart.rows.every((row) => row.ticked))).toBe(true)
})

test('an invoice with nothing payable is not in the cart', () => {
  expect(cartViews([invoice(FIRST, 0n)], asks)).toEqual([])
})

test('a form that comes back keeps what was typed, unticked and wrong, and its payment id', () => {
  const [cart] = cartViews([invoice(FIRST, 84_050n), invoice(SECOND, 40_000n)], asks)
  if (!cart) throw new Error('no cart')
  const [first, second] = cart.rows
  if (!first || !second) throw new Error('no rows')
  const shown = answeredCart(
    cart,
    answer({
      ticked: [first.invoiceId],
      amounts: { [first.field]: '12.x', [second.field]: '5' },
      problems: [{ field: first.field, message: 'Enter an amount such as 1240.50.', paymentHref: null }],
    }),
  )
  expect(shown.paymentId).toBe('pay_sent')
  expect(shown.rows.map(({ ticked, typed, error }) => ({ ticked, typed, error }))).toEqual([
    { ticked: true, typed: '12.x', error: 'Enter an amount such as 1240.50.' },
    { ticked: false, typed: '5', error: null },
  ])
  expect(shown.shownTotalMinor).toBe('0')
})

test('an answer about one currency leaves the cart of another as it is', () => {
  const [cart] = cartViews([invoice(FIRST, 100n, 'EUR')], asks)
  if (!cart) throw new Error('no cart')
  expect(answeredCart(cart, answer({ currency: 'USD' }))).toBe(cart)
})

test('the sum counts ticked and readable amounts above zero alone', () => {
  const rows = [
    { ticked: true, typed: '20.00' },
    { ticked: true, typed: '1,000.5' },
    { ticked: false, typed: '7' },
    { ticked: true, typed: '-3' },
    { ticked: true, typed: 'seven' },
    { ticked: true, typed: '' },
  ]
  expect(sumOfRows(rows, 'USD')).toBe(102_050n)
})

test('a payment has an address of its own', () => {
  expect(paymentHref('/c/cst_1', asId<'pay'>(FIRST))).toBe(
    '/c/cst_1/payments/pay_01935ff9648079faaab661b3fa326b1c',
  )
})
