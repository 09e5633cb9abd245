/** The headers that protect every answer. Pure. */

export type HeaderSettings = {
  isHttps: boolean
  /** Where a form of ours may end up besides here: the providers' pay and bank link pages. */
  payPageOrigins: readonly string[]
}

/** The public page on which anyone checks a receipt against a chain and a portal of their own choice. */
const mayConnectAnywhere = (path: string): boolean => path === '/check' || path.startsWith('/check/')

/** What is published for other origins to read. */
const isPublished = (path: string): boolean => path.startsWith('/.well-known/')

/** The content policy of one answer: scripts run by `nonce` only, nothing is framed, forms stay with us or the provider. */
export function contentPolicy(path: string, nonce: string, settings: HeaderSettings): string {
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "manifest-src 'self'",
    mayConnectAnywhere(path) ? 'connect-src *' : "connect-src 'self'",
    `form-action ${["'self'", ...settings.payPageOrigins].join(' ')}`,
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    ...(settings.isHttps ? ['upgrade-insecure-requests'] : []),
  ].join('; ')
}

/**
 * All protective headers but those that helmet sets alike everywhere. The referrer goes to our own pages only;
 * `no-referrer` would make browsers send `Origin: null` with our own forms, which the origin check could not tell
 * from a foreign page.
 */
export function protectiveHeaders(
  path: string,
  nonce: string,
  settings: HeaderSettings,
): Readonly<Record<string, string>> {
  return {
    'Content-Security-Policy': contentPolicy(path, nonce, settings),
    'Cross-Origin-Resource-Policy': isPublished(path) ? 'cross-origin' : 'same-origin',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=()',
    'Cache-Control': 'no-store',
    ...(settings.isHttps ? { 'Strict-Transport-Security': 'max-age=63072000; includeSubDomains' } : {}),
  }
}
