/**
 * Who may ask for what: one row for each route, by its pattern. What has no row is refused, and so is writing where a row
 * does not say who may write. The middleware of the root route asks this table before any loader or action runs
 * (enforce-policy.server.ts); queries are scoped by customer besides.
 */
import type { CustomerId } from '#app/books/ids.ts'
import {
  type CurrentPerson,
  coversRole,
  hasFreshFactor,
  missingStep,
  type Right,
  type StaffRole,
} from '#app/parties/rights.ts'

export type Access =
  /** Everybody. */
  | { readonly who: 'public' }
  /** A machine whose message the route itself verifies by its signature. */
  | { readonly who: 'machine' }
  /** Everybody, in the demo; elsewhere the page does not exist. */
  | { readonly who: 'demo' }
  /** Whoever has a session, even if the second factor is still missing: the pages that ask for it. */
  | { readonly who: 'session' }
  /** Everybody who is signed in. */
  | { readonly who: 'person' }
  /**
   * A buyer with this right for the customer that the address names. `proven`: with a second factor, even where the customer
   * does not demand one to sign in.
   */
  | { readonly who: 'buyer'; readonly right: Right; readonly proven?: true }
  /** Whoever holds a pay link that stands; `orExpired`: also once it has expired, to ask for a new one. */
  | { readonly who: 'link'; readonly orExpired?: true }
  /** Staff of at least this role. */
  | { readonly who: 'staff'; readonly role: StaffRole }

export type PolicyRow = {
  readonly read: Access
  readonly write?: Access
  /**
   * Which writes need a code that was given at most five minutes ago: all, or those whose button, named `act`, says one of these
   * acts. For what changes where money comes from or goes to, and who decides about it.
   */
  readonly fresh?: 'always' | readonly string[]
}

const everybody: Access = { who: 'public' }
const machine: Access = { who: 'machine' }
const demo: Access = { who: 'demo' }
const session: Access = { who: 'session' }
const person: Access = { who: 'person' }
const buyer = (right: Right): Access => ({ who: 'buyer', right })
const provenBuyer = (right: Right): Access => ({ who: 'buyer', right, proven: true })
const link: Access = { who: 'link' }
const linkOrExpired: Access = { who: 'link', orExpired: true }
const staff = (role: StaffRole): Access => ({ who: 'staff', role })

