import { expect, test } from 'vitest'
import { localPath } from '#app/ui/local-path.ts'
import { parseTheme, themeCookie, themeFromCookie } from '#app/ui/theme.ts'

test.each([
  [null, 'system'],
  ['', 'system'],
  ['theme=dark', 'dark'],
  ['a=b; theme=light; c=d', 'light'],
  ['theme=darkish', 'system'],
  ['mytheme=dark', 'system'],
])('the cookie header %j means %s', (header, theme) => {
  expect(themeFromCookie(header)).toBe(theme)
})

test('a choice survives the way through its own cookie, and system removes the cookie', () => {
  expect(themeFromCookie(themeCookie('dark').split(';')[0] ?? '')).toBe('dark')
  expect(themeCookie('system')).toContain('Max-Age=0')
})

test('only our three words are a theme', () => {
  expect(parseTheme('light')).toBe('light')
  expect(parseTheme('LIGHT')).toBeNull()
  expect(parseTheme(null)).toBeNull()
})

test.each([
  ['/c/cst_1/invoices?q=a b', '/c/cst_1/invoices?q=a%20b'],
  ['/', '/'],
  ['//evil.example/x', '/'],
  ['/\\evil.example', '/'],
  ['/.//evil.example', '/'],
  ['https://evil.example/', '/'],
  ['javascript:alert(1)', '/'],
  ['/\t/evil.example', '/'],
  ['', '/'],
  [undefined, '/'],
])('the way back %j leads to %s', (given, path) => {
  expect(localPath(given)).toBe(path)
})
