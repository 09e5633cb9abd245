import type { Sandbox } from '#scripts/sandbox/sandbox.ts'

/** All that was charged, compactly: the witness that tests compare the books with. */
export function readState(sandbox: Sandbox): object {
  const { store, clock } = sandbox
  return {
    now: clock.now(),
    clock_offset_seconds: clock.offset(),
    pending_webhooks: Number(
      store.row("SELECT count(*) AS open FROM delivery WHERE state = 'pending'")?.open,
    ),
    sessions: store.all('checkout.session').map((session) => ({
      id: session.id,
      status: session.status,
      payment_status: session.payment_status,
      amount_total: session.amount_total,
      currency: session.currency,
      payment_intent: session.payment_intent,
      client_reference_id: session.client_reference_id,
      payment_id: session.metadata?.payment_id ?? null,
    })),
    payment_intents: store.all('payment_intent').map((intent) => ({
      id: intent.id,
      status: intent.status,
      amount: intent.amount,
      currency: intent.currency,
      latest_charge: intent.latest_charge,
      payment_id: intent.metadata.payment_id ?? null,
    })),
    charges: store.all('charge').map((charge) => ({
      id: charge.id,
      status: charge.status,
      amount: charge.amount,
      amount_refunded: charge.amount_refunded,
      currency: charge.currency,
      disputed: charge.disputed,
      payment_intent: charge.payment_intent,
      balance_transaction: charge.balance_transaction,
      payment_id: charge.metadata.payment_id ?? null,
    })),
    refunds: store
      .all('refund')
      .map(({ id, status, amount, currency, charge }) => ({ id, status, amount, currency, charge })),
    setup_intents: store
      .all('setup_intent')
      .map(({ id, status, payment_method, mandate }) => ({ id, status, payment_method, mandate })),
    disputes: store
      .all('dispute')
      .map(({ id, status, reason, amount, charge }) => ({ id, status, reason, amount, charge })),
    payouts: store
      .all('payout')
      .map(({ id, status, amount, currency }) => ({ id, status, amount, currency })),
  }
}
