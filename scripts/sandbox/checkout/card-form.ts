import { type CardName, findCardName, testCard } from '#scripts/sandbox/checkout/test-cards.ts'

/** What was typed into the hosted page. */
export type CardForm = {
  email: string
  number: string
  expiry: string
  cvc: string
  name: string
  postalCode: string
}
export type CardField = keyof CardForm
/** A message at a field, with the API's code for it where there is one. */
export type FieldError = { field: string; message: string; code: string | null }
/** A readable form: the card by name, never by number. */
export type CardEntry = {
  card: CardName
  expiryMonth: number
  expiryYear: number
  email: string
  name: string
  postalCode: string
}
export type CardCheck = { ok: true; entry: CardEntry } | { ok: false; errors: FieldError[] }

/**
 * Checks the form as the provider's page does, before anything is charged.
 * @param now the sandbox's clock in Unix seconds, for the expiry
 */
export function checkCardForm(form: CardForm, now: number): CardCheck {
  const errors: FieldError[] = []
  const add = (field: CardField, message: string, code: string | null = null) =>
    errors.push({ field, message, code })

  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(form.email.trim()) || form.email.length > 254) {
    add('email', 'Enter an e-mail address for the receipt, like name@example.com.')
  }
  const digits = form.number.replaceAll(/[\s-]/g, '')
  const card = findCardName(digits)
  if (!/^\d{12,19}$/.test(digits)) add('number', 'Your card number is incomplete.', 'invalid_number')
  else if (!passesLuhn(digits)) add('number', 'Your card number is incorrect.', 'incorrect_number')
  else if (!card) {
    add(
      'number',
      'The sandbox takes test cards only. Do not type a real card; use one from the list below.',
      'testmode_charges_only',
    )
  }
  const expiry = readExpiry(form.expiry)
  if (!expiry) add('expiry', 'Enter the expiry as month and year, like 04/31.', 'invalid_expiry_month')
  else if (expiry.month < 1 || expiry.month > 12) {
    add('expiry', "Your card's expiration month is invalid.", 'invalid_expiry_month')
  } else if (isPast(expiry, now))
    add('expiry', "Your card's expiration year is in the past.", 'invalid_expiry_year')
  const cvcLength = card && testCard(card).brand === 'amex' ? 4 : 3
  if (!new RegExp(`^\\d{${cvcLength}}$`).test(form.cvc.trim())) {
    add('cvc', `Your card's security code has ${cvcLength} digits.`, 'invalid_cvc')
  }
  if (form.name.trim() === '') add('name', 'Enter the name on the card.')
  if (!/^[\p{L}\d][\p{L}\d\s-]{1,10}$/u.test(form.postalCode.trim())) {
    add('postalCode', 'Enter a postal code.', 'postal_code_invalid')
  }

  if (errors.length > 0 || !card || !expiry) return { ok: false, errors }
  const entry = {
    card,
    expiryMonth: expiry.month,
    expiryYear: expiry.year,
    email: form.email.trim(),
    name: form.name.trim().slice(0, 100),
    postalCode: form.postalCode.trim(),
  }
  return { ok: true, entry }
}

/** Reads `4/31`, `04 / 2031` or `0431`; null when it is none of them. */
export function readExpiry(text: string): { month: number; year: number } | null {
  const match = /^(\d{1,2})\s*[/-]\s*(\d{4}|\d{2})$|^(\d{2})(\d{2})$/.exec(text.trim())
  if (!match) return null
  const month = Number(match[1] ?? match[3])
  const year = Number(match[2] ?? match[4])
  return { month, year: year < 100 ? 2000 + year : year }
}

function isPast(expiry: { month: number; year: number }, now: number): boolean {
  const today = new Date(now * 1000)
  const months = today.getUTCFullYear() * 12 + today.getUTCMonth()
  return expiry.year * 12 + expiry.month - 1 < months
}

function passesLuhn(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 1 : 2)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return sum % 10 === 0
}
