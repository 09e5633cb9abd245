import { encodeId } from '#app/books/ids.ts'
import { createPerson, grantBuyerRights } from '#app/parties/people.server.ts'
import type { Random } from '#scripts/seeded-random.ts'
import type { OpenInvoice } from '#test/faults/open-invoices.ts'
import { type Notice, Visitor } from '#test/faults/visitor.ts'
import { createCustomer, invoiceRow, issueInvoices } from '#test/support/books.ts'

const BUYERS = 4
const PASSWORD = 'gorge ladder violin 88'

/** So many open invoices of a few customers, each with the buyer who pays it; the buyers are signed in. */
export async function makeOpenInvoices(
  origin: string,
  count: number,
  random: Random,
  notice?: Notice,
): Promise<OpenInvoice[]> {
  const made: OpenInvoice[][] = []
  for (let each = 0; each < BUYERS; each += 1)
    made.push(await makeBuyer(new Visitor(origin, notice), each, Math.ceil(count / BUYERS), random))
  // In turn, so that the buyers of a steady load are each at it.
  return Array.from({ length: Math.ceil(count / BUYERS) }, (_, place) =>
    made.flatMap((invoices) => invoices[place] ?? []),
  ).flat()
}

async function makeBuyer(
  buyer: Visitor,
  number: number,
  count: number,
  random: Random,
): Promise<OpenInvoice[]> {
  const customer = await createCustomer()
  const email = `payer${number}@buyers.example`
  const person = await createPerson({ name: `Payer ${number}`, email, password: PASSWORD })
  await grantBuyerRights(person, customer, ['view', 'pay'])
  const rows = Array.from({ length: count }, () => invoiceRow(customer, BigInt(random.between(100, 9_999))))
  const answer = await issueInvoices(rows)
  if (!answer.ok) throw new Error(`the invoices were refused: ${answer.refusal?.code}`)
  await buyer.signIn(email, PASSWORD)
  return rows.map((row) => ({
    invoiceId: encodeId('inv', row.id),
    customerId: encodeId('cst', customer),
    amountMinor: BigInt(row.totalMinor),
    buyer,
  }))
}
