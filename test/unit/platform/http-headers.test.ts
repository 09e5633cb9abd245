import { expect, test } from 'vitest'
import { protectiveHeaders } from '#app/platform/http-headers.ts'

const settings = { isHttps: true, payPageOrigins: ['https://checkout.stripe.com'] }
const policyOf = (path: string): string =>
  protectiveHeaders(path, 'n0nce', settings)['Content-Security-Policy'] ?? ''

test('scripts run by nonce only; nothing is framed, embedded or based elsewhere', () => {
  const policy = policyOf('/')
  for (const rule of [
    "default-src 'none'",
    "script-src 'self' 'nonce-n0nce'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "connect-src 'self'",
  ])
    expect(policy.split('; ')).toContain(rule)
  expect(policy).not.toMatch(/unsafe/)
})

test('a form may end here or on the pay page', () => {
  expect(policyOf('/')).toContain("form-action 'self' https://checkout.stripe.com;")
})

test('the public check page alone may connect anywhere', () => {
  expect(policyOf('/check')).toContain('connect-src *;')
  expect(policyOf('/checkout')).toContain("connect-src 'self';")
})

test('HSTS is promised over https only', () => {
  expect(protectiveHeaders('/', 'n', settings)['Strict-Transport-Security']).toMatch(/^max-age=63072000/)
  expect(protectiveHeaders('/', 'n', { ...settings, isHttps: false })).not.toHaveProperty(
    'Strict-Transport-Security',
  )
})

test('pages are not stored, and only what is published may be read by other origins', () => {
  expect(protectiveHeaders('/c/cst_1', 'n', settings)).toMatchObject({
    'Cache-Control': 'no-store',
    'Cross-Origin-Resource-Policy': 'same-origin',
  })
  expect(protectiveHeaders('/.well-known/quittance.json', 'n', settings)).toMatchObject({
    'Cross-Origin-Resource-Policy': 'cross-origin',
  })
})
