/** Pages that make no sense as the place to go after sign-in. */
const NEVER_NEXT = /^\/(sign-in|sign-out|theme)(\/|$|\?|\.)/

/**
 * A path on this site that a link or form asked to go to next, or null when it is anything else: another origin, a
 * scheme, a path that browsers read as a host (`//host`, `/\host`), control characters, or a sign-in page.
 */
export function safeNextPath(text: string | null | undefined): string | null {
  if (!text || text.length > 2_000 || !text.startsWith('/')) return null
  // biome-ignore lint/suspicious/noControlCharactersInRegex: browsers drop these before they read the address
  if (/[\u0000-\u0020\u007f\\]/.test(text)) return null
  const url = URL.parse(text, 'http://same.invalid')
  if (url === null || url.origin !== 'http://same.invalid' || url.pathname.startsWith('//')) return null
  if (NEVER_NEXT.test(url.pathname)) return null
  return `${url.pathname}${url.search}${url.hash}`
}

/** `path` with `next` added as a parameter when there is a safe one. */
export function withNext(path: string, next: string | null | undefined): string {
  const safe = safeNextPath(next)
  return safe === null ? path : `${path}${path.includes('?') ? '&' : '?'}next=${encodeURIComponent(safe)}`
}
