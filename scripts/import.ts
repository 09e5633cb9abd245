/** npm run import -- invoices FILE.csv: books a file of invoices, all of it or nothing. */
import { parseImportArguments, USAGE } from '#scripts/import/arguments.ts'
import { ProgressBar } from '#scripts/import/progress-bar.ts'
import { withProduct } from '#scripts/supervisor/running.ts'

async function main(): Promise<number> {
  const parsed = parseImportArguments(process.argv.slice(2))
  if (!parsed.ok) {
    console.error(`${parsed.problem}\n\n${USAGE}`)
    return 2
  }
  return withProduct(async () => {
    process.env.LOG_LEVEL ??= 'warn'
    const { db } = await import('#app/platform/db.server.ts')
    const { CannotImport, runImport } = await import('#scripts/import/run-import.ts')
    const { env } = await import('#app/platform/env.server.ts')
    const { seedDemo } = await import('../prisma/seed/seed-demo.ts')
    const bar = new ProgressBar(process.stderr)
    try {
      if (env.mode === 'demo' && (await db.supplier.count()) === 0) await seedDemo()
      return await runImport(parsed.options, { print: (line) => console.log(line), bar })
    } catch (error) {
      bar.clear()
      if (!(error instanceof CannotImport)) throw error
      console.error(error.message)
      return 2
    } finally {
      await db.$disconnect()
    }
  })
}

process.exitCode = await main()
