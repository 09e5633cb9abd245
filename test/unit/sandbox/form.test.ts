import { expect, test } from 'vitest'
import { ApiError } from '#scripts/sandbox/api/api-error.ts'
import { parseForm } from '#scripts/sandbox/api/form.ts'
import { fingerprint } from '#scripts/sandbox/api/idempotency.ts'

test.each([
  ['a=1&b=x%20y', { a: '1', b: 'x y' }],
  ['a[b]=1&a[c]=2', { a: { b: '1', c: '2' } }],
  ['a[0]=x&a[1]=y', { a: ['x', 'y'] }],
  ['a[]=x&a[]=y', { a: ['x', 'y'] }],
  ['l[0][p][c]=usd&l[1][p][c]=eur', { l: [{ p: { c: 'usd' } }, { p: { c: 'eur' } }] }],
  ['m[7]=x', { m: { 7: 'x' } }],
  ['a=', { a: '' }],
  ['', {}],
])('%s reads as an object', (encoded, expected) => {
  expect(parseForm(encoded)).toEqual(expected)
})

test.each(['[a]=1', 'a[b=1', 'a]=1', 'a=1&a[b]=2', `a${'[b]'.repeat(9)}=1`, '=1'])(
  '%s is refused',
  (encoded) => {
    expect(() => parseForm(encoded)).toThrow(ApiError)
  },
)

test('a name cannot reach the prototype of anything', () => {
  const tree = parseForm('__proto__[polluted]=1&constructor[prototype][polluted]=1')
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  expect(Object.getPrototypeOf(tree)).toBe(Object.prototype)
})

test('two requests are the same whatever the order of their parameters', () => {
  const print = (encoded: string): string => fingerprint('POST', '/v1/refunds', parseForm(encoded))
  expect(print('a=1&b[x]=2&b[y]=3')).toBe(print('b[y]=3&a=1&b[x]=2'))
  expect(print('a=1')).not.toBe(print('a=2'))
  expect(print('a[0]=1&a[1]=2')).not.toBe(print('a[0]=2&a[1]=1'))
  expect(fingerprint('POST', '/v1/a', {})).not.toBe(fingerprint('POST', '/v1/b', {}))
})
