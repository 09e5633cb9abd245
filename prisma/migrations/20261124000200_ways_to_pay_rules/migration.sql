-- The rules of every way to pay, in SQL: discounts and write-offs as adjustments, surcharges, money on account, reversals out of
-- several accounts, and reversals that did not last. Replaces functions and adds constraints to tables; each constraint reads
-- its table once under a short lock.

-- ------------------------------------------------------------------ signs and sums

ALTER TABLE payment
  ADD CONSTRAINT payment_parts CHECK (surcharge_minor >= 0 AND on_account_minor >= 0 AND surcharge_minor + on_account_minor <= amount_minor);
ALTER TABLE payment_item
  ADD CONSTRAINT payment_item_discount CHECK (discount_minor >= 0 AND (discount_minor = 0 OR (discount_until IS NOT NULL AND discount_basis IS NOT NULL)));
ALTER TABLE payment_reversal ADD CONSTRAINT payment_reversal_surcharge CHECK (surcharge_minor BETWEEN 0 AND amount_minor);
ALTER TABLE adjustment
  ADD CONSTRAINT adjustment_amount CHECK (amount_minor > 0),
  ADD CONSTRAINT adjustment_currency CHECK (currency ~ '^[A-Z]{3}$'),
  -- Nobody approves what they asked for themselves.
  ADD CONSTRAINT adjustment_second_person CHECK (approved_by IS NULL OR approved_by <> requested_by);
ALTER TABLE allocation DROP CONSTRAINT allocation_source,
  ADD CONSTRAINT allocation_source CHECK (num_nonnulls(payment_id, credit_memo_id, adjustment_id) = 1);
ALTER TABLE payment_policy
  ADD CONSTRAINT payment_policy_currency CHECK (currency ~ '^[A-Z]{3}$'),
  ADD CONSTRAINT payment_policy_amounts CHECK (min_partial_minor >= 0 AND tolerance_minor >= 0 AND second_approval_minor >= 0);
ALTER TABLE discount_term ADD CONSTRAINT discount_term_rate CHECK (rate_bps BETWEEN 1 AND 10000 AND days BETWEEN 0 AND 366);
ALTER TABLE surcharge_rule ADD CONSTRAINT surcharge_rule_rate CHECK (rate_bps BETWEEN 0 AND 400);
ALTER TABLE refund
  ADD CONSTRAINT refund_amount CHECK (amount_minor > 0),
  ADD CONSTRAINT refund_second_person CHECK (decided_by IS NULL OR decided_by <> requested_by);
ALTER TABLE chargeback ADD CONSTRAINT chargeback_amount CHECK (amount_minor > 0);
ALTER TABLE credit_request
  ADD CONSTRAINT credit_request_amount CHECK (amount_minor > 0),
  ADD CONSTRAINT credit_request_source CHECK (num_nonnulls(credit_memo_id, payment_id) = 1);
ALTER TABLE write_off_request
  ADD CONSTRAINT write_off_amount CHECK (amount_minor > 0),
  ADD CONSTRAINT write_off_second_person CHECK (decided_by IS NULL OR decided_by <> requested_by);
ALTER TABLE autopay_enrollment
  ADD CONSTRAINT autopay_limit CHECK (max_minor > 0),
  ADD CONSTRAINT autopay_days CHECK (days_before BETWEEN 0 AND 60);
ALTER TABLE autopay_run ADD CONSTRAINT autopay_run_amount CHECK (amount_minor >= 0 AND attempt_no BETWEEN 1 AND 3);
ALTER TABLE autopay_run_item ADD CONSTRAINT autopay_run_item_amount CHECK (amount_minor > 0);
ALTER TABLE bank_line ADD CONSTRAINT bank_line_amount CHECK (amount_minor <> 0);
ALTER TABLE saved_method ADD CONSTRAINT saved_method_removed CHECK ((state = 'removed') = (removed_at IS NOT NULL));
ALTER TABLE mandate ADD CONSTRAINT mandate_use CHECK (use IN ('single_use', 'multi_use'));

DO $$
DECLARE
  v_table text;
BEGIN
  FOREACH v_table IN ARRAY ARRAY['adjustment', 'payment_restoration']
  LOOP
    EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE OR TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
      v_table || '_append_only', v_table);
  END LOOP;
END $$;

-- ------------------------------------------------------------------ adjustments

-- A part of an invoice that is no longer owed: Dr discounts (4900) or write-offs (5800) / Cr receivable. The invoice must be
-- locked, and the amount payable. Answers the journal's id.
CREATE FUNCTION write_adjustment(p_id uuid, p_kind adjustment_kind, p_invoice_id uuid, p_amount bigint, p_reason text, p_payment_id uuid,
  p_requested_by uuid, p_approved_by uuid, p_on date, p_now timestamptz)
RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_invoice invoice;
  v_journal uuid;
  v_name text := CASE p_kind WHEN 'discount' THEN 'adjustment.discount' ELSE 'adjustment.write_off' END;
