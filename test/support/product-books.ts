/** Own customers and buyers for the journeys, so that none depends on what another did. */
import { randomInt } from 'node:crypto'
import { inject } from 'vitest'
import type { PersonId } from '#app/books/ids.ts'
import type { Right, StaffRole } from '#app/parties/rights.ts'

const { environment, signIns } = inject('product')
// The factories write where the running product reads; their modules read the settings when they are loaded.
Object.assign(process.env, environment)
const { decodeId, encodeId, newId } = await import('#app/books/ids.ts')
const { createPerson, grantBuyerRights, makeStaff } = await import('#app/parties/people.server.ts')
const { enrolTotp } = await import('#app/parties/second-factor.server.ts')
const { db } = await import('#app/platform/db.server.ts')
const { createCustomer, invoiceRow, issueCredit, issueInvoices } = await import('#test/support/books.ts')
const { tokenHash } = await import('#app/parties/token-hash.ts')
const { addDays, businessDateIn, toDatabaseDate } = await import('#app/platform/time.ts')

/** Somebody who can sign in. */
export type Person = { email: string; password: string }

export type Staff = Person & { totpSecret?: string }

export type Customer = {
  id: string
  /** Address of the customer's part of the portal. */
  base: string
  /** Numbers of its invoices, in the order of the amounts; all are past due. */
  numbers: string[]
  /** Where its receipts are mailed to. */
  mailbox: string
}

export type Buyer = Person & Customer

/** A customer with an open invoice of each amount, in cents. */
export async function newCustomer(amounts: readonly bigint[]): Promise<Customer> {
  const number = String(randomInt(100_000, 999_999))
  const mailbox = `ap-${number}@buyer.test`
  const id = await createCustomer({ number, email: mailbox })
  const rows = amounts.map((amount, index) => invoiceRow(id, amount, { number: `J${number}-${index + 1}` }))
  const answer = await issueInvoices(rows)
  if (!answer.ok) throw new Error(JSON.stringify(answer.refusal))
  return { id, mailbox, base: `/c/${encodeId('cst', id)}`, numbers: rows.map((row) => row.number) }
}

async function newPerson(): Promise<Person & { id: PersonId }> {
  const person = { email: `person-${newId()}@people.test`, password: 'gorge ladder violin 88' }
  return { ...person, id: await createPerson({ name: 'Noor Velander', ...person }) }
}

/** A customer with an open invoice of each amount, and a person who may pay them. */
export async function newBuyer(
  amounts: readonly bigint[],
  rights: readonly Right[] = ['view', 'pay'],
): Promise<Buyer> {
  const customer = await newCustomer(amounts)
  const { id, email, password } = await newPerson()
  await grantBuyerRights(id, customer.id, rights)
  return { ...customer, email, password }
}

/** A buyer with an authenticator app, and a card saved that expires soon. Answers the address of the card's page too. */
export async function newProvenBuyer(
  amounts: readonly bigint[],
): Promise<Buyer & { totpSecret: string; method: string }> {
  const customer = await newCustomer(amounts)
  const { id, email, password } = await newPerson()
  await grantBuyerRights(id, customer.id, ['view', 'pay'])
  const methodId = newId<'met'>()
  const at = new Date()
  await db.savedMethod.create({
    data: {
      ...{ id: methodId, customerId: customer.id, providerMethodId: `pm_${methodId}`, kind: 'card' },
      ...{ brand: 'visa', last4: '4242', expMonth: at.getUTCMonth() + 1, expYear: at.getUTCFullYear() },
      ...{ funding: 'credit', origin: 'checkout', isDefault: true, createdAt: at, updatedAt: at },
    },
  })
  const method = `${customer.base}/methods/${encodeId('met', methodId)}`
  return { ...customer, email, password, method, totpSecret: await enrolTotp(id) }
}

/** Autopay by the card of a buyer: an order, a debit to come over the first invoice, and one that failed before. */
export async function orderAutopay(buyer: Customer & { method: string }): Promise<void> {
  const { id: customerId } = buyer
  const method = await db.savedMethod.findFirstOrThrow({ where: { customerId } })
  const invoice = await db.invoice.findFirstOrThrow({ where: { customerId } })
  const [id, at] = [newId<'aut'>(), new Date()]
  const terms = { savedMethodId: method.id, currency: 'USD', scope: 'all', daysBefore: 2, maxMinor: 500_000n }
  const agreed = { textVersion: 'autopay-1', textHash: 'hash', agreedText: 'The text.\n\nIts end.' }
  await db.autopayEnrollment.create({
    data: {
      ...{ id, customerId, state: 'active', ...terms, ...agreed },
      ...{ acceptedAt: at, createdAt: at, updatedAt: at },
    },
  })
  const common = { enrollmentId: id, currency: 'USD', amountMinor: invoice.openMinor, noticedAt: at }
  const dayIn = (days: number): Date =>
    new Date(new Date(at.getTime() + days * 86_400_000).toISOString().slice(0, 10))
  const runs = [
    { debitOn: dayIn(5), state: 'noticed', reason: null, nextTryAt: null },
    { debitOn: dayIn(-4), state: 'error', reason: 'insufficient_funds', nextTryAt: dayIn(-3) },
    { debitOn: dayIn(-9), state: 'skipped', reason: 'settled_elsewhere', nextTryAt: null },
  ] as const
  for (const run of runs) {
    const items = { create: { invoiceId: invoice.id, amountMinor: invoice.openMinor } }
    await db.autopayRun.create({
      data: { id: newId<'run'>(), ...common, ...run, createdAt: at, updatedAt: at, items },
    })
  }
}

