import { expect, test } from 'vitest'
import { encodeId, newId } from '#app/books/ids.ts'
import {
  parseSetup,
  SETUP_FIELDS,
  type TypedSetup,
  typedSetup,
} from '#app/payments/autopay/orders/parse-setup.ts'

const METHOD = newId<'met'>()
const TYPED: TypedSetup = {
  currency: 'USD',
  method: encodeId('met', METHOD),
  scope: 'all',
  site: '',
  poPrefix: '',
  upTo: '',
  days: '0',
  limit: '5,000.00',
}

test('a whole form is an order', () => {
  const all = {
    methodId: METHOD,
    currency: 'USD',
    scope: { kind: 'all' },
    daysBefore: 0,
    limitMinor: 500_000n,
  }
  expect(parseSetup(TYPED)).toEqual({ ok: true, terms: all })
  const filter = { ...TYPED, scope: 'filter', site: 'Berlin', upTo: '100', days: '60' }
  expect(parseSetup(filter)).toEqual({
    ok: true,
    terms: {
      ...all,
      daysBefore: 60,
      scope: { kind: 'filter', siteId: 'Berlin', poPrefix: null, upToMinor: 10_000n },
    },
  })
})

test.each<[string, Partial<TypedSetup>, string[]]>([
  ['no currency', { currency: '' }, ['currency']],
  ['no method', { method: '' }, ['method']],
  ['another kind of id', { method: encodeId('inv', newId<'inv'>()) }, ['method']],
  ['too many days', { days: '61' }, ['days']],
  ['days below zero', { days: '-1' }, ['days']],
  ['no limit', { limit: '' }, ['limit']],
  ['a limit of nothing', { limit: '0.00' }, ['limit']],
  ['a limit below zero', { limit: '-5' }, ['limit']],
  ['a limit finer than a cent', { limit: '5.001' }, ['limit']],
  ['no choice of invoices', { scope: '' }, ['scope']],
  ['every invoice, and a description of some', { site: 'Berlin' }, ['scope']],
  ['a filter that says nothing', { scope: 'filter' }, ['scope']],
  ['a highest amount that is none', { scope: 'filter', upTo: 'many' }, ['up-to']],
  ['several at once', { method: '', days: 'x', limit: 'y' }, ['method', 'days', 'limit']],
])('%s is told at its field', (_what, changes, fields) => {
  const parsed = parseSetup({ ...TYPED, ...changes })
  expect(parsed.ok ? [] : parsed.problems.map(({ fieldId }) => fieldId)).toEqual(fields)
})

test('what was typed is kept, trimmed and cut to a length', () => {
  const form = new FormData()
  form.set(SETUP_FIELDS.site, `  ${'x'.repeat(200)} `)
  form.set(SETUP_FIELDS.limit, ' 12,5 ')
  form.set(SETUP_FIELDS.method, new File(['x'], 'x'))
  expect(typedSetup(form)).toMatchObject({ site: 'x'.repeat(80), limit: '12,5', method: '', days: '' })
})
