import { AsyncLocalStorage } from 'node:async_hooks'
import { randomBytes, randomUUID } from 'node:crypto'
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import { createRequestListener } from '@react-router/node'
import helmet from 'helmet'
import { RouterContextProvider, type ServerBuild } from 'react-router'
import { answerOutages } from '#app/platform/answer-outages.server.ts'
import { clientAddressOf, type GuardSettings, refusalOf } from '#app/platform/http-guards.ts'
import { type HeaderSettings, protectiveHeaders } from '#app/platform/http-headers.ts'
import { log } from '#app/platform/log.server.ts'
import { loggablePath } from '#app/platform/loggable-path.ts'
import type { RequestInfo, requestInfo } from '#app/platform/request-context.ts'
import type { StaticFiles } from '#app/platform/static-files.server.ts'

/** More than this many pages at once are not begun: waiting would only make all of them late. */
const MOST_AT_ONCE = 150
/** Money that a provider reports is taken in when pages are already turned away. */
const MOST_WEBHOOKS_AT_ONCE = 300
const SHUTDOWN_LIMIT_MS = 6_000

export type HttpServerOptions = GuardSettings &
  HeaderSettings & {
    build: ServerBuild
    /** The context key as the build knows it: a bundle has its own copy of the module. */
    requestInfoKey: typeof requestInfo
    files: StaticFiles
    trustedProxies: number
  }

export type HttpServer = {
  server: Server
  /** Takes no new request, lets running ones finish for six seconds, then closes what is left. */
  stop: () => Promise<void>
}

const secure = helmet({
  contentSecurityPolicy: false,
  crossOriginResourcePolicy: false,
  strictTransportSecurity: false,
  xFrameOptions: { action: 'deny' },
  referrerPolicy: { policy: 'same-origin' },
})

/** The web server of the product, not yet listening. */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const current = new AsyncLocalStorage<RequestInfo>()
  const pages = createRequestListener({
    build: answerOutages(options.build),
    mode: 'production',
    getLoadContext: () => {
      const context = new RouterContextProvider()
      const info = current.getStore()
      if (info !== undefined) context.set(options.requestInfoKey, info)
      return context
    },
  })
  const running = new Set<ServerResponse>()
  let isStopping = false

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
    const info: RequestInfo = {
      requestId: randomUUID(),
      nonce: randomBytes(18).toString('base64'),
      clientAddress: clientAddressOf(
        request.socket.remoteAddress,
        request.headers['x-forwarded-for'],
        options.trustedProxies,
      ),
    }
    if (options.trustedProxies === 0) delete request.headers['x-forwarded-host']
    protect(request, response, path, info, options)
    if (isStopping) response.setHeader('Connection', 'close')

    const refusal = refusalOf({ method: request.method ?? '', path, headers: request.headers }, options)
    if (refusal !== undefined) {
      refuse(request, response, refusal.status, refusal.message, info)
      return
    }
    if (options.files.serve(request, response, path)) return
    const limit = path.startsWith('/webhooks/') ? MOST_WEBHOOKS_AT_ONCE : MOST_AT_ONCE
    if (running.size >= limit && path !== '/health') {
      response.setHeader('Retry-After', '2')
      refuse(request, response, 503, 'Too many people are here at once. Try again in a moment.', info)
      return
    }
    track(request, response, path, info, running)
    response.once('close', () => isStopping && setImmediate(() => server.closeIdleConnections()))
    current.run(info, () => pages(request, response))
  }

  const server = createServer(
    { maxHeaderSize: 16_384, connectionsCheckingInterval: 5_000 },
    answer as RequestListener,
  )
  server.requestTimeout = 30_000
  server.headersTimeout = 10_000
  server.maxRequestsPerSocket = 1_000
  server.keepAliveTimeout = 5_000

  const stop = async (): Promise<void> => {
    isStopping = true
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    server.closeIdleConnections()
    const timer = setTimeout(() => server.closeAllConnections(), SHUTDOWN_LIMIT_MS)
    await closed
    clearTimeout(timer)
  }
  return { server, stop }
}

function protect(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  info: RequestInfo,
  options: HttpServerOptions,
): void {
  secure(request, response, () => {})
  for (const [name, value] of Object.entries(protectiveHeaders(path, info.nonce ?? '', options)))
    response.setHeader(name, value)
  response.setHeader('X-Request-Id', info.requestId)
}

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  message: string,
  info: RequestInfo,
): void {
  log.warn(
    { requestId: info.requestId, method: request.method, status, client: info.clientAddress },
    'request refused',
  )
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' })
  response.end(`${message}\n`)
}

/** Counts a request while it runs and writes one line about it; the query stays out, it can hold secrets. */
function track(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  info: RequestInfo,
  running: Set<ServerResponse>,
): void {
  const startedAt = performance.now()
  running.add(response)
  response.once('close', () => {
    running.delete(response)
    if (path === '/health') return
    log.info(
      {
        requestId: info.requestId,
        method: request.method,
        path: loggablePath(path),
        status: response.statusCode,
        ms: Math.round(performance.now() - startedAt),
        client: info.clientAddress,
      },
      'request',
    )
  })
}
