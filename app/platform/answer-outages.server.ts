import { data, type ServerBuild } from 'react-router'
import { isDatabaseLoss } from '#app/platform/database-loss.ts'
import { log } from '#app/platform/log.server.ts'
import { isWriteConflict } from '#app/platform/write-conflict.ts'

/** When somebody who was turned away may come again, in seconds: about as long as a database takes to be back. */
export const COME_AGAIN_SECONDS = 5
/** For whoever asked for a file or for data; pages have words of their own. */
const SENTENCE = 'We are not available right now. Please try again in a minute.'

type Module = ServerBuild['routes'][string] extends infer Route | undefined
  ? Route extends { module: infer Each }
    ? Each
    : never
  : never

/**
 * The same pages, but one whose loader, action or middleware lost the database answers 503: try again. Whoever was paying finds
 * on the payment's page what became of it, and the same form again is the same payment.
 */
export function answerOutages(build: ServerBuild): ServerBuild {
  const routes = Object.entries(build.routes).map(([id, route]) => [
    id,
    route && { ...route, module: guarded(route.module) },
  ])
  return { ...build, routes: Object.fromEntries(routes) }
}

function guarded(module: Module): Module {
  const { loader, action, middleware } = module
  return {
    ...module,
    ...(loader && { loader: turnedAway(loader) }),
    ...(action && { action: turnedAway(action) }),
    ...(middleware && { middleware: middleware.map(turnedAway) }),
  }
}

function turnedAway<Args extends unknown[], Answer>(
  ask: (...args: Args) => Answer | Promise<Answer>,
): (...args: Args) => Promise<Answer> {
  return async (...args) => {
    try {
      return await ask(...args)
    } catch (error) {
      if (!isDatabaseLoss(error) && !isWriteConflict(error)) throw error
      log.error({ err: error }, 'a request was turned away: the database did not answer')
      throw data(SENTENCE, { status: 503, headers: { 'Retry-After': String(COME_AGAIN_SECONDS) } })
    }
  }
}
