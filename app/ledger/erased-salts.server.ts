import { readNow } from '#app/platform/clock.server.ts'
import { db } from '#app/platform/db.server.ts'
import { Prisma } from '#app/platform/generated/client.ts'
import { log } from '#app/platform/log.server.ts'

const KIND = 'ledger.salt-erased'

/** SQL: event `e` is about a subject whose entries have ended, because a salt was erased before it was committed. */
export const hasEnded = Prisma.sql`EXISTS (
  SELECT FROM exception_case ended WHERE ended.case_key = ${`${KIND}:`}::text || e.subject_id::text)`

/**
 * Ends a subject's entries: what has no commitment yet can never have one, and what follows on the subject waits for ever.
 * Told once, as a case for a person; from then on those events are passed over.
 */
export async function endSubject(subjectId: string, sequence: number): Promise<void> {
  const detail = { subjectId, sequence }
  log.error(
    detail,
    'a ledger event lost its salt before it was committed; its subject has no further entries',
  )
  await db.$queryRaw`
    SELECT open_exception(${KIND}, ${`${KIND}:${subjectId}`}, ${JSON.stringify(detail)}::jsonb, ${await readNow()})`
}
