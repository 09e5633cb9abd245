import { parseArgs } from 'node:util'

export type BenchArguments = {
  /** Fewer and shorter rounds. */
  readonly isQuick: boolean
  /** The names of the parts to measure, in the order in which they run. */
  readonly parts: readonly string[]
}

/** Reads the command line of npm run bench; a problem is one sentence that says what it takes. */
export function parseBenchArguments(
  args: readonly string[],
  known: readonly string[],
): { ok: true; options: BenchArguments } | { ok: false; problem: string } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean', default: false },
        only: { type: 'string', multiple: true, default: [] },
      },
    })
    const unknown = values.only.filter((name) => !known.includes(name))
    if (unknown.length > 0)
      return {
        ok: false,
        problem: `There is no part ${unknown.join(', ')}: --only takes ${known.join(', ')}.`,
      }
    const parts = known.filter((name) => values.only.length === 0 || values.only.includes(name))
    return { ok: true, options: { isQuick: values.quick, parts } }
  } catch {
    return { ok: false, problem: `It takes --quick, and --only with one of ${known.join(', ')}.` }
  }
}
