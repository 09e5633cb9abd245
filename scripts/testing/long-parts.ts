import { globSync } from 'node:fs'
import { basename } from 'node:path'
import { projectPath } from '#scripts/supervisor/node-services.ts'

/** One piece of `npm run test:long`; its result is kept, so that a run that was cut off goes on with the next. */
export type LongPart = {
  name: string
  project: string
  /** File and options for vitest. */
  args: readonly string[]
  env: Readonly<Record<string, string>>
  /** Added to the run's seed, so that pieces of one kind differ. */
  seedOffset: number
}

const SPLIT_CASES = 100_000
const HISTORIES = { pieces: 4, seeds: 500, operations: 300 }
const KILLS = { pieces: 5, perProcess: 4 }
/** Each of these contracts has a model in test/contracts, and each piece this many random histories of it. */
const MODELLED = { contracts: ['escrow', 'plan', 'placement'], pieces: 4, sequences: 2_500 }

/** Everything with a count too large for `npm test`: tests of their own, and tests of `npm test` with raised counts. */
export function longParts(): LongPart[] {
  const own = globSync('test/long/**/*.test.ts', { cwd: projectPath('.') })
    .toSorted()
    .map((file) => part(basename(file, '.test.ts'), 'long', [file]))
  return [
    ...own,
    part('split', 'unit', ['test/unit/money/money.test.ts'], {
      SPLITS: String(SPLIT_CASES),
    }),
    part('crashes', 'crashes', ['test/crashes/crash-points.test.ts'], { CRASH_STEPS: 'all' }),
    part('pages', 'e2e', ['test/e2e/every-page.test.ts'], { E2E_MATRIX: 'full' }),
    ...pieces(HISTORIES.pieces, (piece) =>
      part(`histories-${piece + 1}`, 'integration', ['test/integration/books/model.test.ts'], {
        BOOKS_SEEDS: String(HISTORIES.seeds),
        BOOKS_OPERATIONS: String(HISTORIES.operations),
      }),
    ),
    ...MODELLED.contracts.flatMap((contract) =>
      pieces(MODELLED.pieces, (piece) =>
        part(
          `${contract}-model-${piece + 1}`,
          'contracts',
          [`test/contracts/${contract}/${contract}-model.test.ts`],
          { SEQUENCES: String(MODELLED.sequences) },
        ),
      ),
    ),
    ...pieces(KILLS.pieces, (piece) =>
      part(`kills-${piece + 1}`, 'faults', ['test/faults/kills.test.ts'], {
        KILLS: String(KILLS.perProcess),
      }),
    ),
  ]
}

function part(name: string, project: string, args: readonly string[], env: LongPart['env'] = {}): LongPart {
  return { name, project, args, env, seedOffset: 0 }
}

function pieces(count: number, make: (piece: number) => LongPart): LongPart[] {
  return Array.from({ length: count }, (_, piece) => ({ ...make(piece), seedOffset: piece }))
}
