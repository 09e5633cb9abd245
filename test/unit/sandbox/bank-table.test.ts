import { expect, test } from 'vitest'
import { debitFee } from '#scripts/sandbox/balance/fees.ts'
import { judgeDeposits } from '#scripts/sandbox/banking/deposit-answer.ts'
import { findBankReturn } from '#scripts/sandbox/banking/return-codes.ts'
import {
  bankAccountNames,
  findBankAccountName,
  findBankAccountNameByToken,
  testBankAccount,
} from '#scripts/sandbox/banking/test-accounts.ts'

test('each test account is found by its number, and by its token where it has one', () => {
  for (const name of bankAccountNames()) {
    const { number, token } = testBankAccount(name)
    expect(findBankAccountName(number)).toBe(name)
    if (token !== null) expect(findBankAccountNameByToken(token)).toBe(name)
  }
  expect(findBankAccountName('000000000000')).toBeNull()
  expect(findBankAccountNameByToken('null')).toBeNull()
})

test.each([
  ['R01', 'insufficient_funds', null, 'insufficient_funds'],
  ['R02', 'account_closed', 'bank_account_closed', 'incorrect_account_details'],
  ['R03', 'no_account', 'bank_account_invalid_details', 'incorrect_account_details'],
  ['R10', 'debit_not_authorized', 'debit_not_authorized', 'debit_not_authorized'],
  ['R16', 'bank_account_restricted', 'bank_account_frozen', 'bank_cannot_process'],
  ['R29', 'debit_not_authorized', 'debit_not_authorized', 'debit_not_authorized'],
])('the return %s is reported as %s', (code, failureCode, blocked, disputeReason) => {
  const found = findBankReturn(code)
  expect(found).toMatchObject({ networkCode: code, failureCode, disputeReason })
  expect(found?.blocked?.reason ?? null).toBe(blocked)
})

test('a return is found by its failure code too, an unknown one is not', () => {
  expect(findBankReturn('no_account')?.networkCode).toBe('R03')
  expect(findBankReturn('R99')).toBeNull()
})

test.each([
  [{ amounts: [32, 45] }, 'right'],
  [{ amounts: [45, 32] }, 'right'],
  [{ amounts: [10, 11] }, 'too_many_attempts'],
  [{ amounts: [40, 41] }, 'timed_out'],
  [{ amounts: [1, 2] }, 'wrong'],
  [{ amounts: [32] }, 'malformed'],
  [{ amounts: [0, 45] }, 'malformed'],
  [{ amounts: [Number.NaN, 45] }, 'malformed'],
  [{ code: 'sm11aa ' }, 'right'],
  [{ code: 'SM33CC' }, 'too_many_attempts'],
  [{ code: 'SM44DD' }, 'timed_out'],
  [{ code: 'SM99ZZ' }, 'wrong'],
  [{ code: '32' }, 'malformed'],
  [{}, 'malformed'],
])('the deposits %j are %s', (answer, verdict) => {
  expect(judgeDeposits(answer)).toBe(verdict)
})

test.each([
  [50, 0],
  [63, 1],
  [12_345, 99],
  [62_499, 500],
  [10_000_000, 500],
])('a debit of %i costs %i', (amount, fee) => {
  expect(debitFee(amount)).toBe(fee)
})
