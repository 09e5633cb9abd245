import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** RFC 6238 with the parameters that every authenticator app knows: SHA-1, 6 digits, 30 seconds. */
const STEP_SECONDS = 30
const DIGITS = 6
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** A new secret of 160 bits, in base 32 as apps take it. */
export function newTotpSecret(): string {
  return Array.from(randomBytes(32), (byte) => ALPHABET[byte & 31]).join('')
}

function bytesOf(secret: string): Buffer {
  let bits = ''
  for (const character of secret.toUpperCase().replace(/[\s=]/g, '')) {
    const value = ALPHABET.indexOf(character)
    if (value < 0) throw new Error('not a base-32 secret')
    bits += value.toString(2).padStart(5, '0')
  }
  const bytes = bits.match(/.{8}/g) ?? []
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)))
}

/** The 30-second step that an instant falls into. */
export function totpStep(at: Date): bigint {
  return BigInt(Math.floor(at.getTime() / 1000 / STEP_SECONDS))
}

/** The code of one step. */
export function totpCode(secret: string, step: bigint): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(step)
  const mac = createHmac('sha1', bytesOf(secret)).update(counter).digest()
  const offset = (mac.at(-1) ?? 0) & 0x0f
  const number = (mac.readUInt32BE(offset) & 0x7fffffff) % 10 ** DIGITS
  return String(number).padStart(DIGITS, '0')
}

/**
 * The step whose code was given, or null. A clock may be one step off in either direction. Steps up to `lastUsed` are
 * not looked at, so that a code that was seen over a shoulder is worth nothing.
 */
export function matchTotp(secret: string, code: string, at: Date, lastUsed: bigint | null): bigint | null {
  const given = Buffer.from(code.replace(/[\s-]/g, ''))
  const now = totpStep(at)
  for (const step of [now, now - 1n, now + 1n]) {
    if (lastUsed !== null && step <= lastUsed) continue
    const expected = Buffer.from(totpCode(secret, step))
    if (given.length === expected.length && timingSafeEqual(given, expected)) return step
  }
  return null
}

/** The address that a QR code carries to the authenticator app. */
export function totpUri(issuer: string, account: string, secret: string): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`
  return `otpauth://totp/${label}?secret=${secret}&issuer=${encodeURIComponent(issuer)}&digits=${DIGITS}&period=${STEP_SECONDS}`
}
