import { db, type Tx } from '#app/platform/db.server.ts'

/**
 * While an import books, rows with an instant of the past are still to come, so a paper "as known at" that instant could
 * not be made again with the same bytes.
 */
export const IMPORT_IS_BOOKING = {
  refusal: {
    code: 'IMPORT_IS_BOOKING',
    sentence: 'An import is being booked, so papers cannot be made just now. Try again in a minute.',
  },
} as const

export type ImportIsBooking = typeof IMPORT_IS_BOOKING

/** Waits until no other import books, and holds off papers until the transaction ends. Take it before the clock is read. */
export async function lockForImport(tx: Tx): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('quittance.imports'))`
}

/**
 * Whether an import is booking. Ask after a paper's instant is chosen and before its content is read: an import that
 * begins later has a later instant, and one that has ended can be read whole.
 */
export async function isImportBooking(): Promise<boolean> {
  const [row] = await db.$queryRaw<{ isFree: boolean }[]>`
    SELECT pg_try_advisory_xact_lock_shared(hashtext('quittance.imports')) AS "isFree"`
  return row?.isFree !== true
}
