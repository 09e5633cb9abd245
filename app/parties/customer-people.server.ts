import type { CustomerId } from '#app/books/ids.ts'
import type { Right } from '#app/parties/rights.ts'
import { db } from '#app/platform/db.server.ts'

/** A customer's account as staff see it: who it is, and who may do what for it. */
export type CustomerFile = {
  readonly id: CustomerId
  readonly number: string
  readonly name: string
  readonly email: string | null
  readonly addressLines: readonly string[]
  readonly countryCode: string | null
  readonly source: string
  readonly requiresTotp: boolean
  readonly people: readonly {
    readonly id: string
    readonly name: string
    readonly email: string
    readonly rights: readonly Right[]
    readonly isDisabled: boolean
    readonly lastSeenAt: Date | null
  }[]
}

/** A customer with its buyers, by name; null when there is no such customer. */
export async function findCustomerFile(customerId: CustomerId): Promise<CustomerFile | null> {
  const row = await db.customer.findUnique({
    where: { id: customerId },
    include: {
      rights: {
        orderBy: { person: { name: 'asc' } },
        include: { person: { include: { sessions: { orderBy: { updatedAt: 'desc' }, take: 1 } } } },
      },
    },
  })
  if (row === null) return null
  const { number, name, email, addressLines, countryCode, source, requiresTotp } = row
  return {
    ...{ id: customerId, number, name, email, addressLines, countryCode, source, requiresTotp },
    people: row.rights.map(({ person, ...flags }) => ({
      id: person.id,
      name: person.name,
      email: person.email,
      rights: [
        'view' as const,
        ...(flags.canPay ? (['pay'] as const) : []),
        ...(flags.canDispute ? (['dispute'] as const) : []),
        ...(flags.canRequestPlans ? (['plans'] as const) : []),
        ...(flags.canAdminister ? (['administer'] as const) : []),
      ],
      isDisabled: person.disabledAt !== null,
      lastSeenAt: person.sessions[0]?.updatedAt ?? null,
    })),
  }
}
