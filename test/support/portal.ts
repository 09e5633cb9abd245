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
  const vite = await createServer({
    server: { middlewareMode: true, hmr: false, watch: null, ws: false },
    optimizeDeps: { noDiscovery: true },
    logLevel: 'error',
  })
  const build = (await vite.ssrLoadModule('virtual:react-router/server-build')) as ServerBuild
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
