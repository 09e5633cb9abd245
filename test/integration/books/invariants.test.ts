import pg from 'pg'
import { beforeAll, expect, test } from 'vitest'
import { asId, newId } from '#app/books/ids.ts'
import { checkSqlInvariants, SQL_INVARIANTS } from '#app/books/invariants/check-invariants.server.ts'
import { matchBankLine } from '#app/payments/bank-statements/match-line.server.ts'
import { requestWriteOff } from '#app/payments/write-offs/write-offs.server.ts'
import { db } from '#app/platform/db.server.ts'
import { bankMovement } from '#test/support/bank-files.ts'
import {
  applyCredit,
  createCustomer,
  createSupplier,
  issueCredit,
  issueInvoice,
  NOW,
  openDispute,
  openPayment,
  restorePayment,
  reversePayment,
  settlePayment,
} from '#test/support/books.ts'
import { CLERK, cheque, usd } from '#test/support/cash.ts'
import { testDatabase } from '#test/support/database.ts'
import { asOwner } from '#test/support/owner.ts'

/** For each invariant a change that breaks it, made as superuser with triggers off and rolled back afterwards. */
const BREACHES: Record<string, string> = {
  'journal-balances': `UPDATE posting SET amount_minor = amount_minor + 1 WHERE account_code = 4000`,
  'posting-follows-journal': `UPDATE posting SET effective_on = effective_on + 1 WHERE account_code = 4000`,
  'invoice-open': `UPDATE invoice SET open_minor = open_minor - 1 WHERE open_minor > held_minor + 1`,
  'invoice-applied': `UPDATE allocation SET amount_minor = amount_minor * 100 WHERE reverses_id IS NULL`,
  'invoice-document': `UPDATE invoice_line SET net_minor = net_minor + 1`,
  'credit-remaining': `UPDATE credit_memo SET remaining_minor = remaining_minor - 1`,
  'account-balance': `UPDATE posting SET amount_minor = amount_minor + 1 WHERE account_code = 2200`,
  'aging-covers-open': `UPDATE posting SET invoice_id = NULL WHERE account_code = 1100`,
  'audit-chain': `UPDATE audit SET detail = '{"changed":true}' WHERE number = (SELECT min(number) FROM audit)`,
  'payment-allocated': `UPDATE payment SET unallocated_minor = unallocated_minor + 1 WHERE state = 'settled' AND received_minor > unallocated_minor`,
  'payment-has-one-effect': `INSERT INTO journal (id, kind, posting_key, record_id, effective_on, recorded_at)
    SELECT gen_random_uuid(), 'payment.settled', 'twice', id, '2026-03-01', now() FROM payment WHERE state = 'settled' LIMIT 1`,
  'payment-reversed': `UPDATE payment_reversal SET amount_minor = amount_minor + 1`,
  'reversal-restored': `UPDATE payment_reversal SET amount_minor = amount_minor + 1 WHERE id IN (SELECT reversal_id FROM payment_restoration)`,
  'refunds-payable': `UPDATE refund SET amount_minor = amount_minor + 1 WHERE state = 'pending'`,
  'chargebacks-pending': `UPDATE chargeback SET money = 'none'`,
  'adjustment-posted': `UPDATE adjustment SET amount_minor = amount_minor + 1`,
  'surcharge-posted': `UPDATE payment SET surcharge_minor = 0 WHERE surcharge_minor > 0`,
  'allocation-posted': `DELETE FROM allocation WHERE reverses_id IS NOT NULL`,
  'payment-state-history': `UPDATE payment_state_change SET from_state = 'processing' WHERE to_state = 'settled'`,
  'hold-fits': `UPDATE hold SET amount_minor = amount_minor + 1 WHERE released_at IS NULL`,
  'hold-belongs-to-live-payment': `UPDATE hold SET released_at = NULL WHERE released_at IS NOT NULL`,
  'dispute-holds-its-amount': `UPDATE dispute SET amount_minor = amount_minor + 1`,
  'attempt-before-money': `UPDATE payment_attempt SET idempotency_key = 'checkout:' || id`,
  'manual-payment-at-bank': `UPDATE posting SET account_code = 1200 WHERE account_code = 1000`,
  'bank-line-payments': `UPDATE bank_line SET state = 'open'`,
  'write-off-agreed': `UPDATE write_off_request SET state = 'declined'`,
  'payout-booked': `UPDATE provider_payout SET status = 'failed'`,
  'event-sequence': `DELETE FROM ledger_event WHERE type = 'payment.applied'`,
  'event-open-after': `UPDATE ledger_event SET open_after_minor = open_after_minor + 1 WHERE type = 'payment.applied'`,
  'event-for-every-posting': `UPDATE ledger_event SET amount_minor = amount_minor + 1 WHERE type = 'payment.applied'`,
  'event-has-salt': `DELETE FROM ledger_salt WHERE owner_kind = 'event'`,
  'stream-without-gap': `INSERT INTO ledger_entry (ledger_event_id, chain_deployment_id, position, chain_transaction_id)
    SELECT id, '00000000-0000-7000-8000-000000000001', number * 2, '00000000-0000-7000-8000-000000000002' FROM ledger_event`,
}