/** The table. Keys are route patterns with a leading slash, as React Router gives them. */
export const POLICY: Readonly<Record<string, PolicyRow>> = {
  '/': { read: everybody },
  '/*': { read: everybody },
  '/health': { read: everybody },
  '/check': { read: everybody },
  '/.well-known/quittance.json': { read: everybody },
  '/theme': { read: everybody, write: everybody },

  '/sign-in': { read: everybody, write: everybody },
  '/sign-in/link': { read: everybody, write: everybody },
  '/sign-in/link/open': { read: everybody, write: everybody },
  '/sign-in/code': { read: session, write: session },
  '/sign-in/enrol': { read: session, write: session },
  '/sign-out': { read: everybody, write: everybody },
  '/sessions': { read: person, write: person },
  '/customers': { read: person },
  '/demo/authenticator': { read: demo },
  // Whose payment it is, the page itself asks.
  '/pay/return': { read: person },

  '/c/:customerId': { read: buyer('view') },
  '/c/:customerId/invoices': { read: buyer('view') },
  '/c/:customerId/invoices/:invoiceId': { read: buyer('view') },
  '/c/:customerId/statement': { read: buyer('view') },
  '/c/:customerId/open-items': { read: buyer('view') },
  '/c/:customerId/credits': { read: buyer('view'), write: buyer('pay') },
  '/c/:customerId/methods': { read: buyer('view') },
  '/c/:customerId/methods/add': { read: provenBuyer('pay'), write: provenBuyer('pay'), fresh: 'always' },
  '/c/:customerId/methods/return': { read: buyer('view') },
  '/c/:customerId/methods/link/:linkId': {
    read: provenBuyer('pay'),
    write: provenBuyer('pay'),
    fresh: 'always',
  },
  '/c/:customerId/methods/:methodId': {
    read: provenBuyer('pay'),
    write: provenBuyer('pay'),
    fresh: 'always',
  },
  '/c/:customerId/autopay': { read: buyer('view'), write: buyer('pay') },
  '/c/:customerId/autopay/setup': { read: provenBuyer('pay'), write: provenBuyer('pay'), fresh: 'always' },
  '/c/:customerId/pay': { read: buyer('pay'), write: buyer('pay') },
  '/c/:customerId/pay/done/:paymentId': { read: buyer('view') },
  '/c/:customerId/payments': { read: buyer('view') },
  '/c/:customerId/payments/:paymentId': { read: buyer('view'), write: buyer('pay') },

  '/c/:customerId/invoices.csv': { read: buyer('view') },
  '/c/:customerId/invoices.json': { read: buyer('view') },
  '/c/:customerId/invoices/:invoiceId/invoice.pdf': { read: buyer('view') },
  '/c/:customerId/statement.pdf': { read: buyer('view') },
  '/c/:customerId/statement.csv': { read: buyer('view') },
  '/c/:customerId/statement.json': { read: buyer('view') },
  '/c/:customerId/open-items.pdf': { read: buyer('view') },
  '/c/:customerId/open-items.csv': { read: buyer('view') },
  '/c/:customerId/open-items.json': { read: buyer('view') },
  '/c/:customerId/payments/:paymentId/receipt.pdf': { read: buyer('view') },
  '/c/:customerId/payments/:paymentId/receipt.json': { read: buyer('view') },
  '/staff': { read: staff('clerk') },
  '/staff/customers': { read: staff('clerk') },
  '/staff/customers/:customerId': { read: staff('clerk'), write: staff('clerk') },
  '/staff/customers/:customerId/statement': { read: staff('clerk') },
  '/staff/customers/:customerId/statement.pdf': { read: staff('clerk') },
  '/staff/customers/:customerId/open-items': { read: staff('clerk') },
  '/staff/customers/:customerId/open-items.pdf': { read: staff('clerk') },
  '/staff/customers/:customerId/credits': { read: staff('clerk'), write: staff('clerk') },
  '/staff/invoices': { read: staff('clerk') },
  '/staff/invoices.csv': { read: staff('clerk') },
  '/staff/invoices/:invoiceId': { read: staff('clerk'), write: staff('clerk') },
  '/staff/invoices/:invoiceId/invoice.pdf': { read: staff('clerk') },
  '/staff/payments': { read: staff('clerk') },
  '/staff/payments/new': { read: staff('clerk'), write: staff('clerk') },
  '/staff/payments/:paymentId': { read: staff('clerk'), write: staff('clerk'), fresh: ['refund', 'approve'] },
  '/staff/payments/:paymentId/receipt.pdf': { read: staff('clerk') },
  '/staff/refunds': { read: staff('clerk'), write: staff('clerk'), fresh: ['approve'] },
  '/staff/chargebacks': { read: staff('clerk') },
  '/staff/chargebacks/:chargebackId': { read: staff('clerk'), write: staff('clerk') },
  '/staff/bank': { read: staff('clerk'), write: staff('clerk') },
  '/staff/bank/:lineId': { read: staff('clerk'), write: staff('clerk') },
  '/staff/credit-requests': { read: staff('clerk'), write: staff('clerk') },
  '/staff/write-offs': { read: staff('clerk'), write: staff('manager') },
  '/staff/settings/payments': { read: staff('manager'), write: staff('manager'), fresh: 'always' },
  '/staff/queues': { read: staff('clerk'), write: staff('clerk') },
  '/staff/exceptions': { read: staff('clerk'), write: staff('clerk') },
  '/staff/reconciliation': { read: staff('clerk'), write: staff('clerk') },
  '/staff/settings/fees': { read: staff('manager'), write: staff('manager'), fresh: 'always' },
  '/staff/bank-links': { read: staff('clerk'), write: staff('manager'), fresh: 'always' },
  '/staff/audit': { read: staff('clerk') },
  '/staff/imports': { read: staff('clerk'), write: staff('clerk') },
  '/staff/imports/profiles/new': { read: staff('clerk'), write: staff('clerk') },
  '/staff/imports/:batchId': { read: staff('clerk'), write: staff('clerk') },
  '/l/:token': { read: linkOrExpired, write: linkOrExpired },
  '/l/:token/invoices/:invoiceId/invoice.pdf': { read: link },
  '/l/:token/payments/:paymentId': { read: link, write: link },
  '/l/:token/payments/:paymentId/return': { read: link },
  '/l/:token/payments/:paymentId/receipt.pdf': { read: link },
  '/webhooks/stripe': { read: machine, write: machine },
  '/webhooks/plaid': { read: machine, write: machine },
}

