import { readdirSync, readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
}
const COMPRESSIBLE = new Set(['.js', '.css', '.json', '.svg', '.txt', '.webmanifest'])
const compress = promisify(gzip)

type StaticFile = { body: Buffer; type: string; isHashed: boolean; gzipped: Promise<Buffer> | undefined }

export type StaticFiles = {
  /** Answers when the path names a file; false when it does not and a page has to. */
  serve: (request: IncomingMessage, response: ServerResponse, path: string) => boolean
}

/**
 * The built files of the browser, read once into memory: a later build cannot pull them away from under a running
 * process. Names below /assets carry a hash of their content and never change.
 */
export function loadStaticFiles(folder: string): StaticFiles {
  const files = new Map<string, StaticFile>()
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const full = join(entry.parentPath, entry.name)
    const path = `/${relative(folder, full).split(sep).join('/')}`
    const type = TYPES[extname(entry.name)]
    if (type === undefined) continue
    files.set(path, {
      body: readFileSync(full),
      type,
      isHashed: path.startsWith('/assets/'),
      gzipped: undefined,
    })
  }

  async function send(
    request: IncomingMessage,
    response: ServerResponse,
    file: StaticFile,
    name: string,
  ): Promise<void> {
    const takesGzip =
      COMPRESSIBLE.has(extname(name)) && /\bgzip\b/.test(String(request.headers['accept-encoding']))
    if (takesGzip) file.gzipped ??= compress(file.body)
    const body = takesGzip && file.gzipped !== undefined ? await file.gzipped : file.body
    response.writeHead(200, {
      'Content-Type': file.type,
      'Content-Length': body.byteLength,
      'Cache-Control': file.isHashed ? 'public, max-age=31536000, immutable' : 'public, max-age=3600',
      Vary: 'Accept-Encoding',
      ...(takesGzip ? { 'Content-Encoding': 'gzip' } : {}),
    })
    response.end(request.method === 'HEAD' ? undefined : body)
  }

  return {
    serve: (request, response, path) => {
      if (request.method !== 'GET' && request.method !== 'HEAD') return false
      const file = files.get(path)
      if (file === undefined) return false
      send(request, response, file, path).catch((error: unknown) => response.destroy(error as Error))
      return true
    },
  }
}