BEGIN
  UPDATE invoice SET open_minor = open_minor - p_amount, ledger_sequence = ledger_sequence + 1,
      settled_on = CASE WHEN open_minor = p_amount THEN p_on END
    WHERE id = p_invoice_id RETURNING * INTO STRICT v_invoice;
  v_journal := write_journal(v_name, v_name || ':' || p_id, v_invoice.customer_id, p_id, NULL, p_on, v_invoice.currency, jsonb_build_array(
    jsonb_build_object('account', CASE p_kind WHEN 'discount' THEN 4900 ELSE 5800 END, 'amount', p_amount, 'invoice', v_invoice.id),
    jsonb_build_object('account', 1100, 'amount', -p_amount, 'invoice', v_invoice.id)), p_now);
  INSERT INTO adjustment (id, invoice_id, kind, amount_minor, currency, reason, payment_id, requested_by, approved_by, journal_id, effective_on, recorded_at)
  VALUES (p_id, v_invoice.id, p_kind, p_amount, v_invoice.currency, p_reason, p_payment_id, p_requested_by, p_approved_by, v_journal, p_on, p_now);
  INSERT INTO allocation (id, invoice_id, adjustment_id, amount_minor, currency, journal_id, effective_on, recorded_at)
  VALUES (new_id(), v_invoice.id, p_id, p_amount, v_invoice.currency, v_journal, p_on, p_now);
  PERFORM write_ledger_event(CASE p_kind WHEN 'discount' THEN 'credit.applied' ELSE 'writeoff' END, 'invoice', v_invoice.id, v_invoice.ledger_sequence,
    p_on, v_invoice.currency, p_amount, v_invoice.open_minor, p_id, v_invoice.customer_id, v_journal, p_now);
  RETURN v_journal;
END $$;

-- The discounts that came with a payment and still stand.
CREATE FUNCTION standing_discounts(p_payment_id uuid)
RETURNS TABLE (allocation_id uuid, adjustment_id uuid, invoice_id uuid, amount bigint) LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT a.id, a.adjustment_id, a.invoice_id, a.amount_minor FROM adjustment d
    JOIN allocation a ON a.adjustment_id = d.id AND a.reverses_id IS NULL
   WHERE d.payment_id = p_payment_id AND d.kind = 'discount' AND NOT EXISTS (SELECT FROM allocation r WHERE r.reverses_id = a.id)
$$;

-- Minor units of a payment's surcharge that reversals have given back and no restoration has taken again.
CREATE FUNCTION standing_surcharge_returned(p_payment_id uuid) RETURNS bigint LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT coalesce(sum(r.surcharge_minor), 0)::bigint FROM payment_reversal r
   WHERE r.payment_id = p_payment_id AND NOT EXISTS (SELECT FROM payment_restoration x WHERE x.reversal_id = r.id)
$$;

-- ------------------------------------------------------------------ opening

