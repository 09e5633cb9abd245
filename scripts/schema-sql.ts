/**
 * Prints the SQL that would create every table of prisma/schema.prisma in an empty database.
 * The drift test compares it with what the migrations make.
 */
import { readFile } from 'node:fs/promises'
import { PrismaPg } from '@prisma/adapter-pg'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'

const SCHEMA_PATH = new URL('../prisma/schema.prisma', import.meta.url)

/** The CREATE statements of the whole schema. The database URL is only handed to the driver: nothing is run on it. */
export async function schemaSql(databaseUrl: string): Promise<string> {
  const { SchemaEngine } = await import('@prisma/schema-engine-wasm')
  const content = await readFile(SCHEMA_PATH, 'utf8')
  const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaPg({ connectionString: databaseUrl }))
  const engine = await SchemaEngine.new({ datamodels: [['schema.prisma', content]] }, () => {}, adapter)
  try {
    const difference = await engine.diff({
      from: { tag: 'empty' },
      to: { tag: 'schemaDatamodel', files: [{ content, path: 'schema.prisma' }] },
      script: true,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
    })
    return difference.stdout ?? ''
  } finally {
    engine.free()
  }
}

if (import.meta.main) process.stdout.write(await schemaSql(process.argv[2] ?? ''))
