import { describe, expect, test } from 'vitest'
import type { CanonicalEvent } from '#app/ledger/canonical.ts'
import { brokenRules } from '#app/ledger/event-rules.ts'
import { event, payment, reversal } from '#test/support/ledger-fixture.ts'

const dispute = (overrides: Partial<CanonicalEvent> = {}) =>
  event({ sequence: 2, type: 'dispute.opened', amount: '50', ...overrides })

describe('what the events of an invoice add up to', () => {
  test.each<[string, CanonicalEvent[]]>([
    ['issued and paid', [event(), payment()]],
    ['issued, paid, taken back', [event(), payment(), reversal()]],
    ['taken back in part', [event(), payment(), reversal({ amount: '50', openAfter: '50' })]],
    [
      'paid in two parts',
      [event(), payment({ amount: '50', openAfter: '124000' }), payment({ sequence: 3, amount: '124000' })],
    ],
    ['disputed', [event(), dispute(), dispute({ sequence: 3, type: 'dispute.resolved', amount: '0' })]],
    [
      'corrected after a part payment',
      [
        event(),
        payment({ amount: '50', openAfter: '124000' }),
        event({ sequence: 3, type: 'invoice.corrected', amount: '100000', openAfter: '99950' }),
      ],
    ],
    ['cancelled', [event(), event({ sequence: 2, type: 'invoice.cancelled', openAfter: '0' })]],
    ['written off', [event(), event({ sequence: 2, type: 'writeoff', amount: '124050', openAfter: '0' })]],
    [
      'with a gap, which leaves the sum undecided',
      [event(), payment({ sequence: 5, amount: '7', openAfter: '3' })],
    ],
    ['opened from the middle', [reversal({ sequence: 9, amount: '7', openAfter: '900' })]],
    [
      'of an account without money',
      [
        event({
          subjectKind: 'customer',
          type: 'payee.changed',
          amount: null,
          currency: null,
          openAfter: null,
        }),
      ],
    ],
  ])('an invoice %s is in order', (_, events) => {
    expect(brokenRules(events)).toEqual([])
  })

  test.each<[string, CanonicalEvent[], string[]]>([
    [
      'paid beyond its total',
      [event(), payment({ amount: '124051', openAfter: '-1' })],
      ['open_amount_negative'],
    ],
    ['whose sum is off by one', [event(), payment({ openAfter: '1' })], ['open_amount_wrong']],
    [
      'that opens again without a reversal',
      [event(), payment(), dispute({ sequence: 3, openAfter: '50' })],
      ['open_amount_wrong'],
    ],
    ['issued with another open amount', [event({ openAfter: '124051' })], ['open_amount_wrong']],
    ['issued twice', [event(), event({ sequence: 2, openAfter: '124050' })], ['not_the_first']],
    ['that begins with a payment', [payment({ sequence: 1 })], ['not_the_first']],
    [
      'reversed above the payment',
      [
        event(),
        payment({ amount: '50', openAfter: '124000' }),
        reversal({ amount: '51', openAfter: '124051' }),
      ],
      ['reversed_more_than_applied'],
    ],
    [
      'reversed for a payment it never had',
      [event(), reversal({ sequence: 2, openAfter: '248100' })],
      ['reversed_more_than_applied'],
    ],
    ['with an amount without currency', [event({ currency: null })], ['money_malformed']],
    [
      'with a negative amount',
      [event(), payment({ amount: '-1', openAfter: '124051' })],
      ['money_malformed'],
    ],
    ['without an open amount', [event({ openAfter: null })], ['money_malformed', 'open_amount_wrong']],
    [
      'corrected by the wrong difference',
      [event(), event({ sequence: 2, type: 'invoice.corrected', amount: '100', openAfter: '101' })],
      ['open_amount_wrong'],
    ],
    [
      'cancelled with a rest',
      [event(), event({ sequence: 2, type: 'invoice.cancelled', openAfter: '5' })],
      ['open_amount_wrong'],
    ],
  ])('an invoice %s is reported', (_, events, codes) => {
    expect(brokenRules(events).map((rule) => rule.code)).toEqual(codes)
  })
})
