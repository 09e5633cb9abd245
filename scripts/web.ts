/** npm run web: one web process. Any number of them can run side by side. */
import { existsSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import type { ServerBuild } from 'react-router'
import { assertDatabaseIsFit } from '#app/platform/database-checks.server.ts'
import { env } from '#app/platform/env.server.ts'
import { createHttpServer } from '#app/platform/http-server.server.ts'
import { log } from '#app/platform/log.server.ts'
import type { requestInfo } from '#app/platform/request-context.ts'
import { loadStaticFiles } from '#app/platform/static-files.server.ts'
import { endWithParent } from '#scripts/process-end.ts'
import { projectPath } from '#scripts/supervisor/node-services.ts'

type Build = ServerBuild & { entry: { module: { requestInfo: typeof requestInfo } } }

/** Stripe's pay page and Plaid's bank link page, or the sandbox's under both names of this machine. */
function payPageOrigins(): string[] {
  return [...new Set([...stripeOrigins(), ...(env.plaid?.pageOrigins ?? [])])]
}

function stripeOrigins(): string[] {
  const api = env.stripe?.api
  if (api === undefined) return env.stripe === undefined ? [] : ['https://checkout.stripe.com']
  return [api.host, 'localhost'].map((host) => `${api.protocol}://${host}:${api.port}`)
}

async function main(): Promise<void> {
  await assertDatabaseIsFit()
  const bundle = projectPath('build/server/index.js')
  if (!existsSync(bundle)) throw new Error('The web pages are not built yet: npm run build')
  const build: Build = await import(pathToFileURL(bundle).href)
  const { server, stop } = createHttpServer({
    build,
    requestInfoKey: build.entry.module.requestInfo,
    files: loadStaticFiles(projectPath('build/client')),
    origin: env.web.origin,
    port: env.web.port,
    isHttps: env.web.isHttps,
    trustedProxies: env.web.trustedProxies,
    payPageOrigins: payPageOrigins(),
  })
  server.listen(env.web.port, env.web.listenHost, () =>
    log.info({ origin: env.web.origin }, 'web is listening'),
  )
  server.once('error', (error) => {
    log.fatal({ err: error }, 'web cannot listen')
    process.exit(1)
  })
  endWithParent(async () => {
    await stop()
    log.info('web has stopped')
  })
}

main().catch((error: unknown) => {
  log.fatal({ err: error }, 'web cannot start')
  process.exit(1)
})
