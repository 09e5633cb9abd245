import { type CurrencyCode, currencyExponent } from '#app/money/currencies.ts'
import type { Money } from '#app/money/money.ts'

export type AmountProblem = 'EMPTY' | 'NOT_A_NUMBER' | 'TOO_MANY_DECIMALS' | 'TOO_LARGE'
export type ParsedAmount = { ok: true; amount: Money } | { ok: false; problem: AmountProblem }

/** Twelve digits before the point: more than any invoice, less than a PostgreSQL bigint of minor units. */
const MAX_MAJOR_DIGITS = 12

/**
 * Reads an amount as a person types it, in the currency: "1240.5", "1,240.50", "$1,240.50", "-12".
 * Commas may only group thousands. More decimals than the currency has are refused, unless they are zeros.
 */
export function parseAmount(text: string, currency: CurrencyCode): ParsedAmount {
  const typed = withoutCurrency(text.trim().replace('−', '-'), currency)
  if (typed === '') return { ok: false, problem: 'EMPTY' }
  const match = /^(-?)(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d*))?$/.exec(typed)
  if (!match) return { ok: false, problem: 'NOT_A_NUMBER' }
  const whole = (match[2] ?? '').replaceAll(',', '').replace(/^0+(?=\d)/, '')
  const exponent = currencyExponent(currency)
  const decimals = (match[3] ?? '').replace(/0+$/, '')
  if (decimals.length > exponent) return { ok: false, problem: 'TOO_MANY_DECIMALS' }
  if (whole.length > MAX_MAJOR_DIGITS) return { ok: false, problem: 'TOO_LARGE' }
  const magnitude = BigInt(whole + decimals.padEnd(exponent, '0'))
  return { ok: true, amount: { minor: match[1] === '-' ? -magnitude : magnitude, currency } }
}

/** Drops the currency's own code or sign in front of the digits; another currency's stays and makes the text unreadable. */
function withoutCurrency(text: string, currency: CurrencyCode): string {
  const sign = new Intl.NumberFormat('en', { style: 'currency', currency, currencyDisplay: 'narrowSymbol' })
    .formatToParts(0)
    .find((part) => part.type === 'currency')?.value
  const minus = text.startsWith('-') ? '-' : ''
  const rest = text.slice(minus.length).trimStart()
  const prefix = [currency, sign].find((each) => each !== undefined && rest.startsWith(each))
  return minus + (prefix === undefined ? rest : rest.slice(prefix.length).trimStart())
}
