import type pg from 'pg'
import type { PersonId } from '#app/books/ids.ts'
import { type Due, PAID_AT, paymentOf } from '#scripts/bench/open-payments.ts'

export type BarePay = {
  readonly personId: PersonId
  /** What is stored of the write to the processor. */
  readonly request: object
  /** How many statements are made in all. */
  readonly statements: number
}

/**
 * Opens a payment by the SQL functions that the pay form calls, in the same transactions; the statements beyond them are reads
 * of one row by its key.
 */
export async function payBare(
  pool: pg.Pool,
  due: Due,
  { personId, request, statements }: BarePay,
): Promise<void> {
  const { customerId, invoiceIds } = due
  const payment = paymentOf(due, request)
  const attemptId = payment.attempt.id
  const line = { detail: {}, actorKind: 'buyer', actorId: personId, action: 'payment.opened', customerId }
  const checkout = { stripeCheckoutSessionId: `cs_${payment.id}`, checkoutUrl: 'http://localhost:4010/pay' }
  const mark = 'SELECT mark_attempt($1::uuid, $2::attempt_state, $3::jsonb, $4) AS answer'
  const booking: readonly Statement[] = [
    ['BEGIN'],
    [
      'SELECT lock_credits($1::uuid, $2, $3::uuid[], $4::uuid)::text',
      [customerId, 'USD', invoiceIds, payment.id],
    ],
    ['SELECT open_payment($1::jsonb, $2) AS answer', [JSON.stringify(payment), PAID_AT]],
    ['SELECT record_audit($1::jsonb, $2)', [JSON.stringify({ ...line, subjectId: payment.id }), PAID_AT]],
    ['COMMIT'],
    ['BEGIN'],
    [mark, [attemptId, 'sent', {}, PAID_AT]],
    ['COMMIT'],
    ['BEGIN'],
    [mark, [attemptId, 'answered', { responseId: checkout.stripeCheckoutSessionId }, PAID_AT]],
    [
      `SELECT advance_payment($1::uuid, 'awaiting_customer', 'provider', $2::jsonb, $3) AS answer`,
      [payment.id, checkout, PAID_AT],
    ],
    ['COMMIT'],
  ]
  const client = await pool.connect()
  try {
    for (let read = booking.length; read < statements; read += 1)
      await client.query('SELECT id, number, open_minor, held_minor FROM invoice WHERE id = $1', [
        invoiceIds[0],
      ])
    for (const [sql, values] of booking) requireDone(await client.query(sql, values))
  } finally {
    client.release()
  }
}

type Statement = [sql: string, values?: unknown[]]

function requireDone({ rows }: pg.QueryResult): void {
  if (rows[0]?.answer?.ok === false) throw new Error(`refused: ${JSON.stringify(rows[0].answer)}`)
}
