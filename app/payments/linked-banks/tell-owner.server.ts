import type { Tx } from '#app/platform/db.server.ts'

export type BankLetter = 'ready' | 'refused' | 'attention' | 'disconnecting' | 'removed'

/** Writes about a link to the customer's address and to whoever made the link; `occasion` tells one event from the next. */
export async function tellOwner(
  tx: Tx,
  link: { readonly id: string; readonly customerId: string; readonly createdBy: string | null },
  letter: BankLetter,
  occasion: string,
  now: Date,
): Promise<void> {
  const parameters = JSON.stringify({ linkId: link.id, letter })
  for (const address of await addressesOf(tx, link))
    await tx.$queryRaw`
      SELECT queue_mail(${`bank-link:${link.id}:${letter}:${occasion}:${address}`}, 'bank-link', ${address},
        ${link.customerId}::uuid, ${parameters}::jsonb, ${now})`
}

/** Where letters about a link go, each once. */
export async function addressesOf(
  tx: Tx,
  { customerId, createdBy }: { readonly customerId: string; readonly createdBy: string | null },
): Promise<readonly string[]> {
  const customer = await tx.customer.findUniqueOrThrow({ where: { id: customerId } })
  const person = createdBy === null ? null : await tx.person.findUnique({ where: { id: createdBy } })
  const addresses = [customer.email, person?.disabledAt === null ? person.email : null]
  return [...new Set(addresses.flatMap((each) => each?.toLowerCase() ?? []))]
}
