/** Own customers and buyers for the journeys, so that none depends on what another did. */
import { randomInt } from 'node:crypto'
import { inject } from 'vitest'
import type { Right } from '#app/parties/rights.ts'

const { environment, signIns } = inject('product')
// The factories write where the running product reads; their modules read the settings when they are loaded.
Object.assign(process.env, environment)
const { encodeId, newId } = await import('#app/books/ids.ts')
const { createPerson, grantBuyerRights } = await import('#app/parties/people.server.ts')
const { createCustomer, invoiceRow, issueInvoices } = await import('#test/support/books.ts')

/** Somebody who can sign in. */
export type Person = { email: string; password: string }

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

/** A person with the rights for each of the customers. */
export async function newPerson(customers: readonly Customer[], rights: readonly Right[]): Promise<Person> {
  const person = { email: `person-${newId()}@buyer.test`, password: 'gorge ladder violin 88' }
  const id = await createPerson({ name: 'Noor Velander', ...person })
  for (const customer of customers) await grantBuyerRights(id, customer.id, rights)
  return person
}

/** A customer with an open invoice of each amount, and a person who may pay them. */
export async function newBuyer(
  amounts: readonly bigint[],
  rights: readonly Right[] = ['view', 'pay'],
): Promise<Buyer> {
  const customer = await newCustomer(amounts)
  return { ...customer, ...(await newPerson([customer], rights)) }
}

/** Somebody of the demo, by the words that `npm start` prints beside them. */
export function demoPerson(role: string): Person & { totpSecret?: string } {
  const person = signIns.find((each) => each.role.startsWith(role))
  if (person === undefined) throw new Error(`the demo has no ${role}`)
  return person
}
