import { data, redirect } from 'react-router'
import { type CustomerId, decodeId } from '#app/books/ids.ts'
import {
  type CurrentPerson,
  type CustomerAccess,
  coversRole,
  missingStep,
  type Right,
  type StaffRole,
} from '#app/parties/rights.ts'
import { withNext } from '#app/parties/safe-path.ts'
import { sessionOf } from '#app/parties/session.server.ts'

type ErrorData = ReturnType<typeof data<string>>

/** The answer for what does not exist, and for what exists but is somebody else's: the two look the same. */
export function notFound(): ErrorData {
  return data('There is no such page.', { status: 404 })
}

/** The answer when the customer is the person's own but the right, or the role, is not. */
export function forbidden(): ErrorData {
  return data('You do not have the right to do this. Ask whoever administers your account.', { status: 403 })
}

/** The customer that an address names (`cst_…`), or null. */
export function readCustomerId(text: string | undefined): CustomerId | null {
  return text === undefined ? null : decodeId('cst', text)
}

/** Where to go to become signed in, and back to the page that was asked for. */
export function signInPath(request: Request): string {
  const { pathname, search } = new URL(request.url)
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  return withNext('/sign-in', isRead ? withoutData(pathname) + search : null)
}

/** Where to go to give what is still missing after the password or the link. */
export function secondFactorPath(request: Request, person: CurrentPerson): string {
  const { pathname, search } = new URL(request.url)
  // Who has no authenticator app yet is asked to set one up, also where only this page needs it.
  const page = person.hasTotp ? '/sign-in/code' : '/sign-in/enrol'
  return withNext(page, request.method === 'GET' ? withoutData(pathname) + search : null)
}

/** The page that an address is of: React Router fetches a page's data under its address with `.data` behind it. */
export function withoutData(pathname: string): string {
  return pathname === '/_root.data' ? '/' : pathname.replace(/\.data$/, '')
}

/** Who makes this request, when everything that is asked of them was given; null otherwise. */
export async function currentPerson(request: Request): Promise<CurrentPerson | null> {
  const person = await sessionOf(request)
  return person === null || missingStep(person) !== 'none' ? null : person
}

/** Who makes this request. Throws a redirect to the sign-in pages when it is nobody yet. */
export async function requirePerson(request: Request): Promise<CurrentPerson> {
  const person = await sessionOf(request)
  if (person === null) throw redirect(signInPath(request))
  if (missingStep(person) !== 'none') throw redirect(secondFactorPath(request, person))
  return person
}

/**
 * A buyer who has `right` for the customer, which is given as in an address (`cst_…`) or as a UUID. Throws a redirect when
 * nobody is signed in, 404 when the customer is unknown or somebody else's, 403 when only the right is missing.
 */
export async function requireBuyer(
  request: Request,
  customerId: string | undefined,
  right: Right,
): Promise<{ person: CurrentPerson; customer: CustomerAccess }> {
  const person = await requirePerson(request)
  const wanted = readCustomerId(customerId) ?? customerId
  const customer = person.customers.find(({ id }) => id === wanted)
  if (customer === undefined) throw notFound()
  if (!customer.rights.includes(right)) throw forbidden()
  return { person, customer }
}

/** A member of staff of at least this role. Throws a redirect when nobody is signed in, 404 for buyers, 403 below the role. */
export async function requireStaff(request: Request, role: StaffRole): Promise<CurrentPerson> {
  const person = await requirePerson(request)
  if (person.staffRole === null) throw notFound()
  if (!coversRole(person.staffRole, role)) throw forbidden()
  return person
}