export type Decision =
  | 'allow'
  | 'sign-in'
  | 'second-factor'
  /** A second factor was given, or could be, and has to be given anew for this. */
  | 'fresh-code'
  | 'forbidden'
  | 'not-found'
  | 'method-not-allowed'

export type Question = {
  pattern: string
  method: string
  /** Whose session the request carries, with or without its second factor; null without one. */
  person: CurrentPerson | null
  /** The customer that the address names, null when it names none or is not readable. */
  customerId: CustomerId | null
  isDemo: boolean
  /** What the address's token opens; nothing where it carries none. */
  link?: LinkStanding
  /** What the button that was pressed says to do; nothing where the request carries no form, or none of its table row matters. */
  act?: string | null
  /** Now, in real time. */
  at: Date
}

/** Whether a token opens a pay link, or what has become of it. */
export type LinkStanding = 'none' | 'open' | 'expired'

/** What the table asks for at a pattern and method: `none` without a row, `unwritable` where it names no writer. */
export function accessFor(pattern: string, method: string): Access | 'none' | 'unwritable' {
  const row = Object.hasOwn(POLICY, pattern) ? POLICY[pattern] : undefined
  if (row === undefined) return 'none'
  return (method === 'GET' || method === 'HEAD' ? row.read : row.write) ?? 'unwritable'
}

/** Whether the form that a request carries says whether a fresh code is needed. */
export function asksForFreshCode(pattern: string, method: string): boolean {
  return typeof accessFor(pattern, method) === 'object' && freshActs(pattern, method) !== undefined
}

function freshActs(pattern: string, method: string): PolicyRow['fresh'] {
  if (method === 'GET' || method === 'HEAD' || !Object.hasOwn(POLICY, pattern)) return undefined
  return POLICY[pattern]?.fresh
}

/** Whether an answer depends on who asks, so that the session must be read. */
export function dependsOnPerson(access: Access | 'none' | 'unwritable'): boolean {
  return typeof access === 'object' && !['public', 'machine', 'demo', 'link'].includes(access.who)
}

/** What the table says to one request. A foreign or unknown customer is never told apart from a missing page. */
export function decide(question: Question): Decision {
  const { pattern, method, person } = question
  const decision = decideAccess(question)
  if (decision !== 'allow' || person === null) return decision
  const acts = freshActs(pattern, method)
  const isMeant = acts === 'always' || (acts?.includes(question.act ?? '') ?? false)
  if (!isMeant || hasFreshFactor(person, question.at)) return 'allow'
  return person.hasTotp ? 'fresh-code' : 'second-factor'
}

function decideAccess({ pattern, method, person, customerId, isDemo, link }: Question): Decision {
  const access = accessFor(pattern, method)
  if (access === 'none') return 'not-found'
  if (access === 'unwritable') return 'method-not-allowed'
  if (access.who === 'public' || access.who === 'machine') return 'allow'
  if (access.who === 'demo') return isDemo ? 'allow' : 'not-found'
  // A token of nobody, a revoked one and a page that a link does not open look the same.
  if (access.who === 'link')
    return link === 'open' || (link === 'expired' && access.orExpired) ? 'allow' : 'not-found'
  if (person === null) return 'sign-in'
  if (access.who === 'session') return 'allow'
  if (missingStep(person) !== 'none') return 'second-factor'
  if (access.who === 'person') return 'allow'
  if (access.who === 'staff') {
    if (person.staffRole === null) return 'not-found'
    return coversRole(person.staffRole, access.role) ? 'allow' : 'forbidden'
  }
  const customer = person.customers.find(({ id }) => id === customerId)
  if (customer === undefined) return 'not-found'
  if (!customer.rights.includes(access.right)) return 'forbidden'
  return access.proven && person.secondFactorAt === null ? 'second-factor' : 'allow'
}
