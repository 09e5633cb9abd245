import { expect, test } from 'vitest'
import { sameSums } from '#app/imports/control-totals.ts'
import { guessColumns, mappingFromForm } from '#app/imports/field-words.ts'
import { neededColumns, parseProfile } from '#app/imports/profile.ts'
import { quittanceInvoices, receivablesHistory, SHIPPED_PROFILES } from '#app/imports/shipped-profiles.ts'

test('Every shipped profile survives JSON and fits its own schema', () => {
  for (const profile of Object.values(SHIPPED_PROFILES))
    expect(parseProfile(JSON.parse(JSON.stringify(profile)))).toEqual({ ok: true, profile })
})

test('A mapping names each problem by its place', () => {
  const { dueOn: _dueOn, ...fields } = receivablesHistory.fields
  const parsed = parseProfile({ ...receivablesHistory, source: 'Not Good', fields })
  expect(parsed.ok ? [] : parsed.problems.map((problem) => problem.split(':')[0])).toEqual(
    expect.arrayContaining(['source']),
  )
  expect(parseProfile({ ...receivablesHistory, fields })).toEqual({
    ok: false,
    problems: ['fields.dueOn: dueOn is not mapped'],
  })
  expect(parseProfile({ ...receivablesHistory, surprise: 1 }).ok).toBe(false)
  expect(parseProfile(null).ok).toBe(false)
})

test('Optional columns are not needed, checked ones are', () => {
  expect(neededColumns(quittanceInvoices)).not.toContain('note')
  expect(neededColumns(receivablesHistory)).toContain('DaysLate')
})

test('Columns give themselves away by their names, each at most once', () => {
  expect(
    guessColumns([
      'Customer No.',
      'Invoice Number',
      'Invoice date',
      'Due Date',
      'Currency',
      'Amount',
      'PO',
      'Stuff',
    ]),
  ).toEqual({
    customerNumber: 'Customer No.',
    invoiceNumber: 'Invoice Number',
    issuedOn: 'Invoice date',
    dueOn: 'Due Date',
    currency: 'Currency',
    total: 'Amount',
    poNumber: 'PO',
  })
})

test('The mapping form makes a profile, with a constant currency where no column holds it', () => {
  const typed: Record<string, string> = {
    title: 'East',
    layout: 'invoice-per-row',
    source: 'erp-east',
    delimiter: 'tab',
    encoding: 'utf-8',
    dateFormat: 'D.M.YYYY',
    decimal: ',',
    currency: 'EUR',
    'field.customerNumber': 'Kunde',
    'field.invoiceNumber': 'Beleg',
    'field.issuedOn': 'Datum',
    'field.dueOn': 'Fällig',
    'field.total': 'Betrag',
  }
  const parsed = parseProfile(mappingFromForm((name) => typed[name] ?? ''))
  expect(parsed).toMatchObject({
    ok: true,
    profile: { delimiter: '\t', fields: { currency: { constant: 'EUR' } } },
  })
})

test('Control totals differ by currency, count or amount', () => {
  const a = { USD: { count: 2, totalMinor: '10' }, EUR: { count: 1, totalMinor: '5' } }
  expect(sameSums(a, { EUR: { count: 1, totalMinor: '5' }, USD: { count: 2, totalMinor: '10' } })).toBe(true)
  expect(sameSums(a, { USD: { count: 2, totalMinor: '10' } })).toBe(false)
  expect(sameSums(a, { ...a, USD: { count: 2, totalMinor: '11' } })).toBe(false)
})
