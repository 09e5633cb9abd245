import { expect, test } from 'vitest'
import { matchTotp, newTotpSecret, totpCode, totpStep, totpUri } from '#app/parties/totp.ts'

/** The SHA-1 key of RFC 6238 appendix B, "12345678901234567890", in base 32. */
const RFC_SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'

test.each([
  [59, '287082'],
  [1111111109, '081804'],
  [1111111111, '050471'],
  [1234567890, '005924'],
  [2000000000, '279037'],
  [20000000000, '353130'],
])('at %d seconds the code is the one of RFC 6238', (seconds, code) => {
  expect(totpCode(RFC_SECRET, totpStep(new Date(seconds * 1000)))).toBe(code)
})

test('a code counts one step early or late, no further, and only once', () => {
  const at = new Date('2026-11-23T10:00:00Z')
  const step = totpStep(at)
  for (const offset of [-1n, 0n, 1n])
    expect(matchTotp(RFC_SECRET, totpCode(RFC_SECRET, step + offset), at, null)).toBe(step + offset)
  for (const offset of [-2n, 2n])
    expect(matchTotp(RFC_SECRET, totpCode(RFC_SECRET, step + offset), at, null)).toBeNull()
  expect(matchTotp(RFC_SECRET, totpCode(RFC_SECRET, step), at, step)).toBeNull()
  expect(matchTotp(RFC_SECRET, totpCode(RFC_SECRET, step - 1n), at, step)).toBeNull()
  expect(matchTotp(RFC_SECRET, totpCode(RFC_SECRET, step + 1n), at, step)).toBe(step + 1n)
})

test('a code may be typed with a space, and rubbish is refused', () => {
  const at = new Date('2026-11-23T10:00:00Z')
  const code = totpCode(RFC_SECRET, totpStep(at))
  expect(matchTotp(RFC_SECRET, `${code.slice(0, 3)} ${code.slice(3)}`, at, null)).toBe(totpStep(at))
  for (const bad of ['', '12345', '1234567', 'abcdef', '１２３４５６'])
    expect(matchTotp(RFC_SECRET, bad, at, null)).toBeNull()
})

test('a secret has 160 bits and its address says whose it is', () => {
  const secret = newTotpSecret()
  expect(secret).toMatch(/^[A-Z2-7]{32}$/)
  expect(newTotpSecret()).not.toBe(secret)
  expect(totpUri('Hallmark Tiles', 'a@b.example', secret)).toBe(
    `otpauth://totp/Hallmark%20Tiles:a%40b.example?secret=${secret}&issuer=Hallmark%20Tiles&digits=6&period=30`,
  )
})
