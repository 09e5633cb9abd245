import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { serveApi } from '#scripts/sandbox/api/serve-api.ts'
import { serveControl } from '#scripts/sandbox/control/serve-control.ts'
import { type HttpReply, type HttpRequest, jsonReply } from '#scripts/sandbox/http/messages.ts'
import { servePages } from '#scripts/sandbox/pages/serve-pages.ts'
import { servePlaid } from '#scripts/sandbox/plaid/api/serve-plaid.ts'
import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

const MAX_BODY_BYTES = 1_000_000
/** A silent fault holds the connection at most this long, so that none leaks. */
const SILENCE_MS = 120_000

/** The HTTP server of the sandbox: API, control and pages on one port. */
export function createHttpServer(sandbox: Sandbox): Server {
  const server = createServer((incoming, outgoing) => {
    respond(sandbox, incoming, outgoing).catch((error: unknown) => {
      console.error('sandbox: request failed', error)
      if (!outgoing.headersSent) outgoing.writeHead(500, { 'content-type': 'text/plain' })
      outgoing.end('The sandbox failed; its log says why.\n')
    })
  })
  server.keepAliveTimeout = 65_000
  return server
}

async function respond(sandbox: Sandbox, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const body = await readBody(incoming)
  if (body === null)
    return send(
      outgoing,
      jsonReply(413, { error: { type: 'invalid_request_error', message: 'Request too large.' } }),
    )
  const [path = '/', ...query] = (incoming.url ?? '/').split('?')
  const request: HttpRequest = {
    method: incoming.method ?? 'GET',
    path,
    query: query.join('?'),
    headers: incoming.headers,
    body,
  }
  send(outgoing, await route(sandbox, request))
}

function route(sandbox: Sandbox, request: HttpRequest): Promise<HttpReply> | HttpReply {
  const refusal = refuseForeign(request)
  if (refusal) return refusal
  if (request.path === '/v1' || request.path.startsWith('/v1/')) return serveApi(sandbox, request)
  if (request.path === '/plaid' || request.path.startsWith('/plaid/')) return servePlaid(sandbox, request)
  if (request.path.startsWith('/_sandbox/')) return serveControl(sandbox, request)
  return servePages(sandbox, request)
}

/** Only this machine by its own names, and no form posted from another site: a web page must not steer the sandbox. */
function refuseForeign(request: HttpRequest): HttpReply | null {
  const host = request.headers.host ?? ''
  if (!/^(localhost|127\.0\.0\.1)(:\d+)?$/.test(host))
    return jsonReply(421, { error: `Unknown host ${host.slice(0, 100)}` })
  const origin = request.headers.origin
  if (request.method === 'GET' || origin === undefined || origin === `http://${host}`) return null
  return jsonReply(403, { error: 'Requests from other sites are refused.' })
}

/** The body as text, or null when it is too large. */
async function readBody(incoming: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= MAX_BODY_BYTES) chunks.push(chunk)
  }
  return size > MAX_BODY_BYTES ? null : Buffer.concat(chunks).toString('utf8')
}

function send(outgoing: ServerResponse, reply: HttpReply): void {
  if (reply.kind === 'reset') {
    outgoing.socket?.resetAndDestroy()
    return
  }
  if (reply.kind === 'silence') {
    const { socket } = outgoing
    setTimeout(() => socket?.destroy(), SILENCE_MS).unref()
    return
  }
  outgoing.writeHead(reply.status, {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...reply.headers,
  })
  outgoing.end(reply.body)
}
