import { expect, test } from 'vitest'
import { accountFigureLines, amountDueView } from '#app/components/account/account-home-view.ts'
import type { AccountFigure, AccountFigures } from '#app/invoices/invoice-view.ts'
import { amountView } from '#app/money/amount-view.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { money } from '#app/money/money.ts'
import { formatBusinessDate, parseBusinessDate } from '#app/platform/time.ts'

const USD = parseCurrency('USD')
const asks = { base: '/c/cst_1', today: parseBusinessDate('2026-11-23'), locale: 'en-US', canPay: true }

const figure = (minor: bigint, count: number): AccountFigure => ({
  amount: amountView(money(minor, USD)),
  count,
})

function figures(over: Partial<AccountFigures>): AccountFigures {
  const none = figure(0n, 0)
  return {
    currency: 'USD',
    open: none,
    notDue: none,
    pastDue: none,
    disputed: none,
    onItsWay: none,
    payable: none,
    payablePastDue: none,
    unappliedCredit: none,
    nextDueOn: null,
    ...over,
  }
}

function due(date: string): AccountFigures['nextDueOn'] {
  const day = parseBusinessDate(date)
  return { date: day, text: formatBusinessDate(day) }
}

test('says what is due, when, and pays all of it with one button', () => {
  const view = amountDueView(
    figures({ open: figure(124_050n, 2), payable: figure(124_050n, 2), nextDueOn: due('2026-12-03') }),
    asks,
  )
  expect(view.amount).toBe('$1,240.50')
  expect(view.when).toBe('2 invoices; the first is due on 3 Dec 2026, in 10 days.')
  expect(view.pay).toEqual({ label: 'Pay $1,240.50', href: '/c/cst_1/pay?all=open&currency=USD' })
})

test('names what is past due before anything else', () => {
  const { when } = amountDueView(
    figures({
      open: figure(124_050n, 2),
      payable: figure(124_050n, 2),
      pastDue: figure(60_000n, 2),
      payablePastDue: figure(40_000n, 1),
      nextDueOn: due('2026-11-11'),
    }),
    asks,
  )
  expect(when).toBe('2 invoices; $400.00 is past due, the oldest since 11 Nov 2026 (12 days late).')
})

test.each([
  [1, '1 invoice, past due since 11 Nov 2026 (12 days late).'],
  [3, '3 invoices, all past due; the oldest since 11 Nov 2026 (12 days late).'],
])('%i invoices that are all past due are not counted twice', (count, sentence) => {
  const late = figure(40_000n, count)
  const facts = figures({ open: late, payable: late, payablePastDue: late, nextDueOn: due('2026-11-11') })
  expect(amountDueView(facts, asks).when).toBe(sentence)
})

test('calls nothing past due that is in a payment already', () => {
  const { when } = amountDueView(
    figures({
      open: figure(124_050n, 2),
      payable: figure(84_050n, 1),
      pastDue: figure(40_000n, 1),
      nextDueOn: due('2026-12-03'),
    }),
    asks,
  )
  expect(when).toBe('1 invoice; the first is due on 3 Dec 2026, in 10 days.')
})

test('more than one payment takes is chosen, not paid at once', () => {
  const { pay } = amountDueView(
    figures({ open: figure(9n, 101), payable: figure(9n, 101), nextDueOn: due('2026-12-03') }),
    asks,
  )
  expect(pay).toEqual({ label: 'Choose what to pay', href: '/c/cst_1/invoices' })
})

test('who may only look has no pay button', () => {
  const facts = figures({ open: figure(9n, 1), payable: figure(9n, 1), nextDueOn: due('2026-12-03') })
  const view = amountDueView(facts, { ...asks, canPay: false })
  expect(view.pay).toBeNull()
  expect(view.also).toBeUndefined()
})

test('nothing to pay is told apart from nothing owed', () => {
  expect(amountDueView(figures({}), asks).when).toBe('Everything is settled.')
  expect(amountDueView(figures({ open: figure(9n, 1) }), asks).when).toContain('on its way or in dispute')
})

test('each figure opens its rows; an empty one opens nothing', () => {
  const lines = accountFigureLines(figures({ pastDue: figure(40_000n, 1) }), '/c/cst_1')
  expect(lines.find(({ key }) => key === 'past-due')).toMatchObject({
    amount: '$400.00',
    href: '/c/cst_1/invoices?status=past-due&currency=USD',
  })
  expect(lines.find(({ key }) => key === 'disputed')?.href).toBeNull()
})