-- Opens a payment: checks what is payable under the invoices' locks, holds it together with its discount, and stores the payment
-- with its first attempt before anything is sent. The id comes from the form: the same id and body again answers created = false,
-- the same id with another body is refused.
CREATE OR REPLACE FUNCTION open_payment(p_payment jsonb, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_id uuid := (p_payment->>'id')::uuid;
  v_customer uuid := (p_payment->>'customerId')::uuid;
  v_currency text := p_payment->>'currency';
  v_known payment;
  v_item record;
  v_attempt uuid := (p_payment->'attempt'->>'id')::uuid;
  v_key text;
  v_number text;
  v_surcharge bigint := coalesce((p_payment->>'surchargeMinor')::bigint, 0);
  v_on_account bigint := coalesce((p_payment->>'onAccountMinor')::bigint, 0);
  v_total bigint := 0;
  v_holder uuid;
BEGIN
  -- Equal forms that arrive at once wait here for the first of them.
  PERFORM pg_advisory_xact_lock(hashtextextended('payment:' || v_id, 0));
  SELECT * INTO v_known FROM payment WHERE id = v_id;
  IF FOUND THEN
    IF v_known.customer_id <> v_customer THEN RETURN refusal('PAYMENT_NOT_FOUND'); END IF;
    IF v_known.request_hash <> p_payment->>'requestHash' THEN
      RETURN refusal('PAYMENT_SUBMITTED_DIFFERENTLY', jsonb_build_object('paymentId', v_id));
    END IF;
    SELECT id, idempotency_key INTO v_attempt, v_key FROM payment_attempt WHERE payment_id = v_id AND attempt_no = 1
      AND operation = p_payment->'attempt'->>'operation';
    RETURN jsonb_build_object('ok', true, 'created', false, 'paymentId', v_id, 'number', v_known.number, 'attemptId', v_attempt, 'idempotencyKey', v_key);
  END IF;

  IF jsonb_array_length(p_payment->'items') = 0 AND v_on_account = 0 THEN RETURN refusal('CART_EMPTY'); END IF;
  IF jsonb_array_length(p_payment->'items') > 100 THEN RETURN refusal('CART_TOO_LARGE'); END IF;

  IF v_surcharge < 0 OR v_on_account < 0 THEN RETURN refusal('AMOUNT_NOT_POSITIVE'); END IF;

  PERFORM 1 FROM invoice WHERE customer_id = v_customer
    AND id IN (SELECT (value->>'invoiceId')::uuid FROM jsonb_array_elements(p_payment->'items')) ORDER BY id FOR UPDATE;
  FOR v_item IN
    SELECT item.invoice_id, item.amount, item.discount, i.id, i.currency, i.open_minor, i.held_minor
      FROM (SELECT (value->>'invoiceId')::uuid AS invoice_id, sum((value->>'amountMinor')::bigint)::bigint AS amount,
                   sum(coalesce((value->>'discountMinor')::bigint, 0))::bigint AS discount
              FROM jsonb_array_elements(p_payment->'items') GROUP BY 1) AS item
      LEFT JOIN invoice i ON i.id = item.invoice_id AND i.customer_id = v_customer
     ORDER BY item.invoice_id
  LOOP
    IF v_item.id IS NULL THEN RETURN refusal('INVOICE_NOT_FOUND', jsonb_build_object('invoiceId', v_item.invoice_id)); END IF;
    IF v_item.currency <> v_currency THEN RETURN refusal('CURRENCY_MIXED', jsonb_build_object('invoiceId', v_item.invoice_id)); END IF;
    IF v_item.amount <= 0 OR v_item.discount < 0 THEN RETURN refusal('AMOUNT_NOT_POSITIVE', jsonb_build_object('invoiceId', v_item.invoice_id)); END IF;
    IF v_item.amount + v_item.discount > v_item.open_minor - v_item.held_minor THEN
      SELECT payment_id INTO v_holder FROM hold
       WHERE invoice_id = v_item.invoice_id AND payment_id IS NOT NULL AND released_at IS NULL ORDER BY created_at, id LIMIT 1;
      RETURN refusal(CASE WHEN v_holder IS NULL OR v_item.amount + v_item.discount > v_item.open_minor THEN 'AMOUNT_EXCEEDS_PAYABLE' ELSE 'AMOUNT_HELD' END,
        jsonb_build_object('invoiceId', v_item.invoice_id, 'paymentId', v_holder,
          'payableMinor', (v_item.open_minor - v_item.held_minor)::text, 'openMinor', v_item.open_minor::text));
    END IF;
    v_total := v_total + v_item.amount;
  END LOOP;

  v_number := 'P-' || lpad(nextval('payment_number')::text, 6, '0');
  INSERT INTO payment (id, customer_id, number, currency, amount_minor, surcharge_minor, on_account_minor, method, channel, state, request_hash,
    saved_method_id, pay_link_id, initiated_on, created_by, created_at, updated_at)
  VALUES (v_id, v_customer, v_number, v_currency, v_total + v_surcharge + v_on_account, v_surcharge, v_on_account,
    (p_payment->>'method')::payment_method, coalesce(p_payment->>'channel', 'portal')::payment_channel, 'created', p_payment->>'requestHash',
    (p_payment->>'savedMethodId')::uuid, (p_payment->>'payLinkId')::uuid, business_date(p_now), (p_payment->>'createdBy')::uuid, p_now, p_now);
  INSERT INTO payment_item (payment_id, invoice_id, amount_minor, discount_minor, discount_until, discount_basis, short_reason)
  SELECT v_id, (value->>'invoiceId')::uuid, sum((value->>'amountMinor')::bigint), sum(coalesce((value->>'discountMinor')::bigint, 0)),
         min((value->>'discountUntil')::date), min((value->>'discountBasis')::discount_basis), min(value->>'shortReason')
    FROM jsonb_array_elements(p_payment->'items') GROUP BY 2;
  INSERT INTO hold (id, invoice_id, payment_id, kind, amount_minor, created_at)
  SELECT new_id(), invoice_id, v_id, 'reserved', amount_minor + discount_minor, p_now FROM payment_item WHERE payment_id = v_id;
  UPDATE invoice i SET held_minor = i.held_minor + item.amount_minor + item.discount_minor FROM payment_item item WHERE item.payment_id = v_id AND i.id = item.invoice_id;
  PERFORM write_payment_state(v_id, NULL, 'created', 'request', NULL, p_now);

  v_key := (p_payment->'attempt'->>'operation') || ':' || v_id || ':1';
  INSERT INTO payment_attempt (id, payment_id, attempt_no, operation, idempotency_key, request, request_hash, state, created_at)
  VALUES (v_attempt, v_id, 1, p_payment->'attempt'->>'operation', v_key, p_payment->'attempt'->'request',
    p_payment->'attempt'->>'requestHash', 'recorded', p_now);
  -- The web process sends the attempt at once; this job does it when that process died in between.
  PERFORM graphile_worker.add_job('payments:send-attempt', json_build_object('attemptId', v_attempt),
    run_at := clock_timestamp() + interval '15 seconds', job_key := 'payments:send-attempt:' || v_attempt, max_attempts := 25);
  RETURN jsonb_build_object('ok', true, 'created', true, 'paymentId', v_id, 'number', v_number, 'attemptId', v_attempt, 'idempotencyKey', v_key);
END $$;

-- ------------------------------------------------------------------ moving

-- Moves a payment forward by what the provider said. Stale or backward news answers changed = false. Never settles.
CREATE OR REPLACE FUNCTION advance_payment(p_payment_id uuid, p_to payment_state, p_cause text, p_detail jsonb, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_payment payment;
  v_moves boolean;
BEGIN
  IF p_to = 'settled' THEN RAISE EXCEPTION 'money settles through settle_payment' USING ERRCODE = 'QT004'; END IF;
  SELECT * INTO v_payment FROM payment WHERE id = p_payment_id FOR UPDATE;
  IF NOT FOUND THEN RETURN refusal('PAYMENT_NOT_FOUND'); END IF;
  v_moves := payment_may_move(v_payment.state, p_to);

  UPDATE payment SET state = CASE WHEN v_moves THEN p_to ELSE state END,
      stripe_checkout_session_id = coalesce(stripe_checkout_session_id, p_detail->>'stripeCheckoutSessionId'),
      checkout_url = coalesce(p_detail->>'checkoutUrl', checkout_url),
      stripe_payment_intent_id = coalesce(stripe_payment_intent_id, p_detail->>'stripePaymentIntentId'),
      failure_code = coalesce(p_detail->>'failureCode', failure_code),
      expected_on = coalesce((p_detail->>'expectedOn')::date, expected_on),
      method = coalesce((p_detail->>'method')::payment_method, method),
      card_brand = coalesce(p_detail->>'cardBrand', card_brand), card_last4 = coalesce(p_detail->>'cardLast4', card_last4),
      bank_name = coalesce(p_detail->>'bankName', bank_name),
      updated_at = CASE WHEN v_moves THEN p_now ELSE updated_at END
    WHERE id = p_payment_id;
  IF NOT v_moves THEN RETURN jsonb_build_object('ok', true, 'changed', false, 'state', v_payment.state); END IF;

  PERFORM write_payment_state(p_payment_id, v_payment.state, p_to, p_cause, p_detail->>'note', p_now);
  IF p_to IN ('failed', 'expired', 'canceled') THEN
    PERFORM 1 FROM invoice WHERE id IN (SELECT invoice_id FROM payment_item WHERE payment_id = p_payment_id) ORDER BY id FOR UPDATE;
    PERFORM release_holds(p_payment_id, p_now);
  ELSIF p_to = 'processing' THEN
    UPDATE hold SET kind = 'processing' WHERE payment_id = p_payment_id AND released_at IS NULL AND kind = 'reserved';
  END IF;
  RETURN jsonb_build_object('ok', true, 'changed', true, 'state', p_to);
END $$;

-- ------------------------------------------------------------------ settling

-- Books money that arrived, once: Dr provider clearing / Cr surcharges / Cr receivable per invoice (at most what was planned and is
-- not held by others) / Cr unapplied credit for the rest. A discount is given to an item that is paid as planned and in time.
-- Writes allocations, events and the receipt letters with it.
CREATE OR REPLACE FUNCTION settle_payment(p_payment_id uuid, p_detail jsonb, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_payment payment;
  v_received bigint := (p_detail->>'receivedMinor')::bigint;
  v_on date := (p_detail->>'settledOn')::date;
  v_rest bigint := v_received;
  v_legs jsonb;
  v_applied jsonb := '[]';
  v_item record;
  v_amount bigint;
  v_surcharge bigint;
  v_discounts jsonb := '[]';
  v_journal uuid;
  v_mail record;
BEGIN
  SELECT * INTO v_payment FROM payment WHERE id = p_payment_id FOR UPDATE;
  IF NOT FOUND THEN RETURN refusal('PAYMENT_NOT_FOUND'); END IF;
  IF v_payment.state = 'settled' THEN RETURN jsonb_build_object('ok', true, 'settled', false); END IF;
  IF v_received IS NULL OR v_received <= 0 OR v_on IS NULL THEN
    RAISE EXCEPTION 'payment % cannot settle without an amount and a day', p_payment_id USING ERRCODE = 'QT004';
  END IF;

  PERFORM 1 FROM invoice WHERE id IN (SELECT invoice_id FROM payment_item WHERE payment_id = p_payment_id) ORDER BY id FOR UPDATE;
  PERFORM release_holds(p_payment_id, p_now);
  -- The surcharge comes with the whole amount only: what arrived short pays invoices first.
  v_surcharge := CASE WHEN v_received >= v_payment.amount_minor THEN v_payment.surcharge_minor ELSE 0 END;
  v_rest := v_rest - v_surcharge;
  v_legs := jsonb_build_array(jsonb_build_object('account', 1200, 'amount', v_received), jsonb_build_object('account', 4100, 'amount', -v_surcharge));
  FOR v_item IN SELECT i.id, i.open_minor - i.held_minor AS payable, item.amount_minor AS planned, item.discount_minor AS discount,
        item.discount_minor > 0 AND CASE item.discount_basis WHEN 'initiated' THEN v_payment.initiated_on ELSE v_on END <= item.discount_until AS in_time
      FROM payment_item item JOIN invoice i ON i.id = item.invoice_id AND i.currency = v_payment.currency
      WHERE item.payment_id = p_payment_id ORDER BY i.due_on, i.id
  LOOP
    v_amount := least(v_item.planned, v_item.payable, v_rest);
    CONTINUE WHEN v_amount <= 0;
    v_rest := v_rest - v_amount;
    v_legs := v_legs || jsonb_build_object('account', 1100, 'amount', -v_amount, 'invoice', v_item.id);
    v_applied := v_applied || jsonb_build_object('invoice', v_item.id, 'amount', v_amount);
    IF v_item.in_time AND v_amount = v_item.planned AND v_amount + v_item.discount <= v_item.payable THEN
      v_discounts := v_discounts || jsonb_build_object('invoice', v_item.id, 'amount', v_item.discount);
    END IF;
  END LOOP;
  v_journal := write_journal('payment.settled', 'payment.settled:' || p_payment_id, v_payment.customer_id, p_payment_id, NULL, v_on,
    v_payment.currency, v_legs || jsonb_build_object('account', 2200, 'amount', -v_rest), p_now);

  UPDATE payment SET state = 'settled', received_minor = v_received, unallocated_minor = v_rest, settled_on = v_on, settled_at = p_now, updated_at = p_now,
      method = coalesce((p_detail->>'method')::payment_method, method),
      stripe_payment_intent_id = coalesce(stripe_payment_intent_id, p_detail->>'stripePaymentIntentId'),
      stripe_charge_id = p_detail->>'stripeChargeId', card_brand = p_detail->>'cardBrand', card_last4 = p_detail->>'cardLast4',
      wallet = p_detail->>'wallet', bank_name = coalesce(p_detail->>'bankName', bank_name), failure_code = NULL
    WHERE id = p_payment_id;
  PERFORM write_payment_state(p_payment_id, v_payment.state, 'settled', coalesce(p_detail->>'cause', 'provider'), NULL, p_now);

  FOR v_item IN
    WITH applied AS (SELECT (value->>'invoice')::uuid AS invoice_id, (value->>'amount')::bigint AS amount FROM jsonb_array_elements(v_applied)),
    allocated AS (
      INSERT INTO allocation (id, invoice_id, payment_id, amount_minor, currency, journal_id, effective_on, recorded_at)
      SELECT new_id(), invoice_id, p_payment_id, amount, v_payment.currency, v_journal, v_on, p_now FROM applied ORDER BY invoice_id
    )
    UPDATE invoice i SET open_minor = i.open_minor - applied.amount, ledger_sequence = i.ledger_sequence + 1,
        settled_on = CASE WHEN i.open_minor = applied.amount THEN v_on END
      FROM applied WHERE i.id = applied.invoice_id RETURNING i.id, i.ledger_sequence, i.open_minor, applied.amount
  LOOP
    PERFORM write_ledger_event('payment.applied', 'invoice', v_item.id, v_item.ledger_sequence, v_on, v_payment.currency, v_item.amount,
      v_item.open_minor, p_payment_id, v_payment.customer_id, v_journal, p_now);
  END LOOP;
  FOR v_item IN SELECT (value->>'invoice')::uuid AS id, (value->>'amount')::bigint AS amount FROM jsonb_array_elements(v_discounts) ORDER BY 1
  LOOP
    PERFORM write_adjustment(new_id(), 'discount', v_item.id, v_item.amount, 'early_payment', p_payment_id, NULL, NULL, v_on, p_now);
  END LOOP;
  IF v_rest > 0 THEN
    PERFORM write_account_event('credit.issued', v_payment.customer_id, v_on, v_payment.currency, v_rest, p_payment_id, v_journal, p_now);
  END IF;

  FOR v_mail IN
    SELECT DISTINCT lower(address) AS address FROM (
      SELECT email AS address FROM customer WHERE id = v_payment.customer_id
      UNION ALL SELECT email FROM person WHERE id = v_payment.created_by AND disabled_at IS NULL) AS addressee
     WHERE address IS NOT NULL
  LOOP
    PERFORM queue_mail('receipt:' || p_payment_id || ':' || md5(v_mail.address), 'receipt', v_mail.address, v_payment.customer_id,
      jsonb_build_object('paymentId', p_payment_id), p_now);
  END LOOP;
  IF v_payment.state IN ('failed', 'expired', 'canceled') THEN
    PERFORM open_exception('payment.settled-after-end', 'payment.settled-after-end:' || p_payment_id,
      jsonb_build_object('subjectId', p_payment_id, 'customerId', v_payment.customer_id, 'endedAs', v_payment.state, 'receivedMinor', v_received::text), p_now);
  END IF;
  RETURN jsonb_build_object('ok', true, 'settled', true, 'unallocatedMinor', v_rest::text, 'journalId', v_journal);
END $$;

-- ------------------------------------------------------------------ reversing

-- Money taken back: unapplied credit first, then the allocations, last applied first, with the discount of an invoice that nothing
-- of the payment is left on, and the surcharge in proportion. Cr where the money went / Dr receivable, unapplied credit and
-- surcharges. Once per provider id.
CREATE OR REPLACE FUNCTION reverse_payment(p_reversal jsonb, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_id uuid := (p_reversal->>'id')::uuid;
  v_amount bigint := (p_reversal->>'amountMinor')::bigint;
  v_on date := (p_reversal->>'effectiveOn')::date;
  v_payment payment;
  v_rest bigint;
  v_credit bigint;
  v_take bigint;
  v_line record;
  v_invoice invoice;
  v_legs jsonb;
  v_undone jsonb := '[]';
  v_discounts jsonb;
  v_journal uuid;
  -- Where the money is taken from: the provider, the bank, a refund that is owed, a chargeback under way.
  v_contra integer := coalesce((p_reversal->>'contra')::integer, 1200);
  v_surcharge bigint;
BEGIN
  IF v_contra NOT IN (1000, 1200, 1400, 2400) THEN RAISE EXCEPTION 'account % gives nothing back', v_contra USING ERRCODE = 'QT004'; END IF;
  SELECT * INTO v_payment FROM payment WHERE id = (p_reversal->>'paymentId')::uuid FOR UPDATE;
  IF NOT FOUND THEN RETURN refusal('PAYMENT_NOT_FOUND'); END IF;
  IF EXISTS (SELECT FROM payment_reversal WHERE provider_id = p_reversal->>'providerId') THEN
    RETURN jsonb_build_object('ok', true, 'reversed', false);
  END IF;
  IF v_amount <= 0 OR v_amount > v_payment.received_minor - v_payment.reversed_minor THEN
    RETURN refusal('REVERSAL_EXCEEDS_PAYMENT', jsonb_build_object('reversibleMinor', (v_payment.received_minor - v_payment.reversed_minor)::text));
  END IF;
  PERFORM 1 FROM invoice WHERE id IN (SELECT invoice_id FROM allocation WHERE payment_id = v_payment.id) ORDER BY id FOR UPDATE;

  -- The surcharge goes back in proportion; each share is what the shares so far should sum to, so that they add up.
  SELECT round(coalesce(-sum(q.amount_minor), 0) * (v_payment.reversed_minor + v_amount) / v_payment.received_minor)
         - standing_surcharge_returned(v_payment.id) INTO v_surcharge
    FROM journal j JOIN posting q ON q.journal_id = j.id AND q.account_code = 4100 WHERE j.posting_key = 'payment.settled:' || v_payment.id;
  v_credit := least(v_payment.unallocated_minor, v_amount - v_surcharge);
  v_rest := v_amount - v_surcharge - v_credit;
  v_legs := jsonb_build_array(jsonb_build_object('account', v_contra, 'amount', -v_amount), jsonb_build_object('account', 2200, 'amount', v_credit),
    jsonb_build_object('account', 4100, 'amount', v_surcharge));
  FOR v_line IN
    SELECT a.id, a.invoice_id, a.amount_minor + coalesce((SELECT sum(r.amount_minor) FROM allocation r WHERE r.reverses_id = a.id), 0) AS standing
      FROM allocation a WHERE a.payment_id = v_payment.id AND a.reverses_id IS NULL ORDER BY a.recorded_at DESC, a.id DESC
  LOOP
    v_take := least(v_line.standing, v_rest);
    CONTINUE WHEN v_take <= 0;
    v_rest := v_rest - v_take;
    v_legs := v_legs || jsonb_build_object('account', 1100, 'amount', v_take, 'invoice', v_line.invoice_id);
    v_undone := v_undone || jsonb_build_object('allocation', v_line.id, 'invoice', v_line.invoice_id, 'amount', v_take);
  END LOOP;
  IF v_rest <> 0 THEN
    RAISE EXCEPTION 'payment %: % of a reversal of % finds no allocation', v_payment.id, v_rest, v_amount USING ERRCODE = 'QT004';
  END IF;

  -- A discount falls with its payment: once nothing of the payment stands on an invoice any more.
  SELECT coalesce(jsonb_agg(jsonb_build_object('allocation', d.allocation_id, 'adjustment', d.adjustment_id, 'invoice', d.invoice_id, 'amount', d.amount)), '[]')
    INTO v_discounts FROM standing_discounts(v_payment.id) d
   WHERE d.invoice_id IN (SELECT (value->>'invoice')::uuid FROM jsonb_array_elements(v_undone))
     AND (SELECT sum(amount_minor) FROM allocation WHERE payment_id = v_payment.id AND invoice_id = d.invoice_id)
       = (SELECT sum((value->>'amount')::bigint) FROM jsonb_array_elements(v_undone) WHERE (value->>'invoice')::uuid = d.invoice_id);
  SELECT v_legs || coalesce(jsonb_agg(leg), '[]') INTO v_legs FROM jsonb_array_elements(v_discounts) AS d CROSS JOIN LATERAL (VALUES
    (jsonb_build_object('account', 1100, 'amount', d.value->'amount', 'invoice', d.value->'invoice')),
    (jsonb_build_object('account', 4900, 'amount', -(d.value->>'amount')::bigint, 'invoice', d.value->'invoice'))) AS each_leg(leg);

  v_journal := write_journal('payment.reversed', 'payment.reversed:' || v_id, v_payment.customer_id, v_payment.id,
    (SELECT id FROM journal WHERE posting_key = 'payment.settled:' || v_payment.id), v_on, v_payment.currency, v_legs, p_now);
  INSERT INTO payment_reversal (id, payment_id, kind, amount_minor, surcharge_minor, provider_id, reason, journal_id, effective_on, recorded_at)
  VALUES (v_id, v_payment.id, (p_reversal->>'kind')::reversal_kind, v_amount, v_surcharge, p_reversal->>'providerId', p_reversal->>'reason', v_journal, v_on, p_now);
  UPDATE payment SET reversed_minor = reversed_minor + v_amount, unallocated_minor = unallocated_minor - v_credit, updated_at = p_now WHERE id = v_payment.id;
  INSERT INTO allocation (id, invoice_id, payment_id, amount_minor, currency, reverses_id, journal_id, effective_on, recorded_at)
  SELECT new_id(), (value->>'invoice')::uuid, v_payment.id, -(value->>'amount')::bigint, v_payment.currency, (value->>'allocation')::uuid, v_journal, v_on, p_now
    FROM jsonb_array_elements(v_undone);
  INSERT INTO allocation (id, invoice_id, adjustment_id, amount_minor, currency, reverses_id, journal_id, effective_on, recorded_at)
  SELECT new_id(), (value->>'invoice')::uuid, (value->>'adjustment')::uuid, -(value->>'amount')::bigint, v_payment.currency, (value->>'allocation')::uuid,
         v_journal, v_on, p_now
    FROM jsonb_array_elements(v_discounts);
  FOR v_line IN SELECT (value->>'invoice')::uuid AS invoice_id, sum((value->>'amount')::bigint)::bigint AS amount FROM jsonb_array_elements(v_undone) GROUP BY 1 ORDER BY 1
  LOOP
    UPDATE invoice SET open_minor = open_minor + v_line.amount, settled_on = NULL, ledger_sequence = ledger_sequence + 1
      WHERE id = v_line.invoice_id RETURNING * INTO v_invoice;
    PERFORM write_ledger_event('payment.reversed', 'invoice', v_invoice.id, v_invoice.ledger_sequence, v_on, v_payment.currency, v_line.amount,
      v_invoice.open_minor, v_payment.id, v_payment.customer_id, v_journal, p_now);
  END LOOP;
  FOR v_line IN SELECT (value->>'invoice')::uuid AS invoice_id, (value->>'adjustment')::uuid AS adjustment_id, (value->>'amount')::bigint AS amount
      FROM jsonb_array_elements(v_discounts) ORDER BY 1
  LOOP
    UPDATE invoice SET open_minor = open_minor + v_line.amount, ledger_sequence = ledger_sequence + 1
      WHERE id = v_line.invoice_id RETURNING * INTO v_invoice;
    PERFORM write_ledger_event('payment.reversed', 'invoice', v_invoice.id, v_invoice.ledger_sequence, v_on, v_payment.currency, v_line.amount,
      v_invoice.open_minor, v_line.adjustment_id, v_payment.customer_id, v_journal, p_now);
  END LOOP;
  IF v_credit > 0 THEN
    PERFORM write_account_event('payment.reversed', v_payment.customer_id, v_on, v_payment.currency, v_credit, v_payment.id, v_journal, p_now);
  END IF;
  RETURN jsonb_build_object('ok', true, 'reversed', true, 'journalId', v_journal);
END $$;

-- A reversal that did not last: Dr where the money is again / Cr receivable of the invoices that it had opened, as far as they are
-- payable, / Cr surcharges / Cr unapplied credit for the rest. Once per reversal; a discount that fell is not granted again.
CREATE FUNCTION restore_payment(p_restoration jsonb, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_id uuid := (p_restoration->>'id')::uuid;
  v_on date := (p_restoration->>'effectiveOn')::date;
  v_contra integer := coalesce((p_restoration->>'contra')::integer, 1200);
  v_reversal payment_reversal;
  v_payment payment;
  v_invoice invoice;
  v_line record;
  v_rest bigint;
  v_take bigint;
  v_applied jsonb := '[]';
  v_legs jsonb;
  v_journal uuid;
BEGIN
  IF v_contra NOT IN (1000, 1200, 1400, 2400) THEN RAISE EXCEPTION 'account % brings nothing back', v_contra USING ERRCODE = 'QT004'; END IF;
  SELECT * INTO v_reversal FROM payment_reversal WHERE provider_id = p_restoration->>'providerId';
  IF NOT FOUND THEN RETURN refusal('REVERSAL_NOT_FOUND'); END IF;
  SELECT * INTO STRICT v_payment FROM payment WHERE id = v_reversal.payment_id FOR UPDATE;
  IF EXISTS (SELECT FROM payment_restoration WHERE reversal_id = v_reversal.id) THEN RETURN jsonb_build_object('ok', true, 'restored', false); END IF;
  PERFORM 1 FROM invoice WHERE id IN (SELECT invoice_id FROM allocation WHERE payment_id = v_payment.id) ORDER BY id FOR UPDATE;

  v_rest := v_reversal.amount_minor - v_reversal.surcharge_minor;
  v_legs := jsonb_build_array(jsonb_build_object('account', v_contra, 'amount', v_reversal.amount_minor),
    jsonb_build_object('account', 4100, 'amount', -v_reversal.surcharge_minor));
  FOR v_line IN SELECT a.invoice_id, -sum(a.amount_minor)::bigint AS undone, i.open_minor - i.held_minor AS payable
      FROM allocation a JOIN invoice i ON i.id = a.invoice_id AND i.currency = v_payment.currency
     WHERE a.journal_id = v_reversal.journal_id AND a.payment_id IS NOT NULL
     GROUP BY a.invoice_id, i.open_minor, i.held_minor, i.due_on ORDER BY i.due_on, a.invoice_id
  LOOP
    v_take := least(v_line.undone, v_line.payable, v_rest);
    CONTINUE WHEN v_take <= 0;
    v_rest := v_rest - v_take;
    v_legs := v_legs || jsonb_build_object('account', 1100, 'amount', -v_take, 'invoice', v_line.invoice_id);
    v_applied := v_applied || jsonb_build_object('invoice', v_line.invoice_id, 'amount', v_take);
  END LOOP;
  v_journal := write_journal('payment.restored', 'payment.restored:' || v_id, v_payment.customer_id, v_payment.id, v_reversal.journal_id, v_on,
    v_payment.currency, v_legs || jsonb_build_object('account', 2200, 'amount', -v_rest), p_now);
  INSERT INTO payment_restoration (id, reversal_id, journal_id, effective_on, recorded_at) VALUES (v_id, v_reversal.id, v_journal, v_on, p_now);
  UPDATE payment SET reversed_minor = reversed_minor - v_reversal.amount_minor, unallocated_minor = unallocated_minor + v_rest, updated_at = p_now
    WHERE id = v_payment.id;
  FOR v_line IN SELECT (value->>'invoice')::uuid AS invoice_id, (value->>'amount')::bigint AS amount FROM jsonb_array_elements(v_applied) ORDER BY 1
  LOOP
    INSERT INTO allocation (id, invoice_id, payment_id, amount_minor, currency, journal_id, effective_on, recorded_at)
    VALUES (new_id(), v_line.invoice_id, v_payment.id, v_line.amount, v_payment.currency, v_journal, v_on, p_now);
    UPDATE invoice SET open_minor = open_minor - v_line.amount, ledger_sequence = ledger_sequence + 1,
        settled_on = CASE WHEN open_minor = v_line.amount THEN v_on END
      WHERE id = v_line.invoice_id RETURNING * INTO v_invoice;
    PERFORM write_ledger_event('payment.applied', 'invoice', v_invoice.id, v_invoice.ledger_sequence, v_on, v_payment.currency, v_line.amount,
      v_invoice.open_minor, v_payment.id, v_payment.customer_id, v_journal, p_now);
  END LOOP;
  IF v_rest > 0 THEN
    PERFORM write_account_event('credit.issued', v_payment.customer_id, v_on, v_payment.currency, v_rest, v_payment.id, v_journal, p_now);
  END IF;
  RETURN jsonb_build_object('ok', true, 'restored', true, 'journalId', v_journal);
END $$;

-- ------------------------------------------------------------------ grants

DO $$
DECLARE
  v_table text;
BEGIN
  REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'quittance_app') THEN RETURN; END IF;
  GRANT SELECT ON ALL TABLES IN SCHEMA public TO quittance_app;
  GRANT EXECUTE ON FUNCTION restore_payment(jsonb, timestamptz) TO quittance_app;
  -- Plans, requests and readings: what is written here moves no money by itself.
  FOREACH v_table IN ARRAY ARRAY['saved_method', 'method_setup', 'mandate', 'bank_link', 'autopay_enrollment', 'autopay_run', 'autopay_run_item',
    'refund', 'chargeback', 'credit_request', 'write_off_request', 'bank_statement', 'bank_line', 'provider_transaction', 'provider_payout',
    'reconciliation_run', 'pay_link', 'payment_policy', 'discount_term', 'surcharge_rule']
  LOOP
    EXECUTE format('GRANT INSERT, UPDATE ON %I TO quittance_app', v_table);
  END LOOP;
END $$;
