import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runBalance } from '#app/statements/running-balance.ts'

const amount = fc.bigInt({ min: -1_000_000_000n, max: 1_000_000_000n }).filter((minor) => minor !== 0n)
const entries = fc.array(
  amount.map((amountMinor) => ({ amountMinor })),
  { maxLength: 80 },
)

test('opening plus all rows is closing, and each balance is the one before it and its own row', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), entries, (opening, rows) => {
      const closing = rows.reduce((sum, row) => sum + row.amountMinor, opening)
      const statement = runBalance(opening, rows, closing)
      expect(statement.openingMinor + statement.debitMinor - statement.creditMinor).toBe(closing)
      let before = opening
      for (const row of statement.entries) {
        expect(row.balanceMinor).toBe(before + (row.debitMinor ?? 0n) - (row.creditMinor ?? 0n))
        expect((row.debitMinor === null) !== (row.creditMinor === null)).toBe(true)
        expect((row.debitMinor ?? row.creditMinor ?? 0n) > 0n).toBe(true)
        before = row.balanceMinor
      }
      expect(before).toBe(closing)
    }),
  )
})

test('a statement that does not add up is never made', () => {
  fc.assert(
    fc.property(entries, amount, (rows, off) => {
      const closing = rows.reduce((sum, row) => sum + row.amountMinor, 0n) + off
      expect(() => runBalance(0n, rows, closing)).toThrow('does not add up')
    }),
  )
})

test('nothing happened: the balance stays', () => {
  expect(runBalance(500n, [], 500n)).toEqual({
    openingMinor: 500n,
    closingMinor: 500n,
    debitMinor: 0n,
    creditMinor: 0n,
    entries: [],
  })
})
