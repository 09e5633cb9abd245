import { db, type Tx } from '#app/platform/db.server.ts'

/**
 * When the books of a customer last changed. Documents that name no other instant are made as known then: asked for
 * again, they have the same bytes until something happens on the account.
 */
export async function lastChangeAt(customerId: string, client: Tx = db): Promise<Date> {
  const rows = await client.$queryRaw<{ at: Date }[]>`
    SELECT greatest(
      c.created_at,
      (SELECT max(recorded_at) FROM posting WHERE customer_id = c.id),
      (SELECT max(greatest(created_at, closed_at)) FROM dispute WHERE customer_id = c.id),
      (SELECT max(v.recorded_at) FROM invoice i JOIN invoice_version v ON v.invoice_id = i.id
       WHERE i.customer_id = c.id AND i.document_version > 1)) AS at
    FROM customer c WHERE c.id = ${customerId}::uuid`
  const row = rows[0]
  if (row === undefined) throw new Error(`There is no customer ${customerId}`)
  return row.at
}
