import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeId } from '#app/books/ids.ts'
import type { Random } from '#scripts/seeded-random.ts'
import type { DemoSignIn } from '#scripts/supervisor/banner.ts'
import type { ProductUnderFire } from '#test/faults/product-under-fire.ts'
import { Visitor } from '#test/faults/visitor.ts'

/** An open invoice for the load, with the buyer who pays it. Ids as addresses carry them. */
export type OpenInvoice = { invoiceId: string; customerId: string; amountMinor: bigint; buyer: Visitor }

/** Demo customers with a buyer who may pay for them. */
const PAYERS: Readonly<Record<string, string>> = {
  'C-1001': 'mara@quillhaven.example',
  'C-1011': 'tobin@kestrelby.example',
  'C-1012': 'tobin@kestrelby.example',
  'C-1010': 'ingrid@lindqvale.example',
}

/** The demo's customers have no credit in it: credit is used first, and the load is there to send every payment to a card page. */
const CURRENCY = 'CHF'

/** Imports so many small invoices for the demo's customers and signs their buyers in. */
export async function importOpenInvoices(
  product: ProductUnderFire,
  count: number,
  random: Random,
): Promise<OpenInvoice[]> {
  const folder = mkdtempSync(join(tmpdir(), 'quittance-load-'))
  try {
    const file = join(folder, 'load.csv')
    writeFileSync(file, invoicesCsv(count, random))
    await product.runScript('scripts/import.ts', [
      'invoices',
      file,
      '--profile',
      'quittance-invoices',
      '--source',
      'demo',
    ])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  const buyers = await signInBuyers(product)
  const rows = await product.sql<{ id: string; customer: string; number: string; open: string }>(
    `SELECT i.id, c.id AS customer, c.number, i.open_minor::text AS open FROM invoice i JOIN customer c ON c.id = i.customer_id
      WHERE i.number LIKE 'LOAD-%' ORDER BY i.number`,
  )
  return rows.map((row) => {
    const buyer = buyers.get(PAYERS[row.number] ?? '')
    if (buyer === undefined) throw new Error(`nobody pays for ${row.number}`)
    return {
      invoiceId: encodeId('inv', row.id),
      customerId: encodeId('cst', row.customer),
      amountMinor: BigInt(row.open),
      buyer,
    }
  })
}

function invoicesCsv(count: number, random: Random): string {
  const day = (fromNow: number): string =>
    new Date(Date.now() + fromNow * 86_400_000).toISOString().slice(0, 10)
  const header =
    'customer_number,invoice_number,issued_on,due_on,currency,line_description,quantity,unit_price'
  const customers = Object.keys(PAYERS)
  const rows = Array.from({ length: count }, (_, index) => {
    const number = `LOAD-${String(index + 1).padStart(6, '0')}`
    const price = `${random.between(1, 99)}.${String(random.between(0, 99)).padStart(2, '0')}`
    return [
      customers[index % customers.length],
      number,
      // Too old for any discount of the demo: what is charged is what is open.
      day(-20),
      day(10),
      CURRENCY,
      'Coffee',
      '1',
      price,
    ].join(',')
  })
  return [header, ...rows, ''].join('\n')
}

async function signInBuyers(product: ProductUnderFire): Promise<Map<string, Visitor>> {
  const demo: { people: DemoSignIn[] } = JSON.parse(readFileSync(join(product.dataDir, 'demo.json'), 'utf8'))
  const buyers = new Map<string, Visitor>()
  for (const email of new Set(Object.values(PAYERS))) {
    const person = demo.people.find((each) => each.email === email)
    if (person === undefined) throw new Error(`the demo has nobody with the address ${email}`)
    const visitor = new Visitor(product.origin)
    await visitor.signIn(email, person.password)
    buyers.set(email, visitor)
  }
  return buyers
}
