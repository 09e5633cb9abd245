import { bytesToHex } from '@noble/hashes/utils.js'
import type { PaymentId } from '#app/books/ids.ts'
import { canonicalEvent } from '#app/ledger/canonical.ts'
import { type DisclosedSubject, disclosureBytes } from '#app/ledger/disclosure.ts'
import { ledgerEventOf } from '#app/ledger/event-row.ts'
import { db } from '#app/platform/db.server.ts'

/**
 * The disclosure file of a payment: opens every ledger event about it (what it paid on each invoice, what became credit,
 * what was taken back) and the keys of the subjects, so that whoever holds it sees whether later entries exist. Made from
 * the books alone, so it is there before the chain has the entries. Null when the payment has no event, or when a salt was
 * erased and nothing can be opened any more.
 */
export async function receiptDisclosure(paymentId: PaymentId): Promise<Uint8Array | null> {
  const rows = await db.ledgerEvent.findMany({ where: { relatesTo: paymentId }, orderBy: { number: 'asc' } })
  if (rows.length === 0) return null
  const events = rows.map((row) => canonicalEvent(ledgerEventOf(row)))
  const owners = [...new Set(events.flatMap((event) => [event.id, event.subjectId]))]
  const salts = await db.ledgerSalt.findMany({ where: { ownerId: { in: owners } } })
  const saltOf = new Map(salts.map((each) => [each.ownerId, bytesToHex(each.salt)]))
  if (owners.some((owner) => !saltOf.has(owner))) return null

  const subjects = new Map<string, DisclosedSubject>()
  for (const event of events) {
    const known = subjects.get(event.subjectId)
    const entry = { event, salt: saltOf.get(event.id) ?? '', text: null }
    subjects.set(event.subjectId, {
      id: event.subjectId,
      kind: event.subjectKind,
      salt: saltOf.get(event.subjectId) ?? '',
      entries: [...(known?.entries ?? []), entry],
    })
  }
  return disclosureBytes([...subjects.values()])
}
