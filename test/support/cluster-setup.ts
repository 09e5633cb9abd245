import type { TestProject } from 'vitest/node'
import { startTestCluster, type TestCluster } from '#test/support/cluster.ts'

declare module 'vitest' {
  interface ProvidedContext {
    cluster: TestCluster
  }
}

/** Once per test run: one PostgreSQL for all integration tests, beside whatever else runs on this machine. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { stop, ...cluster } = await startTestCluster()
  project.provide('cluster', cluster)
  return stop
}
