import { PassThrough } from 'node:stream'
import { createReadableStreamFromReadable } from '@react-router/node'
import { isbot } from 'isbot'
import { renderToPipeableStream } from 'react-dom/server'
import {
  type EntryContext,
  type HandleErrorFunction,
  isRouteErrorResponse,
  type RouterContextProvider,
  ServerRouter,
} from 'react-router'
import { COME_AGAIN_SECONDS } from '#app/platform/answer-outages.server.ts'
import { log } from '#app/platform/log.server.ts'
import { loggablePath } from '#app/platform/loggable-path.ts'
import { requestInfo } from '#app/platform/request-context.ts'

/** After this time loaders that still stream are given up; rendering is cut one second later. */
export const streamTimeout = 10_000

/** Renders a page. Browsers get it as soon as its shell is ready, crawlers when all of it is. */
export default function handleRequest(
  request: Request,
  status: number,
  headers: Headers,
  entry: EntryContext,
  context: RouterContextProvider,
): Promise<Response> | Response {
  headers.set('Content-Type', 'text/html; charset=utf-8')
  if (status === 503) headers.set('Retry-After', String(COME_AGAIN_SECONDS))
  if (request.method === 'HEAD') return new Response(null, { status, headers })
  const { nonce, requestId } = context.get(requestInfo)
  const readyEvent = isbot(request.headers.get('user-agent')) ? 'onAllReady' : 'onShellReady'

  return new Promise((resolve, reject) => {
    let shellSent = false
    let finalStatus = status
    const { pipe, abort } = renderToPipeableStream(
      <ServerRouter context={entry} url={request.url} {...(nonce && { nonce })} />,
      {
        ...(nonce && { nonce }),
        [readyEvent]() {
          shellSent = true
          const body = new PassThrough({
            final(done) {
              clearTimeout(timer)
              done()
            },
          })
          pipe(body)
          resolve(new Response(createReadableStreamFromReadable(body), { status: finalStatus, headers }))
        },
        onShellError: reject,
        onError(error: unknown) {
          finalStatus = 500
          // Before the shell is out the error reaches handleError below through the rejection.
          if (shellSent) log.error({ err: error, requestId }, 'rendering failed after the shell was sent')
        },
      },
    )
    const timer = setTimeout(abort, streamTimeout + 1_000)
  })
}

/** Every unexpected error of a loader, action or render ends here, under the reference that the reader sees. */
export const handleError: HandleErrorFunction = (error, { request, context }) => {
  if (request.signal.aborted) return
  // An outage is noted where it is met, with its cause.
  if (isRouteErrorResponse(error) && (error.status < 500 || error.status === 503)) return
  const { requestId } = context.get(requestInfo)
  const { pathname } = new URL(request.url)
  log.error(
    { err: error, requestId, method: request.method, pathname: loggablePath(pathname) },
    'request failed',
  )
}

/** The server that runs this bundle needs the key of the bundle's own copy of the module. */
export { requestInfo }
