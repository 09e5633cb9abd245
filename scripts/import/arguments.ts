import { parseArgs } from 'node:util'

export const USAGE = `npm run import -- invoices FILE.csv [options]

Reads the file, shows what it would do, and books it when no row is bad: all of it or nothing.

  --profile NAME    layout of the file; without it the one profile whose columns the file has
  --mapping FILE    a mapping of your own as JSON, instead of a profile
  --source NAME     where the records come from: half of the key (source, invoice number)
  --correct         replace amounts, dates or currency of invoices that are booked already
  --dry-run         stop after showing what it would do
  --commit          book when clean (this is the default)
  --json            print one JSON object instead of text

Exit codes: 0 booked, or clean with --dry-run; 1 a row cannot be booked; 2 the command or the file cannot be read.`

export type ImportArguments = {
  file: string
  profile: string | undefined
  mapping: string | undefined
  source: string | undefined
  correct: boolean
  dryRun: boolean
  json: boolean
}

export type ParsedArguments = { ok: true; options: ImportArguments } | { ok: false; problem: string }

/** Reads the command line; a problem is one sentence to print above the usage. */
export function parseImportArguments(args: readonly string[]): ParsedArguments {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        profile: { type: 'string' },
        mapping: { type: 'string' },
        source: { type: 'string' },
        correct: { type: 'boolean', default: false },
        'dry-run': { type: 'boolean', default: false },
        commit: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    })
    const [kind, file, ...others] = positionals
    if (kind !== 'invoices') return { ok: false, problem: 'Say what to import: invoices.' }
    if (file === undefined) return { ok: false, problem: 'Name the CSV file.' }
    if (others.length > 0)
      return { ok: false, problem: `Import one file at a time; what is ${others.join(' ')}?` }
    if (values['dry-run'] && values.commit)
      return { ok: false, problem: 'Choose one of --dry-run and --commit.' }
    if (values.profile !== undefined && values.mapping !== undefined)
      return { ok: false, problem: 'Choose one of --profile and --mapping.' }
    if (values.source !== undefined && !/^[a-z0-9][a-z0-9._-]{0,39}$/.test(values.source))
      return {
        ok: false,
        problem: 'The source is small letters, digits, dot, dash and underscore, at most 40.',
      }
    return {
      ok: true,
      options: {
        file,
        profile: values.profile,
        mapping: values.mapping,
        source: values.source,
        correct: values.correct,
        dryRun: values['dry-run'],
        json: values.json,
      },
    }
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? error.message : String(error) }
  }
}
