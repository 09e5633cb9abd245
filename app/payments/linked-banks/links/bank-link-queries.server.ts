import type { BankLinkId, CustomerId } from '#app/books/ids.ts'
import type { LinkFacts } from '#app/payments/linked-banks/links/bank-link.ts'
import { db } from '#app/platform/db.server.ts'
import type { BankLink, Prisma } from '#app/platform/generated/client.ts'

const KEPT = { _count: { select: { methods: true } } } as const satisfies Prisma.BankLinkInclude

export type LinkWithMethods = Prisma.BankLinkGetPayload<{ include: typeof KEPT }>

/** A link of this customer, or null when it is nobody's or somebody else's. */
export async function findBankLink(
  customerId: CustomerId,
  linkId: BankLinkId,
): Promise<LinkWithMethods | null> {
  return db.bankLink.findFirst({ where: { id: linkId, customerId }, include: KEPT })
}

/** What the next step of a link depends on. */
export function linkFactsOf(link: LinkWithMethods): LinkFacts {
  const { state, accountId, accountVerification, holderCheck } = link
  return {
    ...{ state, accountId, accountVerification, holderCheck },
    isAtBank: link.linkToken !== null,
    hasMandate: link.mandateId !== null,
    hasMethod: link._count.methods > 0,
  }
}

/** Links of a customer that need something: their login is broken or about to end, or they were begun and not finished. */
export async function listOpenLinks(customerId: CustomerId): Promise<LinkWithMethods[]> {
  return db.bankLink.findMany({
    where: {
      customerId,
      OR: [
        { state: { in: ['needs_reauth', 'disconnecting', 'review'] } },
        { state: 'linked', methods: { none: {} } },
      ],
    },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    include: KEPT,
  })
}

/** A link that waits for staff, with the customer whose name is compared. */
export type LinkInReview = BankLink & {
  readonly customer: { readonly id: string; readonly name: string; readonly number: string }
}

/** Links that wait for staff, the oldest first. */
export async function listLinksInReview(): Promise<LinkInReview[]> {
  return db.bankLink.findMany({
    where: { state: 'review' },
    orderBy: [{ updatedAt: 'asc' }, { id: 'asc' }],
    include: { customer: { select: { id: true, name: true, number: true } } },
    take: 100,
  })
}

/** How many links wait for staff. */
export async function countLinksInReview(): Promise<number> {
  return db.bankLink.count({ where: { state: 'review' } })
}
