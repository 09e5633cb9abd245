import fc from 'fast-check'
import { expect, test } from 'vitest'
import { surchargeView } from '#app/components/cart/surcharge-view.ts'
import { parseCurrency } from '#app/money/currencies.ts'
import { money } from '#app/money/money.ts'
import { type SurchargedMethod, type SurchargeRule, surchargeOn } from '#app/payments/fees/surcharge.ts'
import { parseBusinessDate } from '#app/platform/time.ts'

const TODAY = parseBusinessDate('2026-11-23')
const RULE: SurchargeRule = {
  rateBps: 290,
  networkCaps: { visa: 300, mastercard: 400, amex: 250 },
  stateCaps: { CT: 0, MA: 0, ME: 0, PR: 0, CO: 200 },
  reviewOn: parseBusinessDate('2026-12-31'),
}
const CARD: SurchargedMethod = { kind: 'card', brand: 'visa', funding: 'credit', billingState: 'NY' }
const on = (card: Partial<SurchargedMethod> = {}, rule: Partial<SurchargeRule> = {}, amount = 10_000n) =>
  surchargeOn({ ...RULE, ...rule }, { ...CARD, ...card }, amount, TODAY)

test.each([
  ['the supplier’s cost', {}, {}, 290n],
  ['the network’s cap', { brand: 'Visa' }, { rateBps: 350 }, 300n],
  ['another network’s cap', { brand: 'mastercard' }, { rateBps: 400 }, 400n],
  ['the state’s cap', { billingState: 'co' }, {}, 200n],
  ['no state where none is limited', { billingState: null }, { stateCaps: {} }, 290n],
] as const)('the rate is at most %s', (_what, card, rule, surchargeMinor) => {
  expect(on(card, rule)).toMatchObject({ taken: true, surchargeMinor })
})

test.each([
  ['debit', { funding: 'debit' }, {}, 'not_credit'],
  ['prepaid', { funding: 'prepaid' }, {}, 'not_credit'],
  ['unknown', { funding: 'unknown' }, {}, 'not_credit'],
  ['not told', { funding: null }, {}, 'not_credit'],
  ['a bank account', { kind: 'us_bank_account' }, {}, 'not_a_card'],
  ['Link', { kind: 'link' }, {}, 'not_a_card'],
  ['a network without a cap', { brand: 'discover' }, {}, 'network_not_allowed'],
  ['a brand that is none', { brand: 'toString' }, {}, 'network_not_allowed'],
  ['a state that forbids it', { billingState: 'CT' }, {}, 'state_not_allowed'],
  ['a state that is not known', { billingState: null }, {}, 'state_unknown'],
  ['a rule of nothing', {}, { rateBps: 0 }, 'no_rule'],
  ['a rule past its review', {}, { reviewOn: parseBusinessDate('2026-11-22') }, 'rule_not_reviewed'],
] as const)('none is taken: %s', (_what, card, rule, why) => {
  expect(on(card, rule)).toEqual({ taken: false, why })
})

test('none without a rule, none on what is too small for it; half a cent rounds up', () => {
  expect(surchargeOn(null, CARD, 10_000n, TODAY)).toEqual({ taken: false, why: 'no_rule' })
  expect(on({}, {}, 17n)).toEqual({ taken: false, why: 'too_small' })
  expect(on({}, { rateBps: 250 }, 20n)).toMatchObject({ surchargeMinor: 1n })
  expect(on({}, { rateBps: 300 }, 150n)).toMatchObject({ surchargeMinor: 5n })
})

test('of a fee only whole steps of what can be charged are taken', () => {
  const inSteps = (amount: bigint) => surchargeOn(RULE, CARD, amount, TODAY, 10n)
  expect(inSteps(5_010n)).toMatchObject({ taken: true, surchargeMinor: 140n })
  expect(inSteps(300n)).toEqual({ taken: false, why: 'too_small' })
})

test('a surcharge never exceeds any of its caps by more than the rounding', () => {
  fc.assert(
    fc.property(fc.bigInt(1n, 10n ** 12n), fc.integer({ min: 0, max: 400 }), (amount, rateBps) => {
      const taken = on({ billingState: 'CO' }, { rateBps }, amount)
      if (taken.taken) expect(taken.surchargeMinor * 10_000n <= amount * 200n + 5_000n).toBe(true)
    }),
  )
})

test('the fee is shown with what is charged and how to pay without it', () => {
  const amount = money(10_000n, parseCurrency('USD'))
  expect(surchargeView(on(), amount, 'en-US')).toEqual({
    fee: { amount: '$2.90', rate: '2.9\u00a0%', total: '$102.90' },
    alternative: 'Pay $100.00 without this fee from a bank account or with a debit card.',
  })
  expect(surchargeView(on({ funding: 'debit' }), amount, 'en-US')).toEqual({ fee: null, alternative: null })
})
