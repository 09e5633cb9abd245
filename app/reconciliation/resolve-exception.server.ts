import type { PersonId } from '#app/books/ids.ts'
import { recordAudit } from '#app/parties/audit.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { withTransaction } from '#app/platform/db.server.ts'
import { sha256 } from '#app/platform/sha256.server.ts'

/** Longest reason that is kept, in characters. */
export const LONGEST_REASON = 1_000
const SHORTEST_REASON = 4

export type Resolved = { readonly ok: true } | { readonly ok: false; readonly problem: string }

/**
 * Closes a case with the reason that a person gives. The reason stays with the case; the audit log, which can never be
 * erased, keeps its SHA-256, so that the reason can be held against it. A case that is closed already stays as it is.
 */
export async function resolveCase(
  caseId: string,
  typedReason: string,
  personId: PersonId,
): Promise<Resolved> {
  const reason = typedReason.trim()
  if (reason.length < SHORTEST_REASON)
    return { ok: false, problem: 'Say in a few words why this case can be closed.' }
  if (reason.length > LONGEST_REASON)
    return { ok: false, problem: `Say it in at most ${LONGEST_REASON} characters.` }
  return withTransaction(async (tx) => {
    const now = await readNow(tx)
    const found = await tx.exceptionCase.findUnique({ where: { id: caseId } })
    if (found === null) return { ok: false, problem: 'There is no such case any more.' }
    const rows = await tx.$queryRaw<{ answer: { resolved: boolean } }[]>`
      SELECT resolve_exception(${found.caseKey}, ${reason}, ${now}) AS answer`
    if (rows[0]?.answer.resolved !== true)
      return { ok: false, problem: 'Somebody has closed this case already.' }
    await recordAudit(
      {
        actorKind: 'staff',
        actorId: personId,
        action: 'exception.resolved',
        ...(found.customerId !== null && { customerId: found.customerId }),
        subjectId: caseId,
        detail: { kind: found.kind, reasonSha256: sha256(reason) },
      },
      tx,
    )
    return { ok: true }
  })
}
