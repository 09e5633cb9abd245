/** How one cell of a file is read. Machines wrote the file, so nothing is guessed: a cell is plain or it is refused. */
import type { DateFormat } from '#app/imports/profile.ts'
import { divideHalfUp } from '#app/money/rounding.ts'
import { type BusinessDate, findBusinessDate } from '#app/platform/time.ts'

const DATE_PATTERNS: Readonly<Record<DateFormat, RegExp>> = {
  'YYYY-MM-DD': /^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})$/,
  'M/D/YYYY': /^(?<month>\d{1,2})\/(?<day>\d{1,2})\/(?<year>\d{4})$/,
  'D/M/YYYY': /^(?<day>\d{1,2})\/(?<month>\d{1,2})\/(?<year>\d{4})$/,
  'D.M.YYYY': /^(?<day>\d{1,2})\.(?<month>\d{1,2})\.(?<year>\d{4})$/,
  YYYYMMDD: /^(?<year>\d{4})(?<month>\d{2})(?<day>\d{2})$/,
}

const EARLIEST_YEAR = 1970
const LATEST_YEAR = 2100

/** The day that a cell names in the format, or null: not a day of the calendar, or outside 1970 to 2100. */
export function readDate(text: string, format: DateFormat): BusinessDate | null {
  const groups = DATE_PATTERNS[format].exec(text)?.groups
  if (groups === undefined) return null
  const { year = '', month = '', day = '' } = groups
  if (Number(year) < EARLIEST_YEAR || Number(year) > LATEST_YEAR) return null
  return findBusinessDate(`${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`)
}

/** An exact decimal: `units` × 10^-`scale`. */
export type Decimal = { readonly units: bigint; readonly scale: number }

const NUMBER_PATTERNS = {
  '.': /^(\d+|\d{1,3}(?:[,'\u2019 \u00a0\u202f]\d{3})+)(?:\.(\d*))?$/,
  ',': /^(\d+|\d{1,3}(?:[.'\u2019 \u00a0\u202f]\d{3})+)(?:,(\d*))?$/,
}

const MAX_WHOLE_DIGITS = 12
const MAX_DECIMALS = 6

/**
 * The number in a cell, or null. `decimal` is the sign before the decimals; the other of dot and comma, an apostrophe
 * or a space may group thousands. A minus may stand before or after, or round brackets around.
 */
export function readDecimal(text: string, decimal: '.' | ','): Decimal | null {
  const bracketed = /^\(([^-]+)\)$/.exec(text)?.[1]
  const trailing = /^([^-]+)-$/.exec(text)?.[1]
  const plain = bracketed ?? trailing ?? text.replace('−', '-')
  const sign = bracketed !== undefined || trailing !== undefined || plain.startsWith('-') ? -1n : 1n
  const digits = plain.replace(/^-/, '')
  const match = NUMBER_PATTERNS[decimal].exec(digits)
  if (match === null) return null
  const whole = (match[1] ?? '').replace(/\D/g, '').replace(/^0+(?=\d)/, '')
  const decimals = (match[2] ?? '').replace(/0+$/, '')
  if (whole.length > MAX_WHOLE_DIGITS || decimals.length > MAX_DECIMALS) return null
  return { units: sign * BigInt(whole + decimals), scale: decimals.length }
}

/** A decimal in the currency's minor units, or null when it has more decimals than the currency. */
export function toMinor(value: Decimal, exponent: number): bigint | null {
  return value.scale > exponent ? null : value.units * 10n ** BigInt(exponent - value.scale)
}

/** a × b in minor units, rounded half up. */
export function productMinor(quantity: Decimal, price: Decimal, exponent: number): bigint {
  const units = quantity.units * price.units * 10n ** BigInt(exponent)
  return divideHalfUp(units, 10n ** BigInt(quantity.scale + price.scale))
}

/** The decimal as text with a dot, without needless zeros; with `shift`, multiplied by 10^shift first. */
export function decimalText(value: Decimal, shift = 0): string {
  const scale = Math.max(0, value.scale - shift)
  const units = value.units * 10n ** BigInt(Math.max(0, shift - value.scale))
  const sign = units < 0n ? '-' : ''
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0')
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

/** A tax rate in basis points (8.25 or 8.25 % is 825), or null: negative, over 100 %, or finer than a basis point. */
export function readRateBps(text: string, decimal: '.' | ','): number | null {
  const value = readDecimal(text.replace(/\s*%$/, ''), decimal)
  const bps = value === null ? null : toMinor(value, 2)
  return bps === null || bps < 0n || bps > 10_000n ? null : Number(bps)
}

const YES = new Set(['yes', 'y', 'true', '1'])
const NO = new Set(['no', 'n', 'false', '0', ''])

/** Yes or no as files write it, or null. */
export function readYesNo(text: string): boolean | null {
  const word = text.toLowerCase()
  return YES.has(word) ? true : NO.has(word) ? false : null
}

/** Whether a text holds characters that no printed document can: control characters other than line breaks and tabs. */
export function hasControlCharacters(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose.
  return /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]/.test(text)
}
