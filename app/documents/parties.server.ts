import type { DocumentParty } from '#app/documents/letterhead.server.ts'
import { db, type Tx } from '#app/platform/db.server.ts'
import type { Customer, Supplier } from '#app/platform/generated/client.ts'

/** The supplier as its papers name it. */
export function supplierParty(supplier: Supplier): DocumentParty {
  return {
    name: supplier.legalName,
    addressLines: supplier.addressLines,
    numbers: supplier.taxNumber === null ? [] : [{ label: 'Tax number', value: supplier.taxNumber }],
  }
}

/** Mail address and telephone of the supplier, those that it has. */
export function supplierReach(supplier: Pick<Supplier, 'email' | 'phone'>): string[] {
  return [supplier.email, supplier.phone].filter((each) => each !== null)
}

/** The customer as a paper addresses it. */
export function customerParty(customer: Pick<Customer, 'name' | 'number' | 'addressLines'>): DocumentParty {
  return {
    name: customer.name,
    addressLines: customer.addressLines,
    numbers: [{ label: 'Account', value: customer.number }],
  }
}

/** The customer of a document. Throws when there is none: whoever asks has already been let in. */
export async function getCustomer(customerId: string, client: Tx = db): Promise<Customer> {
  return client.customer.findUniqueOrThrow({ where: { id: customerId } })
}