/** A bank account that a customer has linked and has yet to agree to, or that waits for staff. Answers the id of the link. */
export async function newBankLink(base: string, state: 'linked' | 'review'): Promise<string> {
  const customerId = decodeId('cst', base.replace('/c/', ''))
  if (customerId === null) throw new Error(`no customer is at ${base}`)
  const id = newId<'bkl'>()
  const at = new Date()
  const account = { accountId: id, accountName: 'Business Checking', accountMask: '2222' }
  const checks =
    state === 'review'
      ? { holderCheck: 'review', nameScore: 60, holderNames: ['N. Velander Trading'] }
      : { holderCheck: 'passed', nameScore: 100 }
  await db.bankLink.create({
    data: {
      ...{ id, customerId, state, institutionName: 'First Platypus Bank', accountVerification: 'ready' },
      ...{ ...account, ...checks, createdAt: at, updatedAt: at },
    },
  })
  return encodeId('bkl', id)
}

/** A customer with invoices, and a pay link for the first of them. Answers the link's path. */
export async function newGuest(amounts: readonly bigint[]): Promise<Customer & { path: string }> {
  const customer = await newCustomer(amounts)
  const token = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url')
  const { id: invoiceId } = await db.invoice.findFirstOrThrow({
    where: { customerId: customer.id },
    orderBy: { number: 'asc' },
  })
  const at = new Date()
  await db.payLink.create({
    data: {
      ...{ id: newId(), tokenHash: tokenHash(token), customerId: customer.id, invoiceId },
      ...{ recipient: customer.mailbox, expiresAt: new Date(at.getTime() + 86_400_000), createdAt: at },
    },
  })
  return { ...customer, path: `/l/${token}` }
}

/** Lets the pay links of a customer expire. */
export async function expireLinks(customerId: string): Promise<void> {
  await db.payLink.updateMany({ where: { customerId }, data: { expiresAt: new Date(0) } })
}

/** Gives a customer credit that it has not used. */
export async function giveCredit(customerId: string, amount: bigint): Promise<void> {
  await issueCredit(customerId, amount)
}

/** A buyer with one invoice issued today, who earns 2 % of it within ten days, in parts too. */
export async function newEarlyBuyer(amount: bigint): Promise<Buyer> {
  const buyer = await newBuyer([])
  const { timeZone } = await db.supplier.findFirstOrThrow()
  const today = businessDateIn(timeZone, new Date())
  const dates = { issuedOn: today, dueOn: addDays(today, 30) }
  const row = invoiceRow(buyer.id, amount, { number: `E${randomInt(100_000, 999_999)}`, ...dates })
  await issueInvoices([row])
  await db.discountTerm.create({
    data: {
      ...{ id: newId(), customerId: buyer.id, rateBps: 200, days: 10, basis: 'initiated', onPartials: true },
      ...{ validFrom: toDatabaseDate(addDays(today, -1)), createdAt: new Date() },
    },
  })
  return { ...buyer, numbers: [row.number] }
}

/** A member of staff; without an authenticator app they are asked to set one up. */
export async function newStaff(role: StaffRole, hasAuthenticator = true): Promise<Staff & { id: PersonId }> {
  const { id, email, password } = await newPerson()
  await makeStaff(id, role)
  return { id, email, password, ...(hasAuthenticator && { totpSecret: await enrolTotp(id) }) }
}

/** Lets six minutes pass since somebody gave a code. */
export async function letCodeAge({ email }: Pick<Person, 'email'>): Promise<void> {
  const secondFactorAt = new Date(Date.now() - 6 * 60_000)
  await db.session.updateMany({ where: { person: { email } }, data: { secondFactorAt } })
}

/** Somebody of the demo, by the words that `npm start` prints beside them. */
export function demoPerson(role: string): Staff {
  const person = signIns.find((each) => each.role.startsWith(role))
  if (person === undefined) throw new Error(`the demo has no ${role}`)
  return person
}
