import { expect, test } from 'vitest'
import { safeNextPath, withNext } from '#app/parties/safe-path.ts'

test.each(['/staff', '/customers/cst_1/invoices?state=open&page=2', '/a#part', '/pay/%2F%2Fevil'])(
  '%s stays on this site',
  (path) => {
    expect(safeNextPath(path)).toBe(path)
  },
)

test.each([
  null,
  '',
  'staff',
  'https://evil.example/',
  '//evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  ' /staff',
  'javascript:alert(1)',
  '/..//evil.example',
  '/.//evil.example',
  '/sign-in?next=/staff',
  '/sign-out',
  `/${'a'.repeat(3000)}`,
])('%j is not a place to go', (path) => {
  expect(safeNextPath(path)).toBeNull()
  expect(withNext('/sign-in', path)).toBe('/sign-in')
})

test('the next page is added to an address as one encoded parameter', () => {
  expect(withNext('/sign-in', '/pay?cart=a&b=c')).toBe('/sign-in?next=%2Fpay%3Fcart%3Da%26b%3Dc')
})
