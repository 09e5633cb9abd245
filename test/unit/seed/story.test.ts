import { expect, test } from 'vitest'
import { addDays, daysBetween, parseBusinessDate } from '#app/platform/time.ts'
import { type Story, tellStory } from '../../../prisma/seed/story.ts'
import { CUSTOMERS } from '../../../prisma/seed/supplier.ts'

const days = Array.from({ length: 24 }, (_, index) => addDays(parseBusinessDate('2026-01-07'), index * 17))

function openOf(story: Story): Map<string, bigint> {
  const open = new Map(story.invoices.map(({ number, totalMinor }) => [number, totalMinor]))
  const take = (number: string, minor: bigint): void =>
    void open.set(number, (open.get(number) ?? 0n) - minor)
  for (const { appliesTo } of story.credits) if (appliesTo) take(appliesTo.number, appliesTo.amountMinor)
  for (const { items } of story.payments)
    for (const { number, amountMinor } of items) take(number, amountMinor)
  return open
}

test.each(days)('A story that ends on %s owes nothing twice and shows every age of debt', (today) => {
  const story = tellStory(today)
  const open = openOf(story)
  expect([...open.values()].every((minor) => minor >= 0n)).toBe(true)
  const lateDays = story.invoices
    .filter(({ number }) => (open.get(number) ?? 0n) > 0n)
    .map(({ dueOn }) => daysBetween(dueOn, today))
  for (const [from, to] of [
    [-60, 0],
    [1, 30],
    [31, 60],
    [61, 90],
    [91, 120],
    [121, 150],
  ] as const)
    expect(lateDays.filter((late) => late >= from && late <= to).length, `${from} to ${to}`).toBeGreaterThan(
      0,
    )
  expect(Math.max(...lateDays)).toBeLessThanOrEqual(150)
})

test.each(days)(
  'Nothing in a story that ends on %s happens after that day or before its invoice',
  (today) => {
    const { invoices, payments, credits } = tellStory(today)
    const issuedOn = new Map(invoices.map((invoice) => [invoice.number, invoice.issuedOn]))
    for (const invoice of invoices) expect(invoice.issuedOn <= today).toBe(true)
    for (const { settledOn, items, amountMinor } of payments) {
      expect(settledOn <= today).toBe(true)
      expect(amountMinor > 0n).toBe(true)
      for (const item of items) expect((issuedOn.get(item.number) ?? '9') <= settledOn).toBe(true)
    }
    for (const credit of credits) expect(credit.issuedOn <= today).toBe(true)
    expect(credits.some(({ appliesTo }) => appliesTo === null)).toBe(true)
    expect(credits.some(({ appliesTo }) => appliesTo !== null)).toBe(true)
  },
)

test.each(days)(
  'On %s a customer with a discount for paying early has an open invoice that earns it',
  (today) => {
    const story = tellStory(today)
    const open = openOf(story)
    const early = CUSTOMERS.filter(({ earlyPayment }) => earlyPayment !== undefined)
    expect(early).toHaveLength(1)
    for (const { number, earlyPayment } of early) {
      const young = story.invoices.filter(
        ({ customer, issuedOn }) =>
          customer.number === number && today < addDays(issuedOn, earlyPayment?.days ?? 0),
      )
      expect(young.some((invoice) => open.get(invoice.number) === invoice.totalMinor)).toBe(true)
    }
  },
)

test('The same day and seed tell the same story, and every customer has a part in it', () => {
  const today = parseBusinessDate('2026-11-23')
  const story = tellStory(today)
  expect(tellStory(today)).toEqual(story)
  for (const customer of CUSTOMERS)
    expect(story.invoices.filter((invoice) => invoice.customer === customer).length).toBeGreaterThan(20)
  expect(story.invoices.length).toBeGreaterThan(600)
  expect(story.invoices.length).toBeLessThan(1_100)
})
