/**
 * Stripe's minor units and ours. Ours are those of ISO 4217; Stripe's are its own for a few currencies
 * (https://docs.stripe.com/currencies, "Zero-decimal currencies", "Three-decimal currencies" and "Special cases").
 */
import { currencyExponent, findCurrency } from '#app/money/currencies.ts'

/** Stripe takes these without decimals. */
const NO_DECIMALS: ReadonlySet<string> = new Set([
  ...['BIF', 'CLP', 'DJF', 'GNF', 'JPY', 'KMF', 'KRW', 'MGA'],
  ...['PYG', 'RWF', 'VND', 'VUV', 'XAF', 'XOF', 'XPF'],
])
/** Stripe takes these with two decimals, which must be zeros: 5 ISK is 500. */
const TWO_DECIMALS: ReadonlySet<string> = new Set(['ISK', 'UGX'])
/** Stripe takes these with three decimals, of which the last must be zero. */
const THREE_DECIMALS: ReadonlySet<string> = new Set(['BHD', 'JOD', 'KWD', 'OMR', 'TND'])

/** `stripe = ours × up ÷ down`; amounts that can be charged are multiples of `step`, in our minor units. */
export type StripeScale = { readonly up: bigint; readonly down: bigint; readonly step: bigint }

/** How amounts of a currency are written for Stripe; null when Stripe takes none or we cannot say how. */
export function stripeScale(currency: string): StripeScale | null {
  const code = findCurrency(currency)
  if (code === null) return null
  const ours = currencyExponent(code)
  const theirs = stripeExponent(code, ours)
  if (theirs === null) return null
  const up = 10n ** BigInt(Math.max(theirs - ours, 0))
  const down = 10n ** BigInt(Math.max(ours - theirs, 0))
  return { up, down, step: theirs === 3 ? 10n : down }
}

function stripeExponent(code: string, ours: number): number | null {
  if (NO_DECIMALS.has(code)) return 0
  if (TWO_DECIMALS.has(code)) return 2
  if (THREE_DECIMALS.has(code)) return 3
  return ours === 2 ? 2 : null
}

/** An amount as Stripe takes it. Throws for one that it cannot take exactly, and beyond 2^53. */
export function toStripe(minor: bigint, currency: string): number {
  const scale = stripeScale(currency)
  if (scale === null || minor % scale.step !== 0n)
    throw new RangeError(`Stripe cannot take ${minor} minor units of ${currency}`)
  const value = Number((minor * scale.up) / scale.down)
  if (!Number.isSafeInteger(value)) throw new RangeError(`Not a safe integer: ${minor}`)
  return value
}

/**
 * An amount of Stripe's in our minor units. Throws when it is none of them exactly. One in a currency that we never ask for
 * stays as it is: it only goes to people.
 */
export function fromStripe(amount: number, currency: string): bigint {
  const minor = findInOurs(amount, currency)
  if (minor === null) throw new RangeError(`${amount} of Stripe's ${currency} is no amount of ours`)
  return minor
}

/**
 * What Stripe works out by itself, such as its fee, may be finer than our minor unit where Stripe's unit is (12.34 ISK): it is
 * rounded to the nearest unit, half away from zero, so that no fee keeps anybody from reading the payment that it is of.
 */
export function roundToOurs(amount: number, currency: string): { minor: bigint; isRounded: boolean } {
  const exact = findInOurs(amount, currency)
  const scale = stripeScale(currency)
  if (exact !== null || scale === null) return { minor: exact ?? BigInt(amount), isRounded: false }
  const scaled = BigInt(amount) * scale.down
  const half = amount < 0 ? -scale.up : scale.up
  return { minor: (2n * scaled + half) / (2n * scale.up), isRounded: true }
}

/** The same without rounding: null when it is no exact amount of ours. */
function findInOurs(amount: number, currency: string): bigint | null {
  const scale = stripeScale(currency)
  if (scale === null) return BigInt(amount)
  const scaled = BigInt(amount) * scale.down
  return scaled % scale.up === 0n ? scaled / scale.up : null
}
