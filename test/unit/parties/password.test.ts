import { describe, expect, test } from 'vitest'
import { COMMON_CORES } from '#app/parties/common-passwords.ts'
import { isCommonPassword, passwordProblem } from '#app/parties/password.ts'

describe('passwords', () => {
  test('have 12 to 256 characters, and no rule about which', () => {
    expect(passwordProblem('short1!A')).toMatch(/at least 12/)
    expect(passwordProblem('plain lamp river ox')).toBeNull()
    expect(passwordProblem('moss tram violin gorge ladder thirteen copper kettles and one swan')).toBeNull()
    expect(passwordProblem('lion golf summer coffee')).toBeNull()
    expect(passwordProblem('quartz-lantern-42-vole'.repeat(12))).toMatch(/at most 256/)
    expect(passwordProblem('мост лампа река дуб')).toBeNull()
  })

  test.each([
    'password1234',
    'P@ssw0rd2026!',
    'Welcome12345',
    'Summer2026!!!',
    'qwertyuiop12',
    '123456789012',
    '111111111111',
    'abcdefghijkl',
    'abcabcabcabc',
    'letmein-letmein',
    'iloveyou1234',
    'Quittance2026',
    'admin-admin-1',
    'correct horse battery staple',
    'passwordpasswordpasswordpassword',
  ])('%s is refused as easy to guess', (password) => {
    expect(passwordProblem(password)).toMatch(/easy to guess/)
  })

  test('are refused when they are the own name or address', () => {
    const about = ['Marisol Tenbrink', 'marisol@tenbrink-tiles.example']
    expect(isCommonPassword('marisoltenbrink1', about)).toBe(true)
    expect(isCommonPassword('Tenbrink2026!!', about)).toBe(true)
    expect(isCommonPassword('grouting knife elm', about)).toBe(false)
  })

  test('the block list refuses more than 3,000 of the usual variations, none of which is too short', () => {
    const suffixes = [
      '1234567890',
      '123456789',
      '2024!2025!',
      '@2026@2026',
      '!!!!!!!!!!',
      '12345678!1',
      '0000000000',
    ]
    const tries = [...COMMON_CORES].flatMap((word) =>
      suffixes.flatMap((suffix) => [word + suffix, word.toUpperCase() + suffix, suffix + word]),
    )
    const long = tries.filter((password) => password.length >= 12)
    expect(long.length).toBeGreaterThan(3_000)
    expect(long.filter((password) => passwordProblem(password) === null)).toEqual([])
  })
})
