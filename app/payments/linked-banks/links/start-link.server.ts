import { type BankLinkId, type CustomerId, encodeId, newId, type PersonId } from '#app/books/ids.ts'
import { type Result, refuse } from '#app/books/refusals.ts'
import { GatewayFault } from '#app/gateways/gateway-fault.ts'
import type { BankLinkProvider, LinkInput } from '#app/gateways/plaid/port.ts'
import { recordAudit } from '#app/parties/audit.server.ts'
import { getSupplier } from '#app/parties/supplier.server.ts'
import { openToken } from '#app/payments/linked-banks/access-token.server.ts'
import { mayLinkAnother } from '#app/payments/linked-banks/review-reasons.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db, withTransaction } from '#app/platform/db.server.ts'
import { log } from '#app/platform/log.server.ts'

export type StartLink = {
  readonly banks: BankLinkProvider
  readonly customerId: CustomerId
  readonly personId: PersonId
  /** The address of this portal. */
  readonly origin: string
  /** Where events about the link are to be sent; the portal's own address for them unless said otherwise. */
  readonly webhookUrl?: string
}

export const DAY_MS = 86_400_000

/**
 * Opens the bank's pages to link an account. The link is stored before anything is asked for. Answers where to go. Refusals:
 * BANK_LINKS_TODAY, PROVIDER_UNAVAILABLE, also for an unclear answer: a page that was opened then is used by nobody and closes.
 */
export async function startBankLink(
  options: StartLink,
): Promise<Result<{ linkId: BankLinkId; url: string }>> {
  const { customerId, personId } = options
  const linkId = newId<'bkl'>()
  const now = await readNow()
  const stored = await withTransaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`bank-links:${customerId}`}, 0))`
    const since = new Date(now.getTime() - DAY_MS)
    const startedToday = await tx.bankLink.count({ where: { customerId, createdAt: { gt: since } } })
    if (!mayLinkAnother(startedToday)) return false
    const made = { createdBy: personId, createdAt: now, updatedAt: now }
    await tx.bankLink.create({ data: { id: linkId, customerId, state: 'started', ...made } })
    const entry = { actorKind: 'buyer', actorId: personId, action: 'bank-link.begun' } as const
    await recordAudit({ ...entry, customerId, subjectId: linkId }, tx)
    return true
  })
  if (!stored) return refuse('BANK_LINKS_TODAY')
  return openVisit(options, linkId, null)
}

/**
 * Opens the bank's pages again for a login that is broken or about to end. Answers where to go. Refusals: BANK_LINK_NOT_FOUND,
 * PROVIDER_UNAVAILABLE.
 */
export async function startRepair(
  options: StartLink,
  linkId: BankLinkId,
): Promise<Result<{ linkId: BankLinkId; url: string }>> {
  const { customerId, personId } = options
  const link = await db.bankLink.findFirst({ where: { id: linkId, customerId } })
  if (link === null || link.accessToken === null || link.state === 'gone')
    return refuse('BANK_LINK_NOT_FOUND')
  const entry = { actorKind: 'buyer', actorId: personId, action: 'bank-link.repair-begun' } as const
  await recordAudit({ ...entry, customerId, subjectId: linkId })
  const accessToken = openToken(linkId, link.accessToken)
  return openVisit(options, linkId, { accessToken, canChooseAccounts: false })
}

/**
 * Where to go on at the bank: the page of a visit that is still open, a repair of a login that is linked, or a new link in place of
 * one that came to nothing. Refusals: those of the two above.
 */
export async function reopenVisit(
  options: StartLink,
  linkId: BankLinkId,
): Promise<Result<{ linkId: BankLinkId; url: string }>> {
  const link = await db.bankLink.findFirst({ where: { id: linkId, customerId: options.customerId } })
  if (link === null) return refuse('BANK_LINK_NOT_FOUND')
  const { linkUrl, linkExpiresAt, accessToken, state } = link
  const isOpen = linkExpiresAt !== null && linkExpiresAt > (await readNow())
  if (linkUrl !== null && isOpen) return { ok: true, linkId, url: linkUrl }
  return accessToken === null || state === 'gone' ? startBankLink(options) : startRepair(options, linkId)
}

async function openVisit(
  { banks, customerId, personId, origin, webhookUrl }: StartLink,
  linkId: BankLinkId,
  itemAccess: LinkInput['itemAccess'] | null,
): Promise<Result<{ linkId: BankLinkId; url: string }>> {
  const customer = await db.customer.findUniqueOrThrow({ where: { id: customerId } })
  const person = await db.person.findUniqueOrThrow({ where: { id: personId } })
  const { name } = await getSupplier()
  const customerRef = encodeId('cst', customerId)
  try {
    const started = await banks.startLink({
      customerRef,
      supplierName: name,
      legalName: customer.name,
      email: person.email,
      redirectUrl: `${origin}/c/${customerRef}/methods/link/${encodeId('bkl', linkId)}`,
      webhookUrl: webhookUrl ?? `${origin}/webhooks/plaid`,
      ...(itemAccess && { itemAccess }),
    })
    const visit = {
      linkToken: started.linkToken,
      linkUrl: started.hostedUrl,
      linkExpiresAt: started.expiresAt,
    }
    await db.bankLink.update({ where: { id: linkId }, data: { ...visit, updatedAt: await readNow() } })
    return { ok: true, linkId, url: started.hostedUrl }
  } catch (error) {
    if (!(error instanceof GatewayFault)) throw error
    log.warn({ linkId, kind: error.kind, code: error.code }, 'the bank pages could not be opened')
    return refuse('PROVIDER_UNAVAILABLE')
  }
}
