-- The processor's own books beside ours: payouts are booked when they are paid, costs that are of no payment once each, and
-- differences between the two become cases for people. Adds columns without rewriting any table; the index on payment reads it once
-- under a short lock.

ALTER TABLE "provider_transaction" ADD COLUMN "source_customer_id" TEXT, ADD COLUMN "source_payment_id" UUID;
ALTER TABLE "exception_case" ADD COLUMN "seen_at" TIMESTAMPTZ(3);
CREATE INDEX "provider_transaction_source_payment_id_idx" ON "provider_transaction"("source_payment_id");
CREATE INDEX "payment_stripe_charge_id_idx" ON "payment"("stripe_charge_id");

ALTER TABLE provider_transaction
  ADD CONSTRAINT provider_transaction_currency CHECK (currency ~ '^[A-Z]{3}$'),
  ADD CONSTRAINT provider_transaction_net CHECK (net_minor = amount_minor - fee_minor);
ALTER TABLE provider_payout
  ADD CONSTRAINT provider_payout_currency CHECK (currency ~ '^[A-Z]{3}$'),
  ADD CONSTRAINT provider_payout_status CHECK (status IN ('pending', 'in_transit', 'paid', 'failed', 'canceled'));

-- ------------------------------------------------------------------ payouts

-- pending -> in_transit -> paid; each may still fail, even after it was paid.
CREATE FUNCTION payout_may_move(p_from text, p_to text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE p_from
    WHEN 'pending' THEN p_to IN ('in_transit', 'paid', 'failed', 'canceled')
    WHEN 'in_transit' THEN p_to IN ('paid', 'failed', 'canceled')
    WHEN 'paid' THEN p_to IN ('failed', 'canceled')
    ELSE false
  END
$$;

-- A record of the processor's has an id of its own form; the journal names it by one that is made from that.
CREATE FUNCTION record_id_of(p_provider_id text) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$ SELECT md5(p_provider_id)::uuid $$;

-- Stores what was read of a payout and books it: Dr bank / Cr provider clearing once it is paid, and the opposite should it fail
-- after. No customer on these legs. A reading that is older than the stored one, or that goes backwards, moves nothing.
CREATE FUNCTION record_payout(p_payout jsonb, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_read provider_payout;
  v_payout provider_payout;
  v_today date := business_date(p_now);
  v_legs jsonb;
  v_posted text;
BEGIN
  SELECT * INTO v_read FROM jsonb_populate_record(NULL::provider_payout, jsonb_build_object('id', p_payout->'id', 'amount_minor', p_payout->'amountMinor',
    'currency', p_payout->'currency', 'status', p_payout->'status', 'arrival_on', p_payout->'arrivalOn', 'is_automatic', p_payout->'isAutomatic',
    'is_itemised', p_payout->'isItemised', 'failure_code', p_payout->'failureCode', 'trace_id', p_payout->'traceId',
    'created_at', p_payout->'createdAt', 'read_at', p_payout->'readAt'));
  INSERT INTO provider_payout (id, amount_minor, currency, status, arrival_on, is_automatic, is_itemised, failure_code, trace_id, created_at, read_at)
  VALUES (v_read.id, v_read.amount_minor, v_read.currency, v_read.status, v_read.arrival_on, v_read.is_automatic, v_read.is_itemised,
    v_read.failure_code, v_read.trace_id, v_read.created_at, v_read.read_at)
  ON CONFLICT (id) DO NOTHING;
  SELECT * INTO STRICT v_payout FROM provider_payout WHERE id = v_read.id FOR UPDATE;
  IF v_read.read_at >= v_payout.read_at THEN
    UPDATE provider_payout SET status = CASE WHEN payout_may_move(v_payout.status, v_read.status) THEN v_read.status ELSE status END,
        arrival_on = v_read.arrival_on, is_itemised = is_itemised OR v_read.is_itemised, failure_code = coalesce(v_read.failure_code, failure_code),
        trace_id = coalesce(v_read.trace_id, trace_id), read_at = v_read.read_at
      WHERE id = v_payout.id RETURNING * INTO v_payout;
  END IF;

  v_legs := jsonb_build_array(jsonb_build_object('account', 1000, 'amount', v_payout.amount_minor),
    jsonb_build_object('account', 1200, 'amount', -v_payout.amount_minor));
  IF v_payout.status = 'paid' AND v_payout.journal_id IS NULL AND v_payout.amount_minor <> 0 THEN
    -- The processor's clock may run ahead of ours: nothing is booked for a day to come.
    UPDATE provider_payout SET journal_id = write_journal('payout.paid', 'payout.paid:' || v_payout.id, NULL, record_id_of(v_payout.id), NULL,
        least(v_payout.arrival_on, v_today), v_payout.currency, v_legs, p_now)
      WHERE id = v_payout.id;
    v_posted := 'payout.paid';
  ELSIF v_payout.status IN ('failed', 'canceled') AND v_payout.journal_id IS NOT NULL AND v_payout.failure_journal_id IS NULL THEN
    SELECT jsonb_agg(jsonb_build_object('account', account_code, 'amount', -amount_minor) ORDER BY line_no) INTO STRICT v_legs
      FROM posting WHERE journal_id = v_payout.journal_id;
    UPDATE provider_payout SET failure_journal_id = write_journal('payout.failed', 'payout.failed:' || v_payout.id, NULL, record_id_of(v_payout.id),
        v_payout.journal_id, v_today, v_payout.currency, v_legs, p_now)
      WHERE id = v_payout.id;
    v_posted := 'payout.failed';
  END IF;
  RETURN jsonb_build_object('ok', true, 'status', v_payout.status, 'posted', v_posted);
END $$;

-- What the processor kept for something that is no payment of ours: Dr provider fees / Cr provider clearing, once per transaction.
-- It shares its key with record_provider_fee, so that no fee is booked by both.
CREATE FUNCTION record_provider_cost(p_cost jsonb, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_transaction text := p_cost->>'transactionId';
  v_key text := 'provider.fee:' || v_transaction;
  v_fee bigint := (p_cost->>'feeMinor')::bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(v_key, 0));
  IF v_fee = 0 OR EXISTS (SELECT FROM journal WHERE posting_key = v_key) THEN RETURN jsonb_build_object('ok', true, 'recorded', false); END IF;
  PERFORM write_journal('provider.fee', v_key, NULL, record_id_of(v_transaction), NULL, (p_cost->>'effectiveOn')::date, p_cost->>'currency',
    jsonb_build_array(jsonb_build_object('account', 5000, 'amount', v_fee), jsonb_build_object('account', 1200, 'amount', -v_fee)), p_now);
  RETURN jsonb_build_object('ok', true, 'recorded', true);
END $$;

-- ------------------------------------------------------------------ differences

-- Differences of one comparison as cases, one per key. A case that a person has closed opens again only when its facts are others
-- than those that the person saw; one that closed by itself opens whenever it is seen. p_by_itself is how the latter are closed. Of two
-- comparisons at once, the earlier does not hide what the later has seen.
CREATE FUNCTION note_differences(p_rows jsonb, p_by_itself text, p_seen_at timestamptz)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO exception_case AS known (id, kind, case_key, customer_id, subject_id, detail, opened_at, seen_at)
  SELECT new_id(), r.kind, r."caseKey", r."customerId", r."subjectId", r.detail, p_seen_at, p_seen_at
    FROM jsonb_to_recordset(p_rows) AS r(kind text, "caseKey" text, "customerId" uuid, "subjectId" text, detail jsonb) ORDER BY r."caseKey"
  ON CONFLICT (case_key) DO UPDATE SET
    opened_at = CASE WHEN known.resolved_at IS NULL THEN known.opened_at
                     WHEN known.resolution = p_by_itself OR known.detail <> excluded.detail THEN excluded.opened_at ELSE known.opened_at END,
    resolved_at = CASE WHEN known.resolution = p_by_itself OR known.detail <> excluded.detail THEN NULL ELSE known.resolved_at END,
    resolution = CASE WHEN known.resolution = p_by_itself OR known.detail <> excluded.detail THEN NULL ELSE known.resolution END,
    customer_id = excluded.customer_id, detail = excluded.detail, seen_at = greatest(known.seen_at, excluded.seen_at);
  RETURN jsonb_build_object('ok', true);
END $$;

-- Closes every open difference that the comparison which began at p_seen_at, and saw all of them again, did not find any more.
CREATE FUNCTION close_gone_differences(p_by_itself text, p_seen_at timestamptz, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_count integer;
BEGIN
  UPDATE exception_case SET resolved_at = p_now, resolution = p_by_itself
    WHERE kind LIKE 'reconcile.%' AND resolved_at IS NULL AND seen_at < p_seen_at;
  GET DIAGNOSTICS v_count = ROW_COUNT;
  RETURN jsonb_build_object('ok', true, 'closed', v_count);
END $$;

-- ------------------------------------------------------------------ grants

DO $$
BEGIN
  REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'quittance_app') THEN RETURN; END IF;
  GRANT EXECUTE ON FUNCTION record_payout(jsonb, timestamptz), record_provider_cost(jsonb, timestamptz),
    note_differences(jsonb, text, timestamptz), close_gone_differences(text, timestamptz, timestamptz) TO quittance_app;
END $$;
