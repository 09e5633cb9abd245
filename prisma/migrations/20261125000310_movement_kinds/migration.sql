-- What each movement in the processor's books is of, so that money held back in a reserve is no difference, and whether its amounts
-- had to be rounded to our minor unit. Rewrites provider_transaction once and locks it meanwhile: seconds for a million movements.

ALTER TABLE "provider_transaction" ADD COLUMN "kind" TEXT, ADD COLUMN "is_rounded" BOOLEAN NOT NULL DEFAULT false;

-- What was read before says it by its type, and adjustments by their category; a movement that is read again says it itself.
UPDATE provider_transaction SET kind = CASE
  WHEN type IN ('charge', 'payment') THEN 'payment'
  WHEN type IN ('refund', 'refund_failure', 'payment_refund', 'payment_reversal', 'payment_failure_refund') THEN 'refund'
  WHEN type IN ('stripe_fee', 'stripe_fx_fee', 'tax_fee', 'network_cost') THEN 'fee'
  WHEN type IN ('payout', 'payout_cancel', 'payout_failure') THEN 'payout'
  WHEN type IN ('reserve_hold', 'reserve_release', 'reserve_transaction', 'reserved_funds', 'payment_network_reserve_hold',
    'payment_network_reserve_release', 'payout_minimum_balance_hold', 'payout_minimum_balance_release') THEN 'reserve'
  WHEN type <> 'adjustment' THEN 'other'
  WHEN reporting_category IN ('dispute', 'dispute_reversal') THEN 'dispute'
  WHEN reporting_category IN ('refund', 'refund_failure', 'partial_capture_reversal', 'charge_failure') THEN 'refund'
  WHEN reporting_category IN ('fee', 'network_cost') THEN 'fee'
  WHEN reporting_category IN ('risk_reserved_funds', 'connect_reserved_funds') THEN 'reserve'
  ELSE 'adjustment' END;

ALTER TABLE "provider_transaction" ALTER COLUMN "kind" SET NOT NULL, ALTER COLUMN "is_rounded" DROP DEFAULT,
  ADD CONSTRAINT provider_transaction_kind
    CHECK (kind IN ('payment', 'refund', 'dispute', 'fee', 'payout', 'reserve', 'adjustment', 'other'));
