import { db } from '#app/platform/db.server.ts'
import { caseKindOf, type Difference, OWNER_OF } from '#app/reconciliation/comparison/difference.ts'

/** How a difference is closed that nobody closed: by this a later comparison knows that no person has judged it. */
const BY_ITSELF = 'It was gone at the next comparison.'

/** Makes cases of differences, one per kind and subject; see note_differences for those that a person has closed. */
export async function noteDifferences(differences: readonly Difference[], seenAt: Date): Promise<void> {
  const rows = new Map(
    differences.map((each) => {
      const kind = caseKindOf(each.kind)
      const { subject, cause, customerId, paymentId, facts } = each
      const detail = { subject, cause, owner: OWNER_OF[each.kind], ...(paymentId && { paymentId }), ...facts }
      return [
        `${kind}:${subject}`,
        { kind, caseKey: `${kind}:${subject}`, customerId, subjectId: subject, detail },
      ] as const
    }),
  )
  if (rows.size === 0) return
  const json = JSON.stringify([...rows.values()])
  await db.$queryRaw`SELECT note_differences(${json}::jsonb, ${BY_ITSELF}, ${seenAt}) AS answer`
}

/** Closes what the comparison that began at `seenAt` did not find any more. */
export async function closeGone(seenAt: Date, now: Date): Promise<void> {
  await db.$queryRaw`SELECT close_gone_differences(${BY_ITSELF}, ${seenAt}, ${now}) AS answer`
}
