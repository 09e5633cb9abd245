import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ServerBuild } from 'react-router'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createHttpServer, type HttpServer } from '#app/platform/http-server.server.ts'
import { requestInfo } from '#app/platform/request-context.ts'
import { loadStaticFiles } from '#app/platform/static-files.server.ts'
import { choosePort } from '#scripts/supervisor/ports.ts'

/** A build of resource routes: what they see, a slow one, and one that fails. */
let finishSlow: () => void = () => {}
const route = (id: string, module: object): [string, unknown] => [
  id,
  { id, path: id, parentId: 'root', module: { default: undefined, ...module } },
]
const build = {
  entry: {
    module: {
      default: (_: Request, status: number) => new Response('page', { status }),
      handleError: () => {},
    },
  },
  routes: Object.fromEntries([
    ['root', { id: 'root', path: '', module: { default: () => null } }],
    route('seen', {
      loader: ({ context }: { context: { get: (key: typeof requestInfo) => unknown } }) =>
        Response.json(context.get(requestInfo)),
    }),
    route('echo', {
      action: async ({ request: asked }: { request: Request }) => new Response(await asked.text()),
    }),
    route('slow', {
      loader: () =>
        new Promise((resolve) => {
          finishSlow = () => resolve(new Response('slow but whole'))
        }),
    }),
    route('lost', {
      loader: () => {
        throw Object.assign(new Error('Server has closed the connection.'), { code: 'P1017' })
      },
      action: () => {
        throw Object.assign(new Error('a row was not as it should be'), { code: 'P2002' })
      },
    }),
    route('published', {
      loader: () => new Response('ok', { headers: { 'Cache-Control': 'public, max-age=60' } }),
    }),
  ]),
  assets: { entry: { module: '', imports: [] }, routes: {}, url: '', version: '' },
  basename: '/',
  publicPath: '/',
  assetsBuildDirectory: '',
  future: {},
  ssr: true,
  isSpaMode: false,
  prerender: [],
  routeDiscovery: { mode: 'initial' },
} as unknown as ServerBuild

let web: HttpServer
let origin: string
let folder: string
let port: number

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'quittance-static-'))
  mkdirSync(join(folder, 'assets'))
  writeFileSync(join(folder, 'assets', 'app-abc123.js'), `console.log('${'x'.repeat(2_000)}')`)
  writeFileSync(join(folder, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
  port = await choosePort()
  origin = `http://localhost:${port}`
  web = createHttpServer({
    build,
    requestInfoKey: requestInfo,
    files: loadStaticFiles(folder),
    origin,
    port,
    isHttps: false,
    trustedProxies: 0,
    payPageOrigins: [],
  })
  await new Promise<void>((resolve) => web.server.listen(port, '127.0.0.1', resolve))
})
afterEach(async () => {
  finishSlow()
  await web.stop()
  rmSync(folder, { recursive: true, force: true })
})

const url = (path: string): string => `http://127.0.0.1:${port}${path}`
const form = (path: string, body: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url(path), { method: 'POST', body, headers: { origin, 'content-type': 'text/plain', ...headers } })

test('a route sees the request id and the nonce that the headers carry, and the peer as client', async () => {
  const response = await fetch(url('/seen'), { headers: { 'x-forwarded-for': '6.6.6.6' } })
  const seen = (await response.json()) as { requestId: string; nonce: string; clientAddress: string }
  expect(response.headers.get('x-request-id')).toBe(seen.requestId)
  expect(response.headers.get('content-security-policy')).toContain(`'nonce-${seen.nonce}'`)
  expect(seen.clientAddress).toBe('127.0.0.1')
})

test('two answers never share a nonce', async () => {
  const nonces = await Promise.all(
    [1, 2].map(async () => ((await (await fetch(url('/seen'))).json()) as { nonce: string }).nonce),
  )
  expect(new Set(nonces).size).toBe(2)
})

test('every answer carries the protective headers, a refusal too', async () => {
  for (const response of [
    await fetch(url('/seen')),
    await fetch(url('/assets/app-abc123.js')),
    await form('/echo', 'x', { origin: 'https://evil.example' }),
  ])
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
    })
})

