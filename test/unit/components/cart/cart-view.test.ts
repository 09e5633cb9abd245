import { expect, test } from 'vitest'
import { asId, encodeId, type InvoiceId } from '#app/books/ids.ts'
import { cartFigures } from '#app/components/cart/cart-figures.ts'
import {
  answeredCart,
  type CartAnswer,
  type CartView,
  cartViews,
  paymentHref,
} from '#app/components/cart/cart-view.ts'
import type { InvoiceRow } from '#app/invoices/invoice-view.ts'
import { amountView } from '#app/money/amount-view.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { money } from '#app/money/money.ts'
import type { CartFacts, CartInvoice } from '#app/payments/cart/plan-cart.ts'
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

const words = { base: '/c/cst_1', locale: 'en-US', mintPaymentId: () => 'pay_new' }

const POLICY = {
  allowPartial: true,
  minPartialMinor: 0n,
  toleranceMinor: 0n,
  shortNeedsReason: false,
  allowOverpayment: true,
}

/** What the books say about the rows: nothing but what the rows show, unless told otherwise. */
function factsOf(
  rows: readonly InvoiceRow[],
  over: Partial<CartInvoice> = {},
): ReadonlyMap<string, CartFacts> {
  return new Map(
    rows.map((row) => {
      const minor = BigInt(row.payable.minor)
      const facts = rows
        .filter(({ currency }) => currency === row.currency)
        .map((each): [InvoiceId, CartInvoice] => {
          const invoiceId = asId<'inv'>(each.externalNumber)
          const figures = { openMinor: minor, payableMinor: BigInt(each.payable.minor) }
          return [
            invoiceId,
            {
              invoiceId,
              number: each.number,
              ...figures,
              credits: [],
              creditMinor: 0n,
              offer: null,
              ...over,
            },
          ]
        })
      return [row.currency, { policy: POLICY, invoices: new Map(facts), mayDispute: false }]
    }),
  )
}

const viewsOf = (rows: readonly InvoiceRow[], over: Partial<CartInvoice> = {}) =>
  cartViews(rows, factsOf(rows, over), words)

const totalOf = (cart: CartView): string => cartFigures(cart, cart.rows, cart.onAccount ?? '').totalMinor

function answer(over: Partial<CartAnswer>): CartAnswer {
  return {
    currency: 'USD',
    paymentId: 'pay_sent',
    ticked: [],
    amounts: {},
    reasons: {},
    onAccount: '',
    lumpSum: '',
    lumpSumError: null,
    notice: null,
    problems: [],
    ...over,
  }
}

test('everything payable is ticked with its whole amount, one cart per currency', () => {
  const carts = viewsOf([invoice(FIRST, 84_050n), invoice(SECOND, 980n, 'JPY')])
  expect(carts.map((cart) => [cart.currency, totalOf(cart), cart.rows[0]?.typed])).toEqual([
    ['USD', '84050', '840.50'],
    ['JPY', '980', '980'],
  ])
  expect(carts.every((cart) => cart.rows.every((row) => row.ticked))).toBe(true)
})

test('an invoice with nothing payable is not in the cart', () => {
  expect(viewsOf([invoice(FIRST, 0n)])).toEqual([])
})

test('a form that comes back keeps what was typed, unticked and wrong, and its payment id', () => {
  const [cart] = viewsOf([invoice(FIRST, 84_050n), invoice(SECOND, 40_000n)])
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
  expect(totalOf(shown)).toBe('0')
})

test('an answer about one currency leaves the cart of another as it is', () => {
  const [cart] = viewsOf([invoice(FIRST, 100n, 'EUR')])
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
  const [cart] = viewsOf(rows.map((_, index) => invoice(FIRST.replace(/.$/, String(index)), 500_000n)))
  if (!cart) throw new Error('no cart')
  const figures = cartFigures(cart, rows, '3.50')
  expect(figures).toMatchObject({ totalMinor: '102400', onAccountMinor: '350', savingMinor: '0' })
  expect(figures.short).toEqual(cart.rows.slice(0, 2).map(({ field }) => field))
})

test('a discount is in the amount that is typed in, and goes when less is paid', () => {
  const offer = {
    until: parseBusinessDate('2026-12-03'),
    basis: 'settled' as const,
    onPartials: false,
    payableMinor: 84_050n,
    savingMinor: 1_681n,
    onTotalMinor: 1_681n,
    totalMinor: 84_050n,
  }
  const [cart] = viewsOf([invoice(FIRST, 84_050n)], { offer })
  if (!cart) throw new Error('no cart')
  expect(cart.rows[0]).toMatchObject({ typed: '823.69', payable: '840.50', seen: '84050.0.1681' })
  expect(cartFigures(cart, cart.rows, '')).toMatchObject({ savingMinor: '1681', short: [] })
  expect(cartFigures(cart, [{ ticked: true, typed: '800' }], '')).toMatchObject({
    savingMinor: '0',
    short: [cart.rows[0]?.field],
  })
})

test('a payment has an address of its own', () => {
  expect(paymentHref('/c/cst_1', asId<'pay'>(FIRST))).toBe(
    '/c/cst_1/payments/pay_01935ff9648079faaab661b3fa326b1c',
  )
})
