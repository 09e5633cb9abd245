import { expect, test } from 'vitest'
import { standingWords } from '#app/components/payments/payment-view.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { money } from '#app/money/money.ts'
import { pauseSentence, runReasonSentence } from '#app/payments/autopay/autopay-words.ts'
import { failureSentence } from '#app/payments/failure-words.ts'
import { PROCESSOR_WORDS } from '#app/payments/returns/return-codes.ts'

const BANK_CODES = [
  ...PROCESSOR_WORDS.keys(),
  'charge_exceeds_transaction_limit',
  'payment_method_currency_mismatch',
  'payment_method_microdeposit_failed',
  'payment_method_microdeposit_verification_attempts_exceeded',
  'payment_method_microdeposit_verification_timeout',
  'payment_method_provider_decline',
]
const ODD = ['processing_error', 'card_declined', 'generic_decline', 'a_code_of_tomorrow', null]

test.each([...BANK_CODES, ...ODD])(
  'a debit of an account that failed with %s says nothing of a card',
  (code) => {
    const said = [
      failureSentence(code, 'us_bank_account'),
      runReasonSentence('error', code, 'us_bank_account') ?? '',
      standingWords(
        {
          ...{ standing: 'failed', failureCode: code, paysBy: 'us_bank_account' },
          ...{ amount: money(500n, parseCurrency('USD')), expectedOn: null, reversals: [] },
        },
        'en-US',
      ).text,
    ]
    for (const sentence of said) {
      expect(sentence).not.toMatch(/\bcard\b/i)
      expect(sentence).toMatch(/\.$/)
    }
  },
)

test('every code of a bank has a sentence of its own, also where nobody knows what the payer took', () => {
  const unknown = failureSentence('a_code_of_tomorrow', 'us_bank_account')
  for (const code of BANK_CODES) {
    expect.soft(failureSentence(code, 'us_bank_account'), code).not.toBe(unknown)
    expect.soft(failureSentence(code, null), code).not.toMatch(/\bcard\b/i)
  }
})

test.each([
  ['expired_card', 'card', 'The card has expired.'],
  ['insufficient_funds', 'card', 'The card does not have enough funds for this payment.'],
  ['insufficient_funds', 'us_bank_account', 'The account did not cover the debit.'],
  ['insufficient_funds', null, 'There was not enough money for this payment.'],
  ['stolen_card', 'card', 'The card was declined. Your bank can tell you why.'],
  ['a_code_of_tomorrow', 'card', 'The card was declined. Your bank can tell you why.'],
  ['a_code_of_tomorrow', 'link', 'The payment was not accepted. Your bank can tell you why.'],
  ['a_code_of_tomorrow', null, 'The payment was not accepted. Your bank can tell you why.'],
  ['generic_decline', null, 'The card was declined. Your bank can tell you why.'],
] as const)('%s of %s: %s', (code, kind, sentence) => {
  expect(failureSentence(code, kind)).toBe(sentence)
})

test('a code that means the same for every way to pay reads the same', () => {
  for (const code of ['never_reached', 'processing_error', 'amount_too_small', 'authentication_required'])
    expect(new Set([failureSentence(code, 'card'), failureSentence(code, 'us_bank_account')]).size).toBe(1)
})

test('an order whose debits are turned down for good is not told to be one of a card', () => {
  expect(pauseSentence('declined_for_good')).toContain('another card or account')
})
