/**
 * npm run reconcile: reads the processor's books, compares them and the bank's lines and the chain with ours, and prints what
 * differs with its cause, whose work it is and the next step; with --json the same as data. --from and --to name the days
 * (YYYY-MM-DD; else the last 35). Exits with 0 when all sides agree, 1 when they differ, 2 when a side could not be read.
 */
import { parseArgs } from 'node:util'
import type { Report } from '#scripts/reconcile/report-text.ts'
import { withProduct } from '#scripts/supervisor/running.ts'

type Options = { readonly from: string | undefined; readonly to: string | undefined; readonly json: boolean }

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      from: { type: 'string' },
      to: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  })
  return { from: values.from, to: values.to, json: values.json }
}

async function compare({ from, to }: Options): Promise<{ report: Report; text: string }> {
  const { env } = await import('#app/platform/env.server.ts')
  const { providerBooks } = await import('#app/gateways/stripe/processor.server.ts')
  const { parseBusinessDate } = await import('#app/platform/time.ts')
  const { reconcile } = await import('#app/reconciliation/runs/reconcile.server.ts')
  const { listOpenDifferences } = await import('#app/reconciliation/runs/run-queries.server.ts')
  const { reportText } = await import('#scripts/reconcile/report-text.ts')
  const { db } = await import('#app/platform/db.server.ts')
  try {
    const run = await reconcile({
      books: providerBooks,
      rpcUrl: env.chain?.rpcUrl,
      from: from === undefined ? undefined : parseBusinessDate(from),
      to: to === undefined ? undefined : parseBusinessDate(to),
    })
    const report = { ...run, differences: await listOpenDifferences() }
    return { report, text: reportText(report) }
  } finally {
    await db.$disconnect()
  }
}

try {
  const options = readOptions()
  const { report, text } = await withProduct(() => compare(options))
  console.log(options.json ? JSON.stringify(report, null, 2) : text)
  process.exitCode = report.open === 0 ? 0 : 1
} catch (error) {
  console.error(`The sides could not be compared: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 2
}
