import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { db } from '#app/platform/db.server.ts'
import {
  createCustomer,
  createSupplier,
  issueInvoice,
  NOW,
  openPayment,
  reversePayment,
  settlePayment,
} from '#test/support/books.ts'
import { testDatabase } from '#test/support/database.ts'

const APPEND_ONLY = [
  'account',
  'journal',
  'posting',
  'allocation',
  'ledger_event',
  'commitment',
  'ledger_entry',
  'chain_transaction',
  'chain_deployment',
  'audit',
  'payment_state_change',
  'payment_item',
  'payment_reversal',
  'payment_restoration',
  'payment_overdraft',
  'payment_overdraft_end',
  'adjustment',
  'invoice_version',
  'invoice_line',
  'invoice_tax',
]
/** Written by the posting functions alone. */
const NOT_FOR_THE_APP = [
  ...APPEND_ONLY.filter(
    (table) => !['commitment', 'ledger_entry', 'chain_transaction', 'chain_deployment'].includes(table),
  ),
  'invoice',
  'credit_memo',
  'payment',
  'payment_attempt',
  'hold',
  'dispute',
  'refund',
  'chargeback',
  'write_off_request',
  'manual_payment',
  'known_payer',
  'provider_payout',
  'exception_case',
  'ledger_salt',
  'webhook_inbox',
]

const owner = new pg.Client(testDatabase.ownerUrl)
const app = new pg.Client(testDatabase.url)

beforeAll(async () => {
  await owner.connect()
  await app.connect()
  await createSupplier()
  const customer = await createCustomer()
  const invoiceId = await issueInvoice(customer, 1_000n)
  const { paymentId } = await openPayment(customer, [{ invoiceId, amountMinor: 1_000n }])
  await settlePayment(paymentId, 1_000n)
  await reversePayment(paymentId, 100n)
  await db.$queryRaw`SELECT record_audit('{"actorKind":"system","action":"test"}'::jsonb, ${NOW})`
})

afterAll(async () => {
  await owner.end()
  await app.end()
})

test.each(APPEND_ONLY)('%s refuses UPDATE, DELETE and TRUNCATE even to its owner', async (table) => {
  const { rows } = await owner.query(
    `SELECT attname FROM pg_attribute WHERE attrelid = '${table}'::regclass AND attnum = 1`,
  )
  for (const statement of [
    `UPDATE ${table} SET ${rows[0].attname} = ${rows[0].attname}`,
    `DELETE FROM ${table}`,
    `TRUNCATE ${table} CASCADE`,
  ]) {
    await expect(owner.query(statement)).rejects.toMatchObject({ code: 'QT001' })
  }
})

test.each(NOT_FOR_THE_APP)('the app role cannot write %s by itself', async (table) => {
  await expect(app.query(`INSERT INTO ${table} DEFAULT VALUES`)).rejects.toMatchObject({ code: '42501' })
  await expect(app.query(`DELETE FROM ${table}`)).rejects.toMatchObject({ code: '42501' })
})

test('the app role cannot call the building blocks of the posting functions', async () => {
  await expect(app.query(`SELECT release_holds(gen_random_uuid(), now())`)).rejects.toMatchObject({
    code: '42501',
  })
  await expect(
    app.query(
      `SELECT write_journal('x', 'x', NULL, gen_random_uuid(), NULL, '2026-01-01', 'USD', '[]', now())`,
    ),
  ).rejects.toMatchObject({ code: '42501' })
})

test('a journal with one leg, or legs that differ, fails when its transaction commits', async () => {
  const legs = [
    '[{"account":1000,"amount":"5"}]',
    '[{"account":1000,"amount":"5"},{"account":4000,"amount":"-4"}]',
    '[]',
  ]
  for (const [index, each] of legs.entries()) {
    await expect(
      owner.query(
        `SELECT write_journal('test', 'test:${index}', NULL, gen_random_uuid(), NULL, '2026-01-01', 'USD', '${each}', now())`,
      ),
    ).rejects.toMatchObject({ code: 'QT002' })
  }
})

test('a posting cannot join a journal of an earlier transaction', async () => {
  await expect(
    owner.query(`INSERT INTO posting (journal_id, line_no, account_code, currency, amount_minor, effective_on, recorded_at)
      SELECT id, 99, 1000, 'USD', 5, effective_on, recorded_at FROM journal LIMIT 1`),
  ).rejects.toMatchObject({ code: '23503' })
})

test('the app role cannot put a table of its own into the way of a posting function', async () => {
  await expect(app.query('CREATE TEMP TABLE settled_item (payment_id uuid)')).rejects.toMatchObject({
    code: '42501',
  })
  const superuser = new pg.Client(testDatabase.superuserUrl)
  await superuser.connect()
  try {
    // Even where temporary tables are allowed, one that is not the owner's is refused instead of used.
    await superuser.query(`GRANT TEMPORARY ON DATABASE ${testDatabase.name} TO quittance_app`)
    await app.query('CREATE TEMP TABLE settled_item (payment_id uuid)')
    await expect(app.query(`SELECT record_settled_payments('[]', now())`)).rejects.toMatchObject({
      code: '42501',
    })
  } finally {
    await superuser.query(`REVOKE TEMPORARY ON DATABASE ${testDatabase.name} FROM quittance_app`)
    await superuser.end()
  }
})

test('a customer begins its ledger at nothing, whatever the app role says', async () => {
  const { rows } =
    await app.query(`INSERT INTO customer (id, number, name, address_lines, source, external_id, ledger_sequence, created_at)
    VALUES (gen_random_uuid(), 'X-1', 'X', '{}', 'test', 'X-1', 7, now()) RETURNING ledger_sequence`)
  expect(rows).toEqual([{ ledger_sequence: 0 }])
})
