import { type BankLinkId, type CustomerId, newId, type PersonId } from '#app/books/ids.ts'
import { type Result, refuse } from '#app/books/refusals.ts'
import type { Acceptance } from '#app/gateways/stripe/port.ts'
import { recordAudit } from '#app/parties/audit.server.ts'
import { getSupplier } from '#app/parties/supplier.server.ts'
import { stepOf } from '#app/payments/linked-banks/links/bank-link.ts'
import { linkFactsOf } from '#app/payments/linked-banks/links/bank-link-queries.server.ts'
import { MANDATE_VERSION, type MandateTerms, mandateText } from '#app/payments/linked-banks/mandate-text.ts'
import { addressesOf } from '#app/payments/linked-banks/tell-owner.server.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db, type Tx, withTransaction } from '#app/platform/db.server.ts'
import type { BankLink } from '#app/platform/generated/client.ts'
import { sha256 } from '#app/platform/sha256.server.ts'
import { businessDateIn, formatBusinessDate } from '#app/platform/time.ts'

/** What a mandate for a link's account says today. */
export async function mandateTermsOf(
  link: Pick<BankLink, 'customerId' | 'institutionName' | 'accountName' | 'accountMask'>,
  client: Tx = db,
): Promise<MandateTerms> {
  const supplier = await getSupplier(client)
  const customer = await client.customer.findUniqueOrThrow({ where: { id: link.customerId } })
  const today = businessDateIn(supplier.timeZone, await readNow(client))
  return {
    supplierName: supplier.name,
    supplierLegalName: supplier.legalName,
    customerName: customer.name,
    bankName: link.institutionName ?? 'its bank',
    accountName: link.accountName ?? 'the account',
    accountMask: link.accountMask ?? 'as chosen there',
    contact: [supplier.email, supplier.phone].filter((each) => each !== null).join(' or '),
    day: formatBusinessDate(today, supplier.locale),
  }
}

export const hashOfMandate = (terms: MandateTerms): string => sha256(mandateText(terms))

export type AgreeMandate = {
  readonly customerId: CustomerId
  readonly personId: PersonId
  readonly linkId: BankLinkId
  /** The hash of the text that the page showed. */
  readonly textHash: string
  readonly acceptance: Acceptance
}

/**
 * Stores that somebody agreed to the mandate as shown: its words, who, when and where; a copy is mailed. The same click again
 * changes nothing. Refusals: BANK_LINK_NOT_FOUND, BANK_LINK_NOT_READY, MANDATE_TEXT_CHANGED.
 */
export async function agreeToMandate(options: AgreeMandate): Promise<Result<object>> {
  const { customerId, personId, linkId, textHash, acceptance } = options
  return withTransaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`bank-link:${linkId}`}, 0))`
    const link = await tx.bankLink.findFirst({
      where: { id: linkId, customerId },
      include: { _count: { select: { methods: true } } },
    })
    if (link === null) return refuse('BANK_LINK_NOT_FOUND')
    if (link.mandateId !== null) return { ok: true }
    if (stepOf(linkFactsOf(link)) !== 'agree') return refuse('BANK_LINK_NOT_READY')
    const text = mandateText(await mandateTermsOf(link, tx))
    if (sha256(text) !== textHash) return refuse('MANDATE_TEXT_CHANGED')
    const now = await readNow(tx)
    const mandateId = newId<'man'>()
    await tx.mandate.create({
      data: {
        ...{ id: mandateId, customerId, use: 'multi_use', state: 'pending', createdAt: now },
        ...{ textVersion: MANDATE_VERSION, textHash, text },
        ...{ acceptedBy: personId, acceptedAt: now, ...acceptance },
      },
    })
    await tx.bankLink.update({ where: { id: linkId }, data: { mandateId, updatedAt: now } })
    await mailCopy(tx, link, mandateId, now)
    const entry = { actorKind: 'buyer', actorId: personId, action: 'mandate.agreed' } as const
    await recordAudit({ ...entry, customerId, subjectId: mandateId, detail: { textHash } }, tx)
    return { ok: true }
  })
}

async function mailCopy(tx: Tx, link: BankLink, mandateId: string, now: Date): Promise<void> {
  const parameters = JSON.stringify({ mandateId })
  for (const address of await addressesOf(tx, link))
    await tx.$queryRaw`
      SELECT queue_mail(${`mandate:${mandateId}:${address}`}, 'mandate-copy', ${address}, ${link.customerId}::uuid,
        ${parameters}::jsonb, ${now})`
}
