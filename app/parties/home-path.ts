import { encodeId } from '#app/books/ids.ts'
import type { CurrentPerson } from '#app/parties/rights.ts'

/** Where every signed-in person can go: it sends them on to their home, or lets them choose a customer. */
export const CHOOSER_PATH = '/customers'

/** The home of a buyer for one customer. */
export function customerHomePath(customerId: string): string {
  return `/c/${encodeId('cst', customerId)}`
}

/** A person's own first page: staff to theirs, buyers to their only customer; null when there is a choice to make, or none. */
export function homePathOf(person: Pick<CurrentPerson, 'staffRole' | 'customers'>): string | null {
  if (person.staffRole !== null) return '/staff'
  const [only, ...others] = person.customers
  return only !== undefined && others.length === 0 ? customerHomePath(only.id) : null
}
