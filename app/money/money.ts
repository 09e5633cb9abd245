import type { CurrencyCode } from '#app/money/currencies.ts'

/** An exact amount: minor units (cents, yen) of one currency. */
export type Money = { readonly minor: bigint; readonly currency: CurrencyCode }

/** An amount of `minor` units of the currency. */
export function money(minor: bigint, currency: CurrencyCode): Money {
  return { minor, currency }
}

/** Nothing, in the currency. */
export function zero(currency: CurrencyCode): Money {
  return { minor: 0n, currency }
}

/** a + b. Throws when the currencies differ. */
export function add(a: Money, b: Money): Money {
  requireSameCurrency(a, b)
  return { minor: a.minor + b.minor, currency: a.currency }
}

/** a − b. Throws when the currencies differ. */
export function subtract(a: Money, b: Money): Money {
  requireSameCurrency(a, b)
  return { minor: a.minor - b.minor, currency: a.currency }
}

/** −a. */
export function negate(a: Money): Money {
  return { minor: -a.minor, currency: a.currency }
}

/** Negative, zero or positive as a is below, equal to or above b. Throws when the currencies differ. */
export function compare(a: Money, b: Money): -1 | 0 | 1 {
  requireSameCurrency(a, b)
  return a.minor < b.minor ? -1 : a.minor > b.minor ? 1 : 0
}

/** The smaller of two amounts. Throws when the currencies differ. */
export function smaller(a: Money, b: Money): Money {
  return compare(a, b) <= 0 ? a : b
}

/** The sum of all amounts; zero of `currency` for an empty list. Throws when one has another currency. */
export function sum(amounts: readonly Money[], currency: CurrencyCode): Money {
  return amounts.reduce(add, zero(currency))
}

/** Whether the amount is exactly zero. */
export function isZero(a: Money): boolean {
  return a.minor === 0n
}

/** Whether the amount is below zero. */
export function isNegative(a: Money): boolean {
  return a.minor < 0n
}

/** Whether the amount is above zero. */
export function isPositive(a: Money): boolean {
  return a.minor > 0n
}

function requireSameCurrency(a: Money, b: Money): void {
  if (a.currency !== b.currency) throw new Error(`Cannot mix ${a.currency} and ${b.currency}`)
}
