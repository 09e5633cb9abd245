import type { PersonId } from '#app/books/ids.ts'
import { recordAudit } from '#app/parties/audit.server.ts'
import { withTransaction } from '#app/platform/db.server.ts'
import { addJob } from '#app/platform/jobs.server.ts'

/** Asks the worker to compare now; asked twice before it starts, it compares once. */
export function requestComparison(personId: PersonId): Promise<void> {
  return withTransaction(async (tx) => {
    await addJob(tx, 'reconciliation:daily', {}, { key: 'reconciliation:daily', maxAttempts: 5 })
    await recordAudit({ actorKind: 'staff', actorId: personId, action: 'reconciliation.asked' }, tx)
  })
}
