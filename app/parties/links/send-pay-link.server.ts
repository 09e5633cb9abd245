import { randomBytes } from 'node:crypto'
import { type CustomerId, encodeId, type InvoiceId, newId, type PersonId } from '#app/books/ids.ts'
import { type Result, refuse } from '#app/books/refusals.ts'
import { recordAudit } from '#app/parties/audit.server.ts'
import { lastDayOfLink, type PayLink } from '#app/parties/links/pay-link.ts'
import { sealMailedLink } from '#app/parties/mail-sign-in-link.server.ts'
import { getSupplier } from '#app/parties/supplier.server.ts'
import { tokenHash } from '#app/parties/token-hash.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db, type Tx, withTransaction } from '#app/platform/db.server.ts'
import { env } from '#app/platform/env.server.ts'
import { addJob } from '#app/platform/jobs.server.ts'
import { addDays, businessDateIn, fromDatabaseDate, toDatabaseDate } from '#app/platform/time.ts'

/** 256 bits: nobody guesses a token. */
const TOKEN_BYTES = 32
/** An expired link is sent again at most this often. */
const RENEW_EVERY_MS = 10 * 60_000

export type SendPayLink = {
  readonly customerId: CustomerId
  /** The one invoice; null for everything that is open. */
  readonly invoiceId: InvoiceId | null
  readonly recipient: string
  /** Staff who send it; null when its recipient asked for a new one, or a statement brings it. */
  readonly personId: PersonId | null
}

/** The addresses that are known for a customer: its own, and those of the people who act for it. */
export async function listContacts(customerId: CustomerId): Promise<string[]> {
  const customer = await db.customer.findUniqueOrThrow({
    where: { id: customerId },
    select: {
      email: true,
      rights: { where: { person: { disabledAt: null } }, select: { person: { select: { email: true } } } },
    },
  })
  const all = [
    ...(customer.email === null ? [] : [customer.email]),
    ...customer.rights.map(({ person }) => person.email),
  ]
  return [...new Set(all.map((address) => address.toLowerCase()))]
}

/** Mails a pay link to a known contact. Refusals: CONTACT_UNKNOWN, INVOICE_NOT_FOUND. */
export async function sendPayLink(options: SendPayLink): Promise<Result<object>> {
  const { customerId, invoiceId } = options
  const recipient = options.recipient.trim().toLowerCase()
  if (!(await listContacts(customerId)).includes(recipient)) return refuse('CONTACT_UNKNOWN')
  if (invoiceId !== null && (await db.invoice.count({ where: { id: invoiceId, customerId } })) === 0)
    return refuse('INVOICE_NOT_FOUND')
  await withTransaction(async (tx) => {
    const id = await mailLink(tx, { ...options, recipient })
    await noteLink(tx, options, 'pay-link.sent', id)
  })
  return { ok: true }
}

/**
 * Sends a successor of an expired link to whoever the link went to. Nobody learns from the answer whether a letter went out: a
 * link that was renewed a moment ago is not renewed again.
 */
export async function renewPayLink({ id, customerId, invoiceId, recipient }: PayLink): Promise<void> {
  await withTransaction(async (tx) => {
    const now = await readNow(tx)
    const before = new Date(now.getTime() - RENEW_EVERY_MS)
    const { count } = await tx.payLink.updateMany({
      where: { id, revokedAt: null, OR: [{ renewedAt: null }, { renewedAt: { lt: before } }] },
      data: { renewedAt: now },
    })
    if (count === 0) return
    const renewed = { customerId, invoiceId, recipient, personId: null }
    await noteLink(tx, renewed, 'pay-link.renewed', await mailLink(tx, renewed))
  })
}

/** Ends a link for good. Answers whether there was one to end. */
export async function revokePayLink(
  linkId: string,
  customerId: CustomerId,
  personId: PersonId,
): Promise<boolean> {
  return withTransaction(async (tx) => {
    const { count } = await tx.payLink.updateMany({
      where: { id: linkId, customerId, revokedAt: null },
      data: { revokedAt: await readNow(tx) },
    })
    if (count > 0) await noteLink(tx, { customerId, personId }, 'pay-link.revoked', linkId)
    return count > 0
  })
}

async function noteLink(
  tx: Tx,
  { customerId, personId }: Pick<SendPayLink, 'customerId' | 'personId'>,
  action: string,
  subjectId: string,
): Promise<void> {
  const actor =
    personId === null
      ? ({ actorKind: 'system' } as const)
      : ({ actorKind: 'staff', actorId: personId } as const)
  await recordAudit({ ...actor, action, customerId, subjectId }, tx)
}

/** Makes a link and puts its letter into the outbox; the token is in the sealed letter alone. Answers the link's id. */
async function mailLink(
  tx: Tx,
  { customerId, invoiceId, recipient, personId }: SendPayLink,
): Promise<string> {
  const now = await readNow(tx)
  const token = randomBytes(TOKEN_BYTES).toString('base64url')
  const [id, mailId] = [newId(), newId()]
  await tx.payLink.create({
    data: {
      ...{ id, tokenHash: tokenHash(token), customerId, invoiceId, recipient },
      ...{ expiresAt: await expiryOf(tx, customerId, invoiceId, now), createdBy: personId, createdAt: now },
    },
  })
  const sealedLink = sealMailedLink(mailId, `${env.web.origin}/l/${token}`)
  await tx.mailOutbox.create({
    data: {
      ...{ id: mailId, mailKey: `pay-link:${id}`, template: 'pay-link', recipient, customerId },
      ...{ parameters: { payLinkId: id, sealedLink }, createdAt: now },
    },
  })
  await addJob(tx, 'mail:deliver', { mailId })
  return id
}

async function expiryOf(
  tx: Tx,
  customerId: CustomerId,
  invoiceId: InvoiceId | null,
  now: Date,
): Promise<Date> {
  const { timeZone } = await getSupplier(tx)
  const latest = await tx.invoice.findFirst({
    where: invoiceId === null ? { customerId, openMinor: { gt: 0n } } : { id: invoiceId },
    orderBy: { dueOn: 'desc' },
    select: { dueOn: true },
  })
  const dueOn = latest === null ? null : fromDatabaseDate(latest.dueOn)
  return toDatabaseDate(addDays(lastDayOfLink(dueOn, businessDateIn(timeZone, now)), 1))
}

/** A link that staff can still end, with where it went. */
export type StandingLink = {
  readonly id: string
  readonly recipient: string
  readonly what: string
  readonly expiresAt: Date
  readonly lastUsedAt: Date | null
}

/** The links of a customer that still open, newest first; of one invoice when it is named. */
export async function listStandingLinks(
  customerId: CustomerId,
  invoiceId: InvoiceId | null,
): Promise<StandingLink[]> {
  const rows = await db.payLink.findMany({
    where: {
      ...{ customerId, revokedAt: null, expiresAt: { gt: await readNow() } },
      ...(invoiceId === null ? {} : { invoiceId }),
    },
    orderBy: { createdAt: 'desc' },
    take: 20,
    include: { invoice: { select: { number: true } } },
  })
  return rows.map(({ id, recipient, invoice, expiresAt, lastUsedAt }) => ({
    ...{ id, recipient, expiresAt, lastUsedAt },
    what: invoice === null ? 'Everything open' : `Invoice ${invoice.number}`,
  }))
}

/** A link's id as addresses and forms write it. */
export function linkName(id: string): string {
  return encodeId('lnk', id)
}
