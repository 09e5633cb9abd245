/**
 * A place on this site to go to next, out of untrusted text. Only a path is let through, so that nobody can be sent
 * to another site by a crafted link; anything else becomes `fallback`.
 */
export function localPath(value: unknown, fallback = '/'): string {
  if (typeof value !== 'string' || !value.startsWith('/')) return fallback
  const base = 'http://local.invalid'
  if (!URL.canParse(value, base)) return fallback
  const url = new URL(value, base)
  return url.origin === base && !url.pathname.startsWith('//')
    ? url.pathname + url.search + url.hash
    : fallback
}
