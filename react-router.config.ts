import type { Config } from '@react-router/dev/config'

export default {
  appDirectory: 'app',
  ssr: true,
  // Few routes and small ones: naming them all at once spares a request for every new place.
  routeDiscovery: { mode: 'initial' },
} satisfies Config
