import { pathToFileURL } from 'node:url'
import { createRequestHandler, RouterContextProvider, type ServerBuild } from 'react-router'
import type { requestInfo } from '#app/platform/request-context.ts'
import { projectPath } from '#scripts/supervisor/node-services.ts'

type Build = ServerBuild & { entry: { module: { requestInfo: typeof requestInfo } } }

/** The portal's routes, answering requests in this process as the web server would. */
export type Portal = {
  /** Answers one request; `clientAddress` is the browser's, as the web server would have found it. */
  handle: (request: Request, clientAddress?: string) => Promise<Response>
}

/**
 * The built pages, on the database of this test file. They have their own copy of every module: their connections end
 * with the process, or with the database.
 */
export async function openPortal(): Promise<Portal> {
  const build: Build = await import(pathToFileURL(projectPath('build/server/index.js')).href)
  const router = createRequestHandler(build, 'production')
  return {
    handle: async (request, clientAddress = '') => {
      const provider = new RouterContextProvider()
      provider.set(build.entry.module.requestInfo, { requestId: 'test', nonce: undefined, clientAddress })
      return router(request, provider)
    },
  }
}
