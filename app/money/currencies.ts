/**
 * Currencies and how many minor units make one major unit.
 * Exponents are those of ISO 4217; a currency that is not listed has two digits.
 */
declare const currencyBrand: unique symbol

/** Three capital letters, ISO 4217. Made only by `parseCurrency`. */
export type CurrencyCode = string & { readonly [currencyBrand]: true }

const EXPONENTS: Readonly<Record<string, number>> = {
  BIF: 0,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  ISK: 0,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  PYG: 0,
  RWF: 0,
  UGX: 0,
  UYI: 0,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
  BHD: 3,
  IQD: 3,
  JOD: 3,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  TND: 3,
  CLF: 4,
  UYW: 4,
}

const KNOWN = new Set(Intl.supportedValuesOf('currency'))

/** The currency that a text names, or null when ISO 4217 has no such code. */
export function findCurrency(text: string): CurrencyCode | null {
  const code = text.trim().toUpperCase()
  return KNOWN.has(code) ? (code as CurrencyCode) : null
}

/** The currency that a text names. Throws when there is none: use `findCurrency` for what people type. */
export function parseCurrency(text: string): CurrencyCode {
  const code = findCurrency(text)
  if (code === null) throw new Error(`Not an ISO 4217 currency: ${JSON.stringify(text)}`)
  return code
}

/** How many decimal digits the currency's minor unit stands for (JPY 0, USD 2, KWD 3). */
export function currencyExponent(currency: CurrencyCode): number {
  return EXPONENTS[currency] ?? 2
}
