import type { Prisma } from '#app/platform/generated/client.ts'

/**
 * A sentence about the books that is always true. `breaches` selects one row (subject, detail) for each place where it is
 * not; no row means that it holds.
 */
export type Invariant = {
  readonly name: string
  readonly meaning: string
  readonly breaches: Prisma.Sql
}
