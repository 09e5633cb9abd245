import { expect, test } from 'vitest'
import { caseKindOf, DIFFERENCE_KINDS, differenceKindOf } from '#app/reconciliation/comparison/difference.ts'
import { exceptionWords } from '#app/reconciliation/exception-words.ts'

test('there are twelve kinds, each with words that say what it is and what to do', () => {
  expect(DIFFERENCE_KINDS).toHaveLength(12)
  const titles = DIFFERENCE_KINDS.map((kind) => exceptionWords(caseKindOf(kind)).title)
  expect(new Set(titles).size).toBe(12)
  for (const kind of DIFFERENCE_KINDS) {
    const { why, next } = exceptionWords(caseKindOf(kind))
    expect.soft(why, kind).toMatch(/\.$/)
    expect.soft(next, kind).toMatch(/\.$/)
  }
})

test('the kind of a case is found again, and other cases are no differences', () => {
  for (const kind of DIFFERENCE_KINDS) expect(differenceKindOf(caseKindOf(kind))).toBe(kind)
  expect(differenceKindOf('payment.end-refused')).toBeNull()
})
