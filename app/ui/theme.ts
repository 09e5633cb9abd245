/** What the reader chose; `system` follows the device and is stored as no cookie at all. */
export type Theme = 'system' | 'light' | 'dark'

/** The choices in the order in which they are shown. */
export const THEMES: readonly Theme[] = ['system', 'light', 'dark']

const COOKIE_NAME = 'theme'
const ONE_YEAR_SECONDS = 31_536_000

/** Reads the choice from a Cookie header; anything unknown counts as `system`. */
export function themeFromCookie(cookieHeader: string | null): Theme {
  const value = /(?:^|;\s*)theme=(light|dark)(?:;|$)/.exec(cookieHeader ?? '')?.[1]
  return value === 'light' || value === 'dark' ? value : 'system'
}

/** The Set-Cookie header for a choice. It holds no secret and names no one, so it is readable and lasts a year. */
export function themeCookie(theme: Theme): string {
  const maxAge = theme === 'system' ? 0 : ONE_YEAR_SECONDS
  return `${COOKIE_NAME}=${theme}; Path=/; Max-Age=${maxAge}; SameSite=Lax`
}

/** Parses a posted choice; null when it is none of ours. */
export function parseTheme(value: unknown): Theme | null {
  return THEMES.find((theme) => theme === value) ?? null
}
