import { createHash } from 'node:crypto'
import { mkdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createRequestHandler, RouterContextProvider, type ServerBuild } from 'react-router'
import { createServer } from 'vite'
import type { db } from '#app/platform/db.server.ts'
import type { requestInfo } from '#app/platform/request-context.ts'

/** The portal's routes, answering requests in this process as the web server would. */
export type Portal = {
  /** Answers one request; `clientAddress` is the browser's, as the web server would have found it. */
  handle: (request: Request, clientAddress?: string) => Promise<Response>
  close: () => Promise<void>
}

/** Loads every route through Vite, as `npm start` builds them, on the database of this test file. Takes some seconds. */
export async function openPortal(): Promise<Portal> {
  const { vite, build } = await alone(loadRoutes)
  // Vite has its own copy of every module: context keys and connections must be those that the routes use.
  const context = (await vite.ssrLoadModule('/app/platform/request-context.ts')) as {
    requestInfo: typeof requestInfo
  }
  const database = (await vite.ssrLoadModule('/app/platform/db.server.ts')) as { db: typeof db }
  const router = createRequestHandler(build, 'production')
  return {
    handle: async (request, clientAddress = '') => {
      const provider = new RouterContextProvider()
      provider.set(context.requestInfo, { requestId: 'test', nonce: undefined, clientAddress })
      return router(request, provider)
    },
    close: async () => {
      await database.db.$disconnect()
      await vite.close()
    },
  }
}

async function loadRoutes() {
  const vite = await createServer({
    server: { middlewareMode: true, hmr: false, watch: null, ws: false },
    optimizeDeps: { noDiscovery: true },
    logLevel: 'error',
  })
  const build = (await vite.ssrLoadModule('virtual:react-router/server-build')) as ServerBuild
  return { vite, build }
}

const LOCK = join(
  tmpdir(),
  `quittance-portal-${createHash('sha256').update(process.cwd()).digest('hex').slice(0, 16)}`,
)
const STALE_MS = 120_000

/**
 * Runs `work` in one process at a time: React Router writes its route types anew whenever Vite starts, and two at once take
 * the folder from under each other.
 */
async function alone<T>(work: () => Promise<T>): Promise<T> {
  while (!takeLock()) await sleep(100)
  try {
    return await work()
  } finally {
    rmSync(LOCK, { recursive: true, force: true })
  }
}

function takeLock(): boolean {
  try {
    mkdirSync(LOCK)
    return true
  } catch {
    const since = statSync(LOCK, { throwIfNoEntry: false })?.mtimeMs
    if (since !== undefined && Date.now() - since > STALE_MS) rmSync(LOCK, { recursive: true, force: true })
    return false
  }
}
