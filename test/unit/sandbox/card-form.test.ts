import { expect, test } from 'vitest'
import { type CardForm, checkCardForm, readExpiry } from '#scripts/sandbox/checkout/card-form.ts'
import { cardNames, findCardName, testCard } from '#scripts/sandbox/checkout/test-cards.ts'

const NOW = Date.UTC(2026, 10, 23) / 1000
const FORM: CardForm = {
  email: 'ap@buyer.example',
  number: '4242 4242 4242 4242',
  expiry: '11/26',
  cvc: '123',
  name: 'Ada Payer',
  postalCode: '10001',
}

function codes(overrides: Partial<CardForm>): (string | null)[] {
  const check = checkCardForm({ ...FORM, ...overrides }, NOW)
  return check.ok ? [] : check.errors.map((error) => error.code ?? error.field)
}

test('a valid form gives the card by name, never by number', () => {
  const check = checkCardForm(FORM, NOW)
  expect(check).toEqual({
    ok: true,
    entry: {
      card: 'visa',
      expiryMonth: 11,
      expiryYear: 2026,
      email: 'ap@buyer.example',
      name: 'Ada Payer',
      postalCode: '10001',
    },
  })
})

test.each([
  [{ number: '4242424242424241' }, ['incorrect_number']],
  [{ number: '4111 1111 1111 1111' }, ['testmode_charges_only']],
  [{ number: '42' }, ['invalid_number']],
  [{ expiry: '10/26' }, ['invalid_expiry_year']],
  [{ expiry: '13/30' }, ['invalid_expiry_month']],
  [{ expiry: '00/30' }, ['invalid_expiry_month']],
  [{ expiry: 'soon' }, ['invalid_expiry_month']],
  [{ cvc: '99' }, ['invalid_cvc']],
  [{ cvc: '1234' }, ['invalid_cvc']],
  [{ email: 'ap@' }, ['email']],
  [{ name: ' ' }, ['name']],
  [{ postalCode: '' }, ['postal_code_invalid']],
  [{ email: '', number: '', cvc: '' }, ['email', 'invalid_number', 'invalid_cvc']],
])('%o is refused as %o', (overrides, expected) => {
  expect(codes(overrides)).toEqual(expected)
})

test.each([
  ['4/31', { month: 4, year: 2031 }],
  ['04 / 2031', { month: 4, year: 2031 }],
  ['0431', { month: 4, year: 2031 }],
  ['4-31', { month: 4, year: 2031 }],
  ['2031/04', null],
  ['', null],
])('the expiry %s reads as %o', (text, expected) => {
  expect(readExpiry(text)).toEqual(expected)
})

test('every test card passes the check digit and is found by its number', () => {
  for (const name of cardNames()) {
    const { number, brand } = testCard(name)
    expect(codes({ number, cvc: brand === 'amex' ? '1234' : '123' }), number).toEqual([])
    expect(findCardName(number)).toBe(name)
  }
})
