import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { asId, decodeId, type PaymentId } from '#app/books/ids.ts'
import type { PayLink } from '#app/parties/links/pay-link.ts'
import type { LinkStanding } from '#app/parties/policy.ts'
import { notFound } from '#app/parties/require.server.ts'
import { tokenHash } from '#app/parties/token-hash.ts'
import { readNow } from '#app/platform/clock.server.ts'
import { db } from '#app/platform/db.server.ts'
import { env } from '#app/platform/env.server.ts'

/** The use of a link is noted at most this often. */
const NOTE_USE_EVERY_MS = 60_000
const TOKEN = /^[A-Za-z0-9_-]{43}$/

const ticketKey = Buffer.from(hkdfSync('sha256', env.auth.secret, '', 'quittance pay ticket', 32))

/** The link that a token opens, expired or not; null for a token of nobody and for a revoked link. */
export async function findPayLink(token: string | undefined): Promise<PayLink | null> {
  if (token === undefined || !TOKEN.test(token)) return null
  const row = await db.payLink.findUnique({ where: { tokenHash: tokenHash(token) } })
  if (row === null || row.revokedAt !== null) return null
  const now = await readNow()
  const noted = row.lastUsedAt?.getTime() ?? 0
  if (now.getTime() - noted > NOTE_USE_EVERY_MS)
    await db.payLink.update({ where: { id: row.id }, data: { lastUsedAt: now } })
  return {
    id: row.id,
    customerId: asId<'cst'>(row.customerId),
    invoiceId: row.invoiceId === null ? null : asId<'inv'>(row.invoiceId),
    recipient: row.recipient,
    isExpired: row.expiresAt <= now,
  }
}

/**
 * What stands in place of a link's token in the address of one payment: it opens that payment and nothing else. The processor keeps
 * that address, and so do we with the request to it, where the token itself must not be.
 */
export function paymentTicket(linkId: string, paymentId: PaymentId): string {
  return createHmac('sha256', ticketKey).update(`${linkId}:${paymentId}`).digest('base64url')
}

/** A payment that was made by a link, for who shows its ticket or the link's token; null otherwise, and once the link is revoked. */
export async function findGuestPayment(
  token: string | undefined,
  paymentText: string | undefined,
): Promise<{ paymentId: PaymentId; customerId: PayLink['customerId']; linkId: string } | null> {
  const paymentId = decodeId('pay', paymentText ?? '')
  if (token === undefined || !TOKEN.test(token) || paymentId === null) return null
  const row = await db.payment.findUnique({
    where: { id: paymentId },
    select: { customerId: true, payLink: { select: { id: true, tokenHash: true, revokedAt: true } } },
  })
  const link = row?.payLink
  if (row === null || !link || link.revokedAt !== null) return null
  const isShown = link.tokenHash === tokenHash(token) || isSame(token, paymentTicket(link.id, paymentId))
  return isShown ? { paymentId, customerId: asId<'cst'>(row.customerId), linkId: link.id } : null
}

function isSame(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
}

/** What the token of an address opens, for the policy table. */
export async function linkStanding(
  params: Readonly<Record<string, string | undefined>>,
): Promise<LinkStanding> {
  if (params.paymentId !== undefined)
    return (await findGuestPayment(params.token, params.paymentId)) === null ? 'none' : 'open'
  const link = await findPayLink(params.token)
  if (link === null) return 'none'
  return link.isExpired ? 'expired' : 'open'
}

/** The link of an address. Throws 404 for a token of nobody. */
export async function requirePayLink(token: string | undefined): Promise<PayLink> {
  const link = await findPayLink(token)
  if (link === null) throw notFound()
  return link
}

/** The payment of an address under a link. Throws 404 when the token does not open it. */
export async function requireGuestPayment(
  params: Readonly<Record<string, string | undefined>>,
): Promise<NonNullable<Awaited<ReturnType<typeof findGuestPayment>>>> {
  const payment = await findGuestPayment(params.token, params.paymentId)
  if (payment === null) throw notFound()
  return payment
}
