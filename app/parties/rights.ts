import type { CustomerId, PersonId } from '#app/books/ids.ts'

/** What a buyer may do for one customer. Whoever has any right may view. */
export type Right = 'view' | 'pay' | 'dispute' | 'plans' | 'administer'

/** A clerk sees everything and works on payments; a manager also does what needs a second pair of eyes. */
export type StaffRole = 'clerk' | 'manager'

/** One customer that a buyer acts for. */
export type CustomerAccess = {
  id: CustomerId
  name: string
  number: string
  rights: readonly Right[]
  requiresTotp: boolean
}

/** Who makes a request: read from the database for each one. */
export type CurrentPerson = {
  id: PersonId
  sessionId: string
  name: string
  email: string
  /** Null for a buyer. */
  staffRole: StaffRole | null
  /** Customers that the person is a buyer of, by name. */
  customers: readonly CustomerAccess[]
  /** True once an authenticator app is set up. */
  hasTotp: boolean
  /** When the session's second factor was given, in real time; null while none was. */
  secondFactorAt: Date | null
}

/** What changes where money goes or comes from needs a second factor that is no older than this. */
const FRESH_FACTOR_MS = 5 * 60_000

/** Whether the second factor was given at most five minutes before `at`. */
export function hasFreshFactor({ secondFactorAt }: Pick<CurrentPerson, 'secondFactorAt'>, at: Date): boolean {
  return secondFactorAt !== null && at.getTime() - secondFactorAt.getTime() <= FRESH_FACTOR_MS
}

/** Whether this person must give a second factor before anything else: staff always, buyers when a customer demands it. */
export function needsSecondFactor(
  person: Pick<CurrentPerson, 'staffRole' | 'customers' | 'hasTotp'>,
): boolean {
  return (
    person.staffRole !== null || person.hasTotp || person.customers.some((customer) => customer.requiresTotp)
  )
}

/** What still stands between a session and the pages: nothing, a code, or setting up an authenticator app first. */
export function missingStep(person: CurrentPerson): 'none' | 'code' | 'enrol' {
  if (person.secondFactorAt !== null || !needsSecondFactor(person)) return 'none'
  return person.hasTotp ? 'code' : 'enrol'
}

/** Whether a role covers another. */
export function coversRole(has: StaffRole | null, needs: StaffRole): boolean {
  return has === 'manager' || (has === 'clerk' && needs === 'clerk')
}
