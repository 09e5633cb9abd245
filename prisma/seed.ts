/** Writes the demo data into the configured database, once. The supervisor runs it at the first start. */
import { db } from '#app/platform/db.server.ts'
import { seedDemo } from './seed/seed-demo.ts'

try {
  console.log(`Demo data: ${await seedDemo()}.`)
} catch (error) {
  console.error(error)
  process.exitCode = 1
} finally {
  await db.$disconnect()
}
