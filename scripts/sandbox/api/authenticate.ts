import { ApiError } from '#scripts/sandbox/api/api-error.ts'

/** Accepts any `sk_test_…` key, as bearer token or as the user name of Basic. @throws ApiError 401 or 403 */
export function authenticate(header: string | undefined): void {
  const key = readKey(header)
  if (key === null) {
    throw new ApiError(401, {
      type: 'invalid_request_error',
      message:
        'You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. "Authorization: Bearer YOUR_SECRET_KEY").',
    })
  }
  if (/^[sr]k_live_/.test(key)) {
    throw new ApiError(403, {
      type: 'invalid_request_error',
      message:
        'A live key was sent to the local sandbox. Live keys belong to the provider only; check the configuration.',
    })
  }
  if (!/^sk_test_.+/.test(key)) {
    throw new ApiError(401, {
      type: 'invalid_request_error',
      message: `Invalid API Key provided: ${mask(key)}`,
    })
  }
}

function readKey(header: string | undefined): string | null {
  const [scheme, value] = (header ?? '').split(' ', 2)
  if (!scheme || !value) return null
  if (scheme.toLowerCase() === 'bearer') return value.trim()
  if (scheme.toLowerCase() !== 'basic') return null
  return Buffer.from(value, 'base64').toString('utf8').split(':')[0] || null
}

function mask(key: string): string {
  return `${key.slice(0, 3)}${'*'.repeat(Math.max(0, Math.min(key.length, 20) - 3))}`
}
