import { parseArgs } from 'node:util'
import { withProduct } from '#scripts/supervisor/running.ts'

/** Prints what the pages show, from the same functions: aging of all customers, or one customer's statement. */
const USAGE = `npm run report -- aging [--as-of DATE] [--json]
npm run report -- statement CUSTOMER [--from DATE] [--to DATE] [--json]

CUSTOMER  the customer's number, its key in the system it came from, or its id (cst_…)
DATE      2026-12-31; without dates: today, and the 90 days that end today
--json    one JSON document; amounts are minor units in strings
`

class UsageError extends Error {}

type ReportOptions = {
  asOf: string | undefined
  from: string | undefined
  to: string | undefined
  json: boolean
}
type Command = { name: 'aging' | 'statement'; customer: string; options: ReportOptions }

function readCommand(args: string[]): Command {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      'as-of': { type: 'string' },
      from: { type: 'string' },
      to: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  })
  const [name, customer, ...rest] = positionals
  if (name !== 'aging' && name !== 'statement') throw new UsageError('Say which report: aging or statement.')
  if (name === 'statement' && customer === undefined) throw new UsageError('Say whose statement.')
  if (rest.length > 0 || (name === 'aging' && customer !== undefined))
    throw new UsageError('There is one word too many.')
  const options = { asOf: values['as-of'], from: values.from, to: values.to, json: values.json }
  return { name, customer: customer ?? '', options }
}

async function main(): Promise<void> {
  const { name, customer, options } = readCommand(process.argv.slice(2))
  await withProduct(async () => {
    const { agingText, statementText } = await import('#scripts/report/reports.ts')
    const { db } = await import('#app/platform/db.server.ts')
    try {
      const text = name === 'aging' ? await agingText(options) : await statementText(customer, options)
      process.stdout.write(text)
    } finally {
      await db.$disconnect()
    }
  })
}

const isUsage = (error: unknown): boolean =>
  error instanceof UsageError ||
  (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))

// A reader such as head may close early; the product must still be left in order.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

try {
  await main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  if (isUsage(error)) process.stderr.write(`\n${USAGE}`)
  process.exitCode = isUsage(error) ? 64 : 1
}
