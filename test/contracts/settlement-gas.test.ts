/** The gas snapshot: what an operation of escrow or plan costs in USDC may fall and not rise above its goal. */
import { beforeAll, describe, expect, test } from 'vitest'
import { GAS_GOALS } from '#scripts/bench/gas/goals.ts'
import { type Bare, type Measured, measureBare, measureSettlement } from '#scripts/bench/gas/measure.ts'
import { calibrationTable, limitOf, OPERATIONS, uncalibratedIn } from '#scripts/bench/gas/table.ts'

describe('gas with a token that costs what USDC costs', { timeout: 240_000 }, () => {
  let bare: Bare
  let usdc: Measured
  beforeAll(async () => {
    bare = await measureBare('usdc')
    usdc = await measureSettlement('usdc')
  }, 240_000)

  test('the token’s own transactions cost what those of USDC do, within one per cent', () => {
    expect(uncalibratedIn(bare), calibrationTable(bare)).toEqual([])
  })

  test.each(OPERATIONS)('%s stays within its goal', (operation) => {
    expect(usdc[operation]).toBeLessThanOrEqual(limitOf(operation))
  })

  test('an exception is struck out once its goal is met', () => {
    const needless = OPERATIONS.filter(
      (operation) =>
        GAS_GOALS[operation].exception !== undefined && usdc[operation] <= GAS_GOALS[operation].goal,
    )
    expect(needless).toEqual([])
  })
})
