import { describe, expect, test } from 'vitest'
import { canonicalBytes, canonicalEvent } from '#app/ledger/canonical.ts'
import { disclosureBytes, parseDisclosure } from '#app/ledger/disclosure.ts'
import type { LedgerEvent } from '#app/ledger/event.ts'
import { parseBusinessDate } from '#app/platform/time.ts'
import { event, payment, subject } from '#test/support/ledger-fixture.ts'

const file = disclosureBytes([subject(event(), payment())])
const text = new TextDecoder().decode(file)
const bytes = (changed: string): Uint8Array => new TextEncoder().encode(changed)

function refusalOf(changed: Uint8Array): string {
  const parsed = parseDisclosure(changed)
  return parsed.ok ? 'accepted' : parsed.refusal.code
}

describe('the canonical form of an event', () => {
  const row: LedgerEvent = {
    id: '01939c3e-7a10-7c44-9e5d-000000000001',
    version: 1,
    type: 'payment.applied',
    subjectKind: 'invoice',
    subjectId: '01939c3e-7a10-7c44-9e5d-0a1b2c3d4e5f',
    sequence: 2,
    occurredOn: parseBusinessDate('2026-11-20'),
    recordedAt: new Date('2026-11-20T10:11:12.3Z'),
    currency: 'USD',
    amountMinor: 9_007_199_254_740_993n,
    openAfterMinor: 0n,
    relatesTo: null,
    certainty: 'confirmed',
    textHash: null,
  }

  test('writes amounts as decimal strings beyond the safe integers, times in UTC with milliseconds', () => {
    expect(new TextDecoder().decode(canonicalBytes(canonicalEvent(row)))).toBe(
      '{"amount":"9007199254740993","certainty":"confirmed","currency":"USD","id":"01939c3e-7a10-7c44-9e5d-000000000001",' +
        '"occurredOn":"2026-11-20","openAfter":"0","recordedAt":"2026-11-20T10:11:12.300Z","relatesTo":null,"sequence":2,' +
        '"subjectId":"01939c3e-7a10-7c44-9e5d-0a1b2c3d4e5f","subjectKind":"invoice","textHash":null,"type":"payment.applied","version":1}',
    )
  })

  test('keeps every member when the event has no money', () => {
    const form = canonicalEvent({ ...row, currency: null, amountMinor: null, openAfterMinor: null })
    expect(form).toMatchObject({ amount: null, currency: null, openAfter: null })
    expect(Object.keys(form)).toHaveLength(14)
  })
})

describe('a disclosure file', () => {
  test('is read back as it was written', () => {
    const parsed = parseDisclosure(file)
    expect(parsed.ok && parsed.disclosure.subjects).toEqual([subject(event(), payment())])
  })

  test('is written in one order whatever order it was given in', () => {
    const other = subject(event({ subjectId: '01939c3e-7a10-7c44-9e5d-ffffffffffff' }))
    expect(disclosureBytes([other, subject(payment(), event())])).toEqual(
      disclosureBytes([subject(event(), payment()), other]),
    )
  })

  test.each([
    ['a byte order mark', `\uFEFF${text}`, 'not_json'],
    ['a trailing line break', `${text}\n`, 'not_canonical'],
    ['a space', text.replace(',', ', '), 'not_canonical'],
    [
      'another order of members',
      text.replace(/^\{("format":[^,]+),(.*),("version":1)\}$/, '{$3,$1,$2}'),
      'not_canonical',
    ],
    ['a member twice', text.replace('"format"', '"format":"quittance-disclosure","format"'), 'not_canonical'],
    ['an unknown member', text.replace('"format"', '"extra":1,"format"'), 'not_a_disclosure'],
    ['a member named __proto__', text.replace('{"entries"', '{"__proto__":{},"entries"'), 'not_a_disclosure'],
    ['a contract of its own', text.replace('"format"', '"contract":"0x00","format"'), 'own_anchor'],
    ['a missing member', text.replace('"text":null', '"texts":null'), 'not_a_disclosure'],
    [
      'capitals in a hash',
      text.replace(/"salt":"([0-9a-f]{64})"/, (_, hex) => `"salt":"${hex.toUpperCase()}"`),
      'not_a_disclosure',
    ],
    ['an exponent', text.replace('"sequence":1', '"sequence":1e0'), 'not_canonical'],
    ['a leading zero in an amount', text.replace('"124050"', '"0124050"'), 'not_a_disclosure'],
    ['a minus zero', text.replace('"openAfter":"0"', '"openAfter":"-0"'), 'not_a_disclosure'],
    ['a day that does not exist', text.replace('2026-11-20', '2026-02-30'), 'not_a_disclosure'],
    ['a time without milliseconds', text.replace('12.345Z', '12Z'), 'not_a_disclosure'],
    ['another version', text.replace(/"version":1\}$/, '"version":2}'), 'not_a_disclosure'],
    ['an unknown event type', text.replace('invoice.issued', 'invoice.issuec'), 'not_a_disclosure'],
    ['no entries', text.replace(/"entries":\[.*?\}\]/, '"entries":[]'), 'not_a_disclosure'],
    ['a sequence twice', text.replace('"sequence":2', '"sequence":1'), 'not_ordered'],
    ['an escaped character', text.replace('quittance', '\\u0071uittance'), 'not_canonical'],
    ['nothing', '', 'not_json'],
    ['only a word', '"receipt"', 'not_a_disclosure'],
  ])('with %s is refused', (_, changed, code) => {
    expect(changed).not.toBe(text)
    expect(refusalOf(bytes(changed))).toBe(code)
  })

  test('that is no text, or huge, is refused', () => {
    expect(refusalOf(Uint8Array.of(0xff, 0xfe, 0x00))).toBe('not_text')
    expect(refusalOf(new Uint8Array(4 * 1024 * 1024 + 1))).toBe('too_large')
  })

  test('with a text that is not well-formed is refused', () => {
    const changed = text.replace('"text":null', `"text":{"salt":"${'0'.repeat(64)}","value":"\\ud800"}`)
    expect(refusalOf(bytes(changed))).toBe('not_a_disclosure')
  })
})