test('the server does not say what it runs on', async () => {
  const response = await fetch(url('/seen'))
  expect([response.headers.get('x-powered-by'), response.headers.get('server')]).toEqual([null, null])
})

test('pages are not stored unless a route says so; hashed files are kept for good', async () => {
  const cacheOf = async (path: string): Promise<string | null> =>
    (await fetch(url(path))).headers.get('cache-control')
  expect(await cacheOf('/seen')).toBe('no-store')
  expect(await cacheOf('/published')).toBe('public, max-age=60')
  expect(await cacheOf('/assets/app-abc123.js')).toBe('public, max-age=31536000, immutable')
  expect(await cacheOf('/favicon.svg')).toBe('public, max-age=3600')
})

test('a script comes gzipped to whoever takes it, and survives a later build', async () => {
  rmSync(join(folder, 'assets'), { recursive: true })
  const response = await fetch(url('/assets/app-abc123.js'), { headers: { 'accept-encoding': 'gzip' } })
  expect(response.headers.get('content-encoding')).toBe('gzip')
  expect(Number(response.headers.get('content-length'))).toBeLessThan(200)
  expect(await response.text()).toContain('console.log')
})

test.each(['/assets/../../package.json', '/assets/%2e%2e/secret', '/assets//etc/passwd'])(
  '%s leads nowhere',
  async (path) => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      request({ host: '127.0.0.1', port, path }, (answer) => resolve(answer.resume().statusCode))
        .on('error', reject)
        .end()
    })
    expect(status).toBe(404)
  },
)

test('a form of our own reaches its route, a foreign one does not', async () => {
  expect(await (await form('/echo', 'paid')).text()).toBe('paid')
  expect((await form('/echo', 'paid', { origin: 'https://evil.example' })).status).toBe(403)
})

test('a body above 1 MB is refused before it is read', async () => {
  expect((await form('/echo', 'x'.repeat(1_000_001))).status).toBe(413)
})

test('headers above 16 KB are refused', async () => {
  expect((await fetch(url('/seen'), { headers: { 'x-long': 'x'.repeat(17_000) } })).status).toBe(431)
})

test('limits of time and reuse are set', () => {
  const { requestTimeout, headersTimeout, maxRequestsPerSocket } = web.server
  expect({ requestTimeout, headersTimeout, maxRequestsPerSocket }).toEqual({
    requestTimeout: 30_000,
    headersTimeout: 10_000,
    maxRequestsPerSocket: 1_000,
  })
})

test('500 connections that never finish their headers do not keep a page from being answered', async () => {
  const sockets = await Promise.all(
    Array.from({ length: 500 }, async () => {
      const socket = connect(port, '127.0.0.1')
      socket.on('error', () => {})
      await new Promise((resolve) => socket.once('connect', resolve))
      socket.write('GET /seen HTTP/1.1\r\nHost: localhost\r\nX-Slow: ')
      return socket
    }),
  )
  expect((await fetch(url('/seen'))).status).toBe(200)
  expect(sockets.every((socket) => !socket.destroyed)).toBe(true)
  for (const socket of sockets) socket.destroy()
})

test('above the limit a page is turned away with a time to come back', async () => {
  const waiting = Array.from({ length: 150 }, () =>
    fetch(url('/slow'), { signal: AbortSignal.timeout(5_000) }).catch(() => {}),
  )
  await sleep(300)
  const refused = await fetch(url('/seen'))
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2'])
  web.server.closeAllConnections()
  await Promise.all(waiting)
})

test('a page that loses the database is answered with 503 and a time to come back; a defect stays a 500', async () => {
  const lost = await fetch(url('/lost'))
  expect([lost.status, lost.headers.get('retry-after')]).toEqual([503, '5'])
  expect(await lost.text()).not.toContain('closed the connection')
  expect((await form('/lost', 'x')).status).toBe(500)
})

test('a stop lets the running page finish and takes no new one', async () => {
  const running = fetch(url('/slow'))
  await sleep(100)
  const stopped = web.stop()
  await sleep(100)
  await expect(fetch(url('/seen'))).rejects.toThrow()
  finishSlow()
  expect(await (await running).text()).toBe('slow but whole')
  await stopped
})
