import { expect, test } from 'vitest'
import { daysBetween } from '#app/platform/time.ts'
import { EXAMPLE_SHAPE, generateReceivables } from '#test/support/receivables-generator.ts'

test.each([1, 2, 3, 2_012])(
  'A generated history of seed %i has the totals that its shape promises',
  (seed) => {
    const { invoices, totalMinor, csv } = generateReceivables(seed)
    const sum = (items: typeof invoices): bigint =>
      items.reduce((total, { amountMinor }) => total + amountMinor, 0n)
    expect(totalMinor).toBe(14_770_318n)
    expect(sum(invoices)).toBe(totalMinor)
    expect(invoices).toHaveLength(2_466)
    expect(new Set(invoices.map(({ customer }) => customer)).size).toBe(100)
    expect(new Set(invoices.map(({ number }) => number)).size).toBe(2_466)
    const open = invoices.filter(
      ({ issuedOn, settledOn }) => issuedOn <= EXAMPLE_SHAPE.asOf && settledOn > EXAMPLE_SHAPE.asOf,
    )
    const late = open.filter(({ dueOn }) => daysBetween(dueOn, EXAMPLE_SHAPE.asOf) > 0)
    expect([open.length, sum(open), late.length, sum(late)]).toEqual([99, 572_506n, 13, 78_874n])
    expect(late.every(({ dueOn }) => daysBetween(dueOn, EXAMPLE_SHAPE.asOf) <= 30)).toBe(true)
    expect(csv.split('\r\n')).toHaveLength(2_468)
    expect(generateReceivables(seed).csv).toBe(csv)
  },
)
