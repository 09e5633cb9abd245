import { encodeId, newId } from '#app/books/ids.ts'
import { createPerson, grantBuyerRights } from '#app/parties/people.server.ts'
import { db } from '#app/platform/db.server.ts'

const INVOICES = 5_000
const PASSWORD = 'correct horse battery bench'

/** A supplier, and a customer with five thousand open invoices and one buyer who may pay them. */
export async function createBenchCustomer(): Promise<{
  email: string
  password: string
  customerPath: string
}> {
  const now = new Date()
  await db.supplier.create({
    data: {
      id: newId(),
      name: 'Bench Supply',
      legalName: 'Bench Supply LLC',
      addressLines: ['1 Bench Street'],
      countryCode: 'US',
      email: 'ar@bench.test',
      timeZone: 'America/New_York',
      createdAt: now,
    },
  })
  const customerId = newId<'cst'>()
  await db.customer.create({
    data: {
      id: customerId,
      number: 'L-1',
      name: 'List Buyer',
      addressLines: [],
      source: 'bench-list',
      externalId: '1',
      createdAt: now,
    },
  })
  const rows = Array.from({ length: INVOICES }, (_, index) => {
    const day = new Date(now.getTime() - (index % 700) * 86_400_000)
    const minor = String(10_000 + ((index * 7_919) % 900_000))
    return {
      id: newId(),
      customerId,
      number: `L-${index}`,
      source: 'bench-list',
      externalNumber: String(index),
      currency: 'USD',
      issuedOn: day.toISOString().slice(0, 10),
      dueOn: new Date(day.getTime() + 30 * 86_400_000).toISOString().slice(0, 10),
      poNumber: `PO-${index % 97}`,
      netMinor: minor,
      taxMinor: '0',
      totalMinor: minor,
      contentHash: '',
      amountHash: '',
      lines: [
        {
          position: 1,
          description: 'Goods',
          quantity: '1',
          unitPriceMinor: minor,
          netMinor: minor,
          taxRateBps: 0,
        },
      ],
      taxes: [{ taxRateBps: 0, netMinor: minor, taxMinor: '0' }],
    }
  })
  await db.$queryRaw`SELECT issue_invoices(${JSON.stringify(rows)}::jsonb, ${now})`
  const email = 'buyer@bench.test'
  const personId = await createPerson({ name: 'Bea Bench', email, password: PASSWORD })
  await grantBuyerRights(personId, customerId, ['view', 'pay'])
  return { email, password: PASSWORD, customerPath: `/c/${encodeId('cst', customerId)}` }
}
