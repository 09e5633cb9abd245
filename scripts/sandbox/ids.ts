import { randomBytes } from 'node:crypto'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Random letters and digits, as in the provider's ids. 62 symbols from a byte: the slight bias is harmless here. */
export function randomText(length: number): string {
  return Array.from(randomBytes(length), (byte) => ALPHABET[byte % ALPHABET.length]).join('')
}

/** A new id that looks like the provider's: prefix, underscore, 24 letters and digits. */
export function newProviderId(prefix: string): string {
  return `${prefix}_${randomText(24)}`
}
