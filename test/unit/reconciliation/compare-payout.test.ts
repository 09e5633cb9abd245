import { expect, test } from 'vitest'
import { parseBusinessDate } from '#app/platform/time.ts'
import { comparePayout, type PayoutFacts } from '#app/reconciliation/comparison/compare-payout.ts'

const TODAY = parseBusinessDate('2026-11-20')
const paid: PayoutFacts = {
  id: 'po_1',
  amountMinor: 5_000n,
  currency: 'USD',
  status: 'paid',
  arrivalDate: parseBusinessDate('2026-11-18'),
  isItemised: true,
  itemsMinor: 5_000n,
  roundedItems: 0n,
  bookedMinor: 5_000n,
  bankMinor: 5_000n,
  isOnStatement: true,
}
const underWay = {
  ...paid,
  status: 'in_transit',
  bookedMinor: 0n,
  bankMinor: 0n,
  isItemised: false,
  itemsMinor: 0n,
  isOnStatement: false,
}

test.each<[string, PayoutFacts]>([
  ['paid, booked and at the bank', paid],
  ['paid by hand, so that nobody says what is in it', { ...paid, isItemised: false, itemsMinor: 0n }],
  ['paid on a day that no statement covers yet', { ...paid, isOnStatement: false, bankMinor: 0n }],
  ['of two movements that were rounded', { ...paid, itemsMinor: 4_998n, roundedItems: 2n }],
  ['under way until three days after its day', { ...underWay, arrivalDate: parseBusinessDate('2026-11-17') }],
  ['failed and taken back', { ...paid, status: 'failed', bookedMinor: 0n, bankMinor: 0n }],
  [
    'out of our account, as a negative balance is drawn',
    { ...paid, amountMinor: -70n, itemsMinor: -70n, bookedMinor: -70n, bankMinor: -70n },
  ],
])('%s: no difference', (_name, payout) => {
  expect(comparePayout(payout, TODAY)).toBeNull()
})

test.each<[string, PayoutFacts, string]>([
  ['items', { ...paid, itemsMinor: 4_999n }, 'do not sum'],
  [
    'items that miss it by more than was rounded',
    { ...paid, itemsMinor: 4_997n, roundedItems: 2n },
    'do not sum',
  ],
  ['no booking', { ...paid, bookedMinor: 0n }, 'is not booked'],
  ['a booking of what failed', { ...paid, status: 'failed' }, 'was not paid'],
  ['a booking before it was paid', { ...underWay, bookedMinor: 5_000n }, 'was not paid'],
  ['late', { ...underWay, arrivalDate: parseBusinessDate('2026-11-16') }, '16 Nov 2026'],
  ['not at the bank', { ...paid, bankMinor: 0n }, 'no line'],
])('%s: one difference', (_name, payout, cause) => {
  expect(comparePayout(payout, TODAY)).toMatchObject({
    kind: 'payout-unmatched',
    subject: 'po_1',
    cause: expect.stringContaining(cause),
  })
})
