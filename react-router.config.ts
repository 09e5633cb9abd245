import type { Config } from '@react-router/dev/config'

export default {
  appDirectory: 'app',
  // Built beside and moved into place by scripts/web-build.ts.
  buildDirectory: process.env.QUITTANCE_BUILD_DIRECTORY ?? 'build',
  ssr: true,
  // Few routes and small ones: naming them all at once spares a request for every new place.
  routeDiscovery: { mode: 'initial' },
} satisfies Config
