/**
 * What a request must satisfy before any page sees it. Pure: values in, a refusal or nothing out.
 */

/** The parts of a request that the guards look at; header names in lower case. */
export type RequestHead = {
  method: string
  /** Path without the query. */
  path: string
  headers: Readonly<Record<string, string | string[] | undefined>>
}

export type HttpRefusal = { status: 403 | 405 | 411 | 413 | 421; message: string }

export type GuardSettings = {
  /** Scheme, host and port that browsers use. */
  origin: string
  /** Our own port: loopback names with it are accepted too. */
  port: number
}

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])
const METHODS = new Set([...SAFE_METHODS, 'POST', 'PUT', 'PATCH', 'DELETE'])
const LARGEST_BODY_BYTES = 1_000_000
const LARGEST_IMPORT_BYTES = 51_000_000

const isWebhook = (path: string): boolean => path.startsWith('/webhooks/')
const isImport = (path: string): boolean => path.startsWith('/staff/imports')

const single = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value.join(', ') : value

/** The first reason to turn a request away, or undefined. */
export function refusalOf(head: RequestHead, settings: GuardSettings): HttpRefusal | undefined {
  if (!METHODS.has(head.method)) return { status: 405, message: 'This method is not supported.' }
  return refuseHost(head, settings) ?? refuseBody(head) ?? refuseForeignOrigin(head, settings)
}

/** A page that was reached under another name than ours could be another site's frame around us (DNS rebinding). */
function refuseHost(
  { path, headers }: RequestHead,
  { origin, port }: GuardSettings,
): HttpRefusal | undefined {
  if (path === '/health' || isWebhook(path)) return undefined
  const host = single(headers.host)?.toLowerCase()
  const known = [
    new URL(origin).host,
    ...['localhost', '127.0.0.1', '[::1]'].map((name) => `${name}:${port}`),
  ]
  if (host !== undefined && known.includes(host)) return undefined
  return { status: 421, message: `This is ${new URL(origin).host}.` }
}

/** A body of unknown length is refused, so that the limit holds before the first byte is read. */
function refuseBody({ method, path, headers }: RequestHead): HttpRefusal | undefined {
  if (SAFE_METHODS.has(method)) return undefined
  if (headers['transfer-encoding'] !== undefined)
    return { status: 411, message: 'Send the length of the body (Content-Length).' }
  const limit = isImport(path) ? LARGEST_IMPORT_BYTES : LARGEST_BODY_BYTES
  if (Number(single(headers['content-length']) ?? 0) > limit)
    return { status: 413, message: `The body is larger than ${limit / 1_000_000} MB.` }
  return undefined
}

/**
 * Anything that changes something must come from our own pages. Browsers say so in Sec-Fetch-Site, older ones in
 * Origin; a request with neither is refused. Webhooks carry a signature instead.
 */
function refuseForeignOrigin(
  { method, path, headers }: RequestHead,
  settings: GuardSettings,
): HttpRefusal | undefined {
  if (SAFE_METHODS.has(method) || isWebhook(path)) return undefined
  const site = single(headers['sec-fetch-site'])
  const origin = single(headers.origin)
  const isOurs =
    site === undefined
      ? origin !== undefined && (origin === settings.origin || isOwnLoopback(origin, settings.port))
      : site === 'same-origin'
  if (isOurs) return undefined
  return {
    status: 403,
    message: 'This request did not come from a page of this site. Reload the page and try again.',
  }
}

const isOwnLoopback = (origin: string, port: number): boolean =>
  ['localhost', '127.0.0.1', '[::1]'].some((name) => origin === `http://${name}:${port}`)

/**
 * The browser's address: the peer's, or, behind `trustedProxies` proxies of ours, the entry that the outermost of
 * them appended to X-Forwarded-For. Entries left of it are the client's own claim.
 */
export function clientAddressOf(
  peer: string | undefined,
  forwardedFor: string | string[] | undefined,
  trustedProxies: number,
): string {
  const claimed = (single(forwardedFor) ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
  const chosen = trustedProxies === 0 ? undefined : (claimed.at(-trustedProxies) ?? claimed[0])
  return (chosen ?? peer ?? '').replace(/^::ffff:/, '')
}
