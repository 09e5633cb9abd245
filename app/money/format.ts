import { type CurrencyCode, currencyExponent } from '#app/money/currencies.ts'
import type { Money } from '#app/money/money.ts'

/** The amount as a plain decimal with a dot and all of the currency's digits: 1240.50, 980, 3.125. */
export function toDecimal(amount: Money): string {
  return minorToDecimal(amount.minor, currencyExponent(amount.currency))
}

/** The amount as people of the locale write it, with the currency's sign: $1,240.50. Exact for every size. */
export function formatMoney(amount: Money, locale = 'en-US'): string {
  return formatter(locale, amount.currency, 'currency').format(toDecimal(amount) as Intl.StringNumericLiteral)
}

/** The amount without the currency's sign, for table columns that name the currency once: 1,240.50. */
export function formatAmount(amount: Money, locale = 'en-US'): string {
  return formatter(locale, amount.currency, 'decimal').format(toDecimal(amount) as Intl.StringNumericLiteral)
}

const formatters = new Map<string, Intl.NumberFormat>()

function formatter(locale: string, currency: CurrencyCode, style: 'currency' | 'decimal'): Intl.NumberFormat {
  const key = `${locale}|${currency}|${style}`
  const known = formatters.get(key)
  if (known) return known
  const digits = currencyExponent(currency)
  const made = new Intl.NumberFormat(locale, {
    style,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    ...(style === 'currency' ? { currency } : {}),
  })
  formatters.set(key, made)
  return made
}

function minorToDecimal(minor: bigint, exponent: number): string {
  const sign = minor < 0n ? '-' : ''
  const digits = (minor < 0n ? -minor : minor).toString().padStart(exponent + 1, '0')
  if (exponent === 0) return sign + digits
  return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`
}
