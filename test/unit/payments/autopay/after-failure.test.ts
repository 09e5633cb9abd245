import { expect, test } from 'vitest'
import { afterFailure, type Failure } from '#app/payments/autopay/after-failure.ts'
import { parseBusinessDate } from '#app/platform/time.ts'

const CARD: Failure = {
  kind: 'card',
  attemptNo: 1,
  failedOn: parseBusinessDate('2026-11-24'),
  code: 'card_declined',
  networkCode: null,
  advice: null,
}
const BANK: Failure = { ...CARD, kind: 'us_bank_account', code: 'insufficient_funds', networkCode: 'R01' }
const retry = (on: string) => ({ next: 'retry', on })
const pause = (reason: string) => ({ next: 'pause', reason })

test.each<[string, Failure, object]>([
  ['a soft decline', CARD, retry('2026-11-25')],
  ['a second soft decline', { ...CARD, attemptNo: 2 }, retry('2026-11-27')],
  ['a third decline', { ...CARD, attemptNo: 3 }, pause('retries_used_up')],
  ['a card without funds', { ...CARD, code: 'insufficient_funds' }, retry('2026-11-25')],
  ['a decline to be tried later', { ...CARD, advice: 'try_again_later' }, retry('2026-11-25')],
  ['advice against trying again', { ...CARD, advice: 'do_not_try_again' }, pause('declined_for_good')],
  ['card data to be confirmed', { ...CARD, advice: 'confirm_card_data' }, pause('declined_for_good')],
  ['a lost card', { ...CARD, code: 'lost_card' }, pause('declined_for_good')],
  ['a stolen card', { ...CARD, code: 'stolen_card' }, pause('declined_for_good')],
  ['a card to be picked up', { ...CARD, code: 'pickup_card' }, pause('declined_for_good')],
  ['an expired card', { ...CARD, code: 'expired_card' }, pause('declined_for_good')],
  [
    'a bank that wants a confirmation',
    { ...CARD, code: 'authentication_required' },
    pause('needs_confirmation'),
  ],
  ['a charge that never arrived', { ...CARD, code: 'never_reached' }, retry('2026-11-25')],
  // Thanksgiving is the Thursday of that week: Wednesday, Friday, Monday.
  ['R01 over a holiday and a weekend', BANK, retry('2026-11-30')],
  ['R09', { ...BANK, networkCode: 'R09' }, retry('2026-11-30')],
  ['R01 on a Saturday', { ...BANK, failedOn: parseBusinessDate('2026-12-05') }, retry('2026-12-09')],
  ['no funds without a network code', { ...BANK, networkCode: null }, retry('2026-11-30')],
  ['R01 for the third time', { ...BANK, attemptNo: 3 }, pause('retries_used_up')],
  ['R02', { ...BANK, code: 'account_closed', networkCode: 'R02' }, pause('bank_refused')],
  ['R29', { ...BANK, code: 'debit_not_authorized', networkCode: 'R29' }, pause('bank_refused')],
  ['R16', { ...BANK, code: 'bank_account_restricted', networkCode: 'R16' }, pause('bank_refused')],
  ['a bank failure without any code', { ...BANK, code: null, networkCode: null }, pause('bank_refused')],
  [
    'a bank debit that never arrived',
    { ...BANK, code: 'never_reached', networkCode: null },
    retry('2026-11-25'),
  ],
])('after %s', (_what, failure, expected) => {
  expect(afterFailure(failure)).toEqual(expected)
})