beforeAll(async () => {
  await createSupplier()
  const customer = await createCustomer()
  const paid = await issueInvoice(customer, 1_000n)
  const open = await issueInvoice(customer, 1_000n)
  const { paymentId } = await openPayment(customer, [{ invoiceId: paid, amountMinor: 1_000n }])
  await settlePayment(paymentId, 1_200n)
  await reversePayment(paymentId, 400n)
  const early = await issueInvoice(customer, 1_000n)
  const discounted = { invoiceId: early, amountMinor: 980n, discountMinor: 20n } as const
  const terms = { discountUntil: '2026-03-01', discountBasis: 'settled' } as const
  const charged = await openPayment(customer, [{ ...discounted, ...terms }], { surchargeMinor: 29n })
  await settlePayment(charged.paymentId, 1_009n)
  await reversePayment(charged.paymentId, 100n, 're_failed')
  await restorePayment('re_failed')
  await takeBack(customer)
  await openPayment(customer, [{ invoiceId: open, amountMinor: 300n }])
  await openDispute(customer, open, 100n)
  await applyCredit(await issueCredit(customer, 200n), open, 50n)
  const line = await bankMovement('9.00', 'PAYER', 'by wire')
  await matchBankLine(line, { kind: 'payment', payments: [cheque(customer, 900n)] }, CLERK)
  const writeOff = {
    id: newId<'wof'>(),
    invoiceId: asId<'inv'>(open),
    amount: usd(5n),
    reason: 'goodwill',
  } as const
  await requestWriteOff(writeOff, CLERK)
  const payout = { id: 'po_1', amountMinor: '900', currency: 'USD', status: 'paid', arrivalOn: '2026-03-01' }
  const told = { isAutomatic: true, isItemised: false, createdAt: NOW, readAt: NOW }
  await db.$queryRaw`SELECT record_payout(${JSON.stringify({ ...payout, ...told })}::jsonb, ${NOW})`
  await db.$queryRaw`SELECT record_audit('{"actorKind":"system","action":"one"}'::jsonb, ${NOW})`
  await db.$queryRaw`SELECT record_audit('{"actorKind":"system","action":"two"}'::jsonb, ${NOW})`
})

/** A payment with a refund under way, and one that a card's bank has taken back and not decided about. */
async function takeBack(customer: string): Promise<void> {
  const invoice = await issueInvoice(customer, 1_000n)
  const { paymentId } = await openPayment(customer, [{ invoiceId: invoice, amountMinor: 1_000n }])
  await settlePayment(paymentId, 1_000n)
  await asOwner(`UPDATE payment SET stripe_payment_intent_id = 'pi_back' WHERE id = $1`, [paymentId])
  await asOwner(`UPDATE payment_attempt SET state = 'answered' WHERE payment_id = $1`, [paymentId])
  const refundId = newId()
  const attempt = { id: newId(), operation: 'refunds.create', request: {}, requestHash: 'request' }
  const asked = {
    id: refundId,
    paymentId,
    amountMinor: '300',
    reason: 'other',
    creditOnly: false,
    byBuyer: false,
  }
  await db.$queryRaw`SELECT request_refund(${JSON.stringify({ ...asked, attempt })}::jsonb, ${NOW})`
  const news = { refundId, paymentId, providerRefundId: 're_pending', status: 'pending' }
  await db.$queryRaw`SELECT sync_refund(${JSON.stringify({ ...news, effectiveOn: '2026-03-02' })}::jsonb, ${NOW})`
  const dispute = { paymentId, disputeId: 'du_open', amountMinor: '500', reason: 'fraudulent' }
  const taken = { isWithdrawn: true, isReinstated: false, isFinal: false }
  const days = { openedAt: NOW, withdrawnOn: '2026-03-02' }
  const reading = { ...dispute, ...taken, ...days, state: 'needs_response' }
  await db.$queryRaw`SELECT record_chargeback(${JSON.stringify(reading)}::jsonb, ${NOW})`
}

test('sound books break nothing', async () => {
  expect((await checkSqlInvariants()).filter((result) => result.count > 0)).toEqual([])
})

test('every invariant has a breach to prove it', () => {
  expect(Object.keys(BREACHES).toSorted()).toEqual(
    SQL_INVARIANTS.map((invariant) => invariant.name).toSorted(),
  )
})

test.each(Object.entries(BREACHES))('%s names its breach', async (name, breach) => {
  const invariant = SQL_INVARIANTS.find((each) => each.name === name)
  const client = new pg.Client(testDatabase.superuserUrl)
  await client.connect()
  try {
    await client.query('BEGIN')
    await client.query('SET LOCAL session_replication_role = replica')
    const { rowCount } = await client.query(breach)
    expect(rowCount).toBeGreaterThan(0)
    const { rows } = await client.query(invariant?.breaches.sql ?? '')
    expect(rows.length).toBeGreaterThan(0)
    expect(rows[0].subject).toMatch(/\w/)
  } finally {
    await client.query('ROLLBACK')
    await client.end()
  }
})
