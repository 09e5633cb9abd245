/** Oldest credit to oldest due invoice: what the plan adds up to. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type InvoiceId, newId } from '#app/books/ids.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { money } from '#app/money/money.ts'
import { type Credit, type CreditTarget, planCredits } from '#app/payments/credits/credit-plan.ts'
import { parseBusinessDate } from '#app/platform/time.ts'

const USD = parseCurrency('USD')
const day = (number: number) => parseBusinessDate(`2026-01-${String(number).padStart(2, '0')}`)
const credit = (on: number, minor: bigint): Credit => ({
  ...{ source: { paymentId: newId<'pay'>() }, number: `P-${on}`, on: day(on), remaining: money(minor, USD) },
})
const target = (due: number, minor: bigint): CreditTarget => ({
  ...{ invoiceId: newId<'inv'>() as InvoiceId, dueOn: day(due), upTo: money(minor, USD) },
})

test('the oldest credit pays the oldest due invoice, and what is left of it the next', () => {
  const [young, old] = [credit(9, 300n), credit(2, 500n)]
  const [late, early] = [target(20, 400n), target(10, 350n)]
  expect(planCredits([young, old], [late, early])).toEqual([
    { source: old.source, number: 'P-2', invoiceId: early.invoiceId, amount: money(350n, USD) },
    { source: old.source, number: 'P-2', invoiceId: late.invoiceId, amount: money(150n, USD) },
    { source: young.source, number: 'P-9', invoiceId: late.invoiceId, amount: money(250n, USD) },
  ])
})

test('of the same day, credits and invoices keep the order in which they are given', () => {
  const [memo, paid] = [{ ...credit(5, 300n), source: { creditMemoId: newId<'crm'>() } }, credit(5, 300n)]
  const [one, two] = [target(9, 200n), target(9, 300n)]
  const uses = planCredits([memo, paid], [one, two])
  expect(uses.map((use) => [use.source, use.invoiceId, use.amount.minor])).toEqual([
    [memo.source, one.invoiceId, 200n],
    [memo.source, two.invoiceId, 100n],
    [paid.source, two.invoiceId, 200n],
  ])
})

test('no credit, or nothing to use it on, is no plan', () => {
  expect(planCredits([], [target(1, 5n)])).toEqual([])
  expect(planCredits([credit(1, 5n)], [])).toEqual([])
  expect(planCredits([credit(1, 0n)], [target(1, 0n)])).toEqual([])
})

test('one side is used up whole, no credit and no invoice more than there is of it', () => {
  const some = fc.array(fc.tuple(fc.integer({ min: 1, max: 28 }), fc.bigInt({ min: 0n, max: 1_000n })), {
    maxLength: 8,
  })
  fc.assert(
    fc.property(some, some, (credits, targets) => {
      const given = credits.map(([on, minor]) => credit(on, minor))
      const wanted = targets.map(([due, minor]) => target(due, minor))
      const uses = planCredits(given, wanted)
      const total = (list: readonly { minor: bigint }[]): bigint =>
        list.reduce((sum, each) => sum + each.minor, 0n)
      const used = total(uses.map(({ amount }) => amount))
      const most = [
        total(given.map(({ remaining }) => remaining)),
        total(wanted.map(({ upTo }) => upTo)),
      ] as const
      expect(used).toBe(most[0] < most[1] ? most[0] : most[1])
      for (const { source, remaining } of given)
        expect(
          total(uses.filter((use) => use.source === source).map(({ amount }) => amount)) <= remaining.minor,
        ).toBe(true)
      for (const { invoiceId, upTo } of wanted)
        expect(
          total(uses.filter((use) => use.invoiceId === invoiceId).map(({ amount }) => amount)) <= upTo.minor,
        ).toBe(true)
      expect(uses.every(({ amount }) => amount.minor > 0n)).toBe(true)
    }),
  )
})
