import { expect, test } from 'vitest'
import { pauseAfter, RETURN_RULES, type ReturnRule, returnRule } from '#app/payments/returns/return-codes.ts'
import { BANK_RETURNS } from '#scripts/sandbox/banking/return-codes.ts'

const RULES: readonly ReturnRule[] = Object.values(RETURN_RULES)

test.each([
  ['R01', 'allowed', 'none'],
  ['R09', 'allowed', 'none'],
  ['R02', 'never', 'remove_method'],
  ['R03', 'never', 'suspend_method'],
  ['R04', 'never', 'suspend_method'],
  ['R05', 'never', 'new_mandate'],
  ['R07', 'never', 'new_mandate'],
  ['R08', 'after_contact', 'suspend_autopay'],
  ['R10', 'never', 'new_mandate'],
  ['R11', 'never', 'new_mandate'],
  ['R16', 'never', 'suspend_method'],
  ['R20', 'never', 'suspend_method'],
  ['R29', 'never', 'new_mandate'],
  ['R31', 'never', 'new_mandate'],
] as const)('%s may be retried: %s; what follows: %s', (code, retry, effect) => {
  expect(returnRule(code)).toMatchObject({ retry, effect })
})

test('a code belongs to one rule, and every rule tells both sides what happens next', () => {
  const codes = RULES.flatMap((rule) => rule.codes)
  expect(new Set(codes).size).toBe(codes.length)
  for (const rule of RULES) {
    expect(rule.payer).toMatch(/\.$/)
    expect(rule.staff).toMatch(/\.$/)
  }
})

test.each([
  ['insufficient_funds', 'R01'],
  ['account_closed', 'R02'],
  ['no_account', 'R03'],
  ['incorrect_account_details', 'R04'],
  ['debit_not_authorized', 'R10'],
  ['bank_account_restricted', 'R16'],
])('the processor’s word %s means what %s does', (word, code) => {
  expect(returnRule(word)).toBe(returnRule(code))
})

test('what nobody knows is treated with care: no retry before somebody has talked to the customer', () => {
  for (const code of [null, '', 'R99', 'bank_cannot_process', 'constructor'])
    expect(returnRule(code)).toMatchObject({ retry: 'after_contact', effect: 'suspend_autopay' })
})

test('every return that the stand-in knows has a rule of its own', () => {
  for (const { networkCode } of Object.values(BANK_RETURNS))
    if (networkCode !== null) expect(returnRule(networkCode), networkCode).not.toBe(RETURN_RULES.unknown)
})

test('autopay pauses at once where a retry is forbidden, else after the second return', () => {
  expect(pauseAfter(returnRule('R10'), 1)).toBe('forbidden_return')
  expect(pauseAfter(returnRule('R01'), 1)).toBeNull()
  expect(pauseAfter(returnRule('R01'), 2)).toBe('second_return')
})
