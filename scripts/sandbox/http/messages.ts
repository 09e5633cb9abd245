import type { IncomingHttpHeaders } from 'node:http'

/** A request, read whole. */
export type HttpRequest = {
  method: string
  path: string
  /** Query without the question mark. */
  query: string
  headers: IncomingHttpHeaders
  body: string
}

/** What goes back: content, nothing at all while the connection stays open, or a cut connection. */
export type HttpReply =
  | { kind: 'content'; status: number; headers: Record<string, string>; body: string | Buffer }
  | { kind: 'silence' }
  | { kind: 'reset' }

/** A JSON answer of the control endpoints. */
export function jsonReply(status: number, body: unknown): HttpReply {
  return {
    kind: 'content',
    status,
    headers: { 'content-type': 'application/json' },
    body: `${JSON.stringify(body, null, 2)}\n`,
  }
}

/** 303: see another page. */
export function redirectReply(location: string): HttpReply {
  return { kind: 'content', status: 303, headers: { location }, body: '' }
}

/** The answer with its second half missing, as if the sender had lost it. */
export function halfReply(reply: HttpReply): HttpReply {
  if (reply.kind !== 'content') return reply
  const { body } = reply
  return { ...reply, body: body.slice(0, Math.floor(body.length / 2)) }
}
