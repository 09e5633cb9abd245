import type { ClusterPasswords } from '#scripts/database/cluster.ts'
import { initCluster, prepareDatabase } from '#scripts/database/cluster.ts'
import { startPostgres } from '#scripts/database/server.ts'
import type { DataFolder } from '#scripts/supervisor/data-folder.ts'
import { DATABASE_NAME } from '#scripts/supervisor/environment.ts'
import type { ServiceSpec } from '#scripts/supervisor/service.ts'

/** The embedded database: made at the first start, with its roles; a leftover server is shut down and replaced. */
export function postgresService(folder: DataFolder, port: number, passwords: ClusterPasswords): ServiceSpec {
  const cluster = folder.path('postgres')
  return {
    name: 'postgres',
    run: async () => {
      initCluster(cluster, passwords)
      const server = await startPostgres(cluster, {
        port,
        passwords,
        logFile: folder.path('logs', 'postgres.log'),
      })
      await prepareDatabase(port, passwords, DATABASE_NAME)
      return server
    },
  }
}
