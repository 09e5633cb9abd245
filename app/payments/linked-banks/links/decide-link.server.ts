import type { BankLinkId, PersonId } from '#app/books/ids.ts'
import { type Result, refuse } from '#app/books/refusals.ts'
import type { BankLinkProvider } from '#app/gateways/plaid/port.ts'
import { recordAudit } from '#app/parties/audit.server.ts'
import { endLink } from '#app/payments/linked-banks/links/end-link.server.ts'
import { tellOwner } from '#app/payments/linked-banks/tell-owner.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db, withTransaction } from '#app/platform/db.server.ts'

export type DecideLink = {
  readonly banks: BankLinkProvider
  readonly linkId: BankLinkId
  readonly personId: PersonId
  readonly isApproved: boolean
  /** Why, in the words of whoever decides. */
  readonly note: string
}

/**
 * Staff say whether an account is the customer's, where the names at the bank leave it open. The bank's names are forgotten with the
 * decision. The customer is written to. Refusals: SECOND_PERSON_NEEDED for whoever linked it as a buyer, BANK_LINK_NOT_READY when it
 * does not wait for a decision any more.
 */
export async function decideLink(options: DecideLink): Promise<Result<object>> {
  const { banks, linkId, personId, isApproved, note } = options
  if ((await db.bankLink.count({ where: { id: linkId, createdBy: personId } })) > 0)
    return refuse('SECOND_PERSON_NEEDED')
  const decided = await withTransaction(async (tx) => {
    const now = await readNow(tx)
    const { count } = await tx.bankLink.updateMany({
      where: { id: linkId, state: 'review' },
      data: {
        ...{ state: 'linked', holderCheck: isApproved ? 'approved' : 'refused', holderNames: [] },
        ...{ decidedBy: personId, decisionNote: note, updatedAt: now },
      },
    })
    if (count === 0) return null
    const link = await tx.bankLink.findUniqueOrThrow({ where: { id: linkId } })
    if (isApproved && link.accountVerification === 'ready')
      await tellOwner(tx, link, 'ready', 'approved', now)
    const action = isApproved ? 'bank-link.approved' : 'bank-link.refused'
    const entry = { actorKind: 'staff', actorId: personId, action } as const
    await recordAudit({ ...entry, customerId: link.customerId, subjectId: linkId }, tx)
    return link
  })
  if (decided === null) return refuse('BANK_LINK_NOT_READY')
  if (!isApproved) await endLink(banks, decided, 'REFUSED_BY_STAFF')
  return { ok: true }
}
