-- The life of a payment in SQL: opened with holds under row locks, moved by what the provider says, settled once,
-- reversed by records of its own. Locks: payment, then invoices in id order, then customer.
-- Runs on new tables; locks nothing that is in use.

-- ------------------------------------------------------------------ state machines

-- created -> awaiting_customer <-> requires_action -> processing -> settled; ends failed | expired | canceled.
CREATE FUNCTION payment_may_move(p_from payment_state, p_to payment_state) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE p_from
    WHEN 'created' THEN p_to IN ('awaiting_customer', 'requires_action', 'processing', 'settled', 'failed', 'expired', 'canceled')
    WHEN 'awaiting_customer' THEN p_to IN ('requires_action', 'processing', 'settled', 'failed', 'expired', 'canceled')
    WHEN 'requires_action' THEN p_to IN ('awaiting_customer', 'processing', 'settled', 'failed', 'expired', 'canceled')
    WHEN 'processing' THEN p_to IN ('settled', 'failed', 'expired', 'canceled')
    ELSE false
  END
$$;

-- recorded -> sent -> answered | declined | unknown; what was sent may be sent again, what is unknown may become known.
CREATE FUNCTION attempt_may_move(p_from attempt_state, p_to attempt_state) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE p_from
    WHEN 'recorded' THEN p_to IN ('sent')
    WHEN 'sent' THEN p_to IN ('sent', 'answered', 'declined', 'unknown')
    WHEN 'unknown' THEN p_to IN ('sent', 'answered', 'declined', 'unknown')
    ELSE p_from = p_to
  END
$$;

CREATE FUNCTION write_payment_state(p_payment_id uuid, p_from payment_state, p_to payment_state, p_cause text, p_detail text, p_now timestamptz)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  INSERT INTO payment_state_change (payment_id, sequence, from_state, to_state, cause, detail, recorded_at)
  SELECT p_payment_id, coalesce(max(sequence), 0) + 1, p_from, p_to, p_cause, p_detail, p_now
    FROM payment_state_change WHERE payment_id = p_payment_id
$$;

-- Frees every hold of a payment. The invoices must be locked.
CREATE FUNCTION release_holds(p_payment_id uuid, p_now timestamptz)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE invoice i SET held_minor = i.held_minor - h.amount
    FROM (SELECT invoice_id, sum(amount_minor) AS amount FROM hold WHERE payment_id = p_payment_id AND released_at IS NULL GROUP BY invoice_id) AS h
    WHERE i.id = h.invoice_id;
  UPDATE hold SET released_at = p_now WHERE payment_id = p_payment_id AND released_at IS NULL;
END $$;

-- ------------------------------------------------------------------ exceptions for people

CREATE FUNCTION open_exception(p_kind text, p_case_key text, p_detail jsonb, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO exception_case (id, kind, case_key, customer_id, subject_id, detail, opened_at)
  VALUES (new_id(), p_kind, p_case_key, (p_detail->>'customerId')::uuid, p_detail->>'subjectId', p_detail, p_now)
  ON CONFLICT (case_key) DO UPDATE SET detail = excluded.detail,
    opened_at = CASE WHEN exception_case.resolved_at IS NULL THEN exception_case.opened_at ELSE excluded.opened_at END,
    resolved_at = NULL, resolution = NULL;
  RETURN jsonb_build_object('ok', true);
END $$;

CREATE FUNCTION resolve_exception(p_case_key text, p_resolution text, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE exception_case SET resolved_at = p_now, resolution = p_resolution WHERE case_key = p_case_key AND resolved_at IS NULL;
  RETURN jsonb_build_object('ok', true, 'resolved', FOUND);
END $$;

-- ------------------------------------------------------------------ opening

-- Opens a payment: checks what is payable under the invoices' locks, holds it, and stores the payment with its first
-- attempt before anything is sent. The id comes from the form: the same id and body again answers created = false,
-- the same id with another body is refused.
CREATE FUNCTION open_payment(p_payment jsonb, p_now timestamptz)
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
  v_total bigint := 0;
  v_items integer := 0;
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

  IF jsonb_array_length(p_payment->'items') = 0 THEN RETURN refusal('CART_EMPTY'); END IF;
  IF jsonb_array_length(p_payment->'items') > 100 THEN RETURN refusal('CART_TOO_LARGE'); END IF;

  PERFORM 1 FROM invoice WHERE customer_id = v_customer
    AND id IN (SELECT (value->>'invoiceId')::uuid FROM jsonb_array_elements(p_payment->'items')) ORDER BY id FOR UPDATE;
  FOR v_item IN
    SELECT item.invoice_id, item.amount, i.id, i.currency, i.open_minor, i.held_minor
      FROM (SELECT (value->>'invoiceId')::uuid AS invoice_id, sum((value->>'amountMinor')::bigint)::bigint AS amount,
                   bool_and((value->>'amountMinor')::bigint > 0) AS positive
              FROM jsonb_array_elements(p_payment->'items') GROUP BY 1) AS item
      LEFT JOIN invoice i ON i.id = item.invoice_id AND i.customer_id = v_customer
     ORDER BY item.invoice_id
  LOOP
    IF v_item.id IS NULL THEN RETURN refusal('INVOICE_NOT_FOUND', jsonb_build_object('invoiceId', v_item.invoice_id)); END IF;
    IF v_item.currency <> v_currency THEN RETURN refusal('CURRENCY_MIXED', jsonb_build_object('invoiceId', v_item.invoice_id)); END IF;
    IF v_item.amount <= 0 THEN RETURN refusal('AMOUNT_NOT_POSITIVE', jsonb_build_object('invoiceId', v_item.invoice_id)); END IF;
    IF v_item.amount > v_item.open_minor - v_item.held_minor THEN
      SELECT payment_id INTO v_holder FROM hold
       WHERE invoice_id = v_item.invoice_id AND payment_id IS NOT NULL AND released_at IS NULL ORDER BY created_at, id LIMIT 1;
      RETURN refusal(CASE WHEN v_holder IS NULL OR v_item.amount > v_item.open_minor THEN 'AMOUNT_EXCEEDS_PAYABLE' ELSE 'AMOUNT_HELD' END,
        jsonb_build_object('invoiceId', v_item.invoice_id, 'paymentId', v_holder,
          'payableMinor', (v_item.open_minor - v_item.held_minor)::text, 'openMinor', v_item.open_minor::text));
    END IF;
    v_total := v_total + v_item.amount;
    v_items := v_items + 1;
  END LOOP;

  v_number := 'P-' || lpad(nextval('payment_number')::text, 6, '0');
  INSERT INTO payment (id, customer_id, number, currency, amount_minor, method, state, request_hash, created_by, created_at, updated_at)
  VALUES (v_id, v_customer, v_number, v_currency, v_total, (p_payment->>'method')::payment_method, 'created', p_payment->>'requestHash',
    (p_payment->>'createdBy')::uuid, p_now, p_now);
  INSERT INTO payment_item (payment_id, invoice_id, amount_minor)
  SELECT v_id, (value->>'invoiceId')::uuid, sum((value->>'amountMinor')::bigint) FROM jsonb_array_elements(p_payment->'items') GROUP BY 2;
  INSERT INTO hold (id, invoice_id, payment_id, kind, amount_minor, created_at)
  SELECT new_id(), invoice_id, v_id, 'reserved', amount_minor, p_now FROM payment_item WHERE payment_id = v_id;
  UPDATE invoice i SET held_minor = i.held_minor + item.amount_minor FROM payment_item item WHERE item.payment_id = v_id AND i.id = item.invoice_id;
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

-- Stores a further write to the provider before it is sent; its number and key are given here.
CREATE FUNCTION record_attempt(p_attempt jsonb, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_payment uuid := (p_attempt->>'paymentId')::uuid;
  v_operation text := p_attempt->>'operation';
  v_no integer;
  v_key text;
BEGIN
  PERFORM 1 FROM payment WHERE id = v_payment FOR UPDATE;
  IF NOT FOUND THEN RETURN refusal('PAYMENT_NOT_FOUND'); END IF;
  SELECT coalesce(max(attempt_no), 0) + 1 INTO v_no FROM payment_attempt WHERE payment_id = v_payment AND operation = v_operation;
  v_key := v_operation || ':' || v_payment || ':' || v_no;
  INSERT INTO payment_attempt (id, payment_id, attempt_no, operation, idempotency_key, request, request_hash, state, created_at)
  VALUES ((p_attempt->>'id')::uuid, v_payment, v_no, v_operation, v_key, p_attempt->'request', p_attempt->>'requestHash', 'recorded', p_now);
  RETURN jsonb_build_object('ok', true, 'attemptId', p_attempt->>'id', 'attemptNo', v_no, 'idempotencyKey', v_key);
END $$;

-- What became of an attempt. An illegal move raises: it would be a defect.
CREATE FUNCTION mark_attempt(p_attempt_id uuid, p_state attempt_state, p_detail jsonb, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_attempt payment_attempt;
BEGIN
  SELECT * INTO STRICT v_attempt FROM payment_attempt WHERE id = p_attempt_id FOR UPDATE;
  IF NOT attempt_may_move(v_attempt.state, p_state) THEN
    RAISE EXCEPTION 'attempt % cannot go from % to %', p_attempt_id, v_attempt.state, p_state USING ERRCODE = 'QT004';
  END IF;
  UPDATE payment_attempt SET state = p_state,
      response_id = coalesce(p_detail->>'responseId', response_id),
      error_code = p_detail->>'errorCode', error_text = p_detail->>'errorText',
      provider_request_id = coalesce(p_detail->>'providerRequestId', provider_request_id),
      first_sent_at = CASE WHEN p_state = 'sent' THEN coalesce(first_sent_at, p_now) ELSE first_sent_at END,
      last_sent_at = CASE WHEN p_state = 'sent' THEN p_now ELSE last_sent_at END,
      answered_at = CASE WHEN p_state IN ('answered', 'declined') THEN coalesce(answered_at, p_now) END
    WHERE id = p_attempt_id;
  RETURN jsonb_build_object('ok', true);
END $$;

-- ------------------------------------------------------------------ moving

-- Moves a payment forward by what the provider said. Stale or backward news answers changed = false. Never settles.
CREATE FUNCTION advance_payment(p_payment_id uuid, p_to payment_state, p_cause text, p_detail jsonb, p_now timestamptz)
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

-- Books money that arrived, once: Dr provider clearing / Cr receivable per invoice (at most what was planned and is not
-- held by others) / Cr unapplied credit for the rest. Writes allocations, events and the receipt letters with it.
CREATE FUNCTION settle_payment(p_payment_id uuid, p_detail jsonb, p_now timestamptz)
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
  v_legs := jsonb_build_array(jsonb_build_object('account', 1200, 'amount', v_received));
  FOR v_item IN SELECT i.id, i.open_minor - i.held_minor AS payable, item.amount_minor AS planned
      FROM payment_item item JOIN invoice i ON i.id = item.invoice_id AND i.currency = v_payment.currency
      WHERE item.payment_id = p_payment_id ORDER BY i.due_on, i.id
  LOOP
    v_amount := least(v_item.planned, v_item.payable, v_rest);
    CONTINUE WHEN v_amount <= 0;
    v_rest := v_rest - v_amount;
    v_legs := v_legs || jsonb_build_object('account', 1100, 'amount', -v_amount, 'invoice', v_item.id);
    v_applied := v_applied || jsonb_build_object('invoice', v_item.id, 'amount', v_amount);
  END LOOP;
  v_journal := write_journal('payment.settled', 'payment.settled:' || p_payment_id, v_payment.customer_id, p_payment_id, NULL, v_on,
    v_payment.currency, v_legs || jsonb_build_object('account', 2200, 'amount', -v_rest), p_now);

  UPDATE payment SET state = 'settled', received_minor = v_received, unallocated_minor = v_rest, settled_on = v_on, settled_at = p_now, updated_at = p_now,
      method = coalesce((p_detail->>'method')::payment_method, method),
      stripe_payment_intent_id = coalesce(stripe_payment_intent_id, p_detail->>'stripePaymentIntentId'),
      stripe_charge_id = p_detail->>'stripeChargeId', card_brand = p_detail->>'cardBrand', card_last4 = p_detail->>'cardLast4', failure_code = NULL
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

-- A letter for the mail queue: one per key, delivered by a job.
CREATE FUNCTION queue_mail(p_mail_key text, p_template text, p_recipient text, p_customer_id uuid, p_parameters jsonb, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_id uuid := new_id();
BEGIN
  INSERT INTO mail_outbox (id, mail_key, template, recipient, customer_id, parameters, created_at)
  VALUES (v_id, p_mail_key, p_template, p_recipient, p_customer_id, p_parameters, p_now) ON CONFLICT (mail_key) DO NOTHING;
  IF NOT FOUND THEN RETURN jsonb_build_object('ok', true, 'queued', false); END IF;
  PERFORM graphile_worker.add_job('mail:deliver', json_build_object('mailId', v_id), job_key := 'mail:deliver:' || v_id, max_attempts := 25);
  RETURN jsonb_build_object('ok', true, 'queued', true, 'mailId', v_id);
END $$;

-- What the provider kept for itself: Dr provider fees (5000) or dispute fees (5200) / Cr provider clearing, once per balance
-- transaction.
CREATE FUNCTION record_provider_fee(p_payment_id uuid, p_detail jsonb, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_payment payment;
  v_key text := 'provider.fee:' || (p_detail->>'balanceTransactionId');
  v_fee bigint := (p_detail->>'feeMinor')::bigint;
  v_account integer := coalesce((p_detail->>'account')::integer, 5000);
BEGIN
  IF v_account NOT IN (5000, 5200) THEN RAISE EXCEPTION 'account % takes no fees', v_account USING ERRCODE = 'QT004'; END IF;
  SELECT * INTO v_payment FROM payment WHERE id = p_payment_id FOR UPDATE;
  IF NOT FOUND THEN RETURN refusal('PAYMENT_NOT_FOUND'); END IF;
  IF v_fee = 0 OR EXISTS (SELECT FROM journal WHERE posting_key = v_key) THEN RETURN jsonb_build_object('ok', true, 'recorded', false); END IF;
  -- No customer on these legs: a fee is between the supplier and the provider.
  PERFORM write_journal('provider.fee', v_key, NULL, p_payment_id, NULL, (p_detail->>'effectiveOn')::date, v_payment.currency,
    jsonb_build_array(jsonb_build_object('account', v_account, 'amount', v_fee), jsonb_build_object('account', 1200, 'amount', -v_fee)), p_now);
  RETURN jsonb_build_object('ok', true, 'recorded', true);
END $$;

-- ------------------------------------------------------------------ reversing

-- Money taken back at the provider: unapplied credit first, then the allocations, last applied first.
-- Cr provider clearing / Dr receivable and unapplied credit. Once per provider id.
CREATE FUNCTION reverse_payment(p_reversal jsonb, p_now timestamptz)
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
  v_journal uuid;
BEGIN
  SELECT * INTO v_payment FROM payment WHERE id = (p_reversal->>'paymentId')::uuid FOR UPDATE;
  IF NOT FOUND THEN RETURN refusal('PAYMENT_NOT_FOUND'); END IF;
  IF EXISTS (SELECT FROM payment_reversal WHERE provider_id = p_reversal->>'providerId') THEN
    RETURN jsonb_build_object('ok', true, 'reversed', false);
  END IF;
  IF v_amount <= 0 OR v_amount > v_payment.received_minor - v_payment.reversed_minor THEN
    RETURN refusal('REVERSAL_EXCEEDS_PAYMENT', jsonb_build_object('reversibleMinor', (v_payment.received_minor - v_payment.reversed_minor)::text));
  END IF;
  PERFORM 1 FROM invoice WHERE id IN (SELECT invoice_id FROM allocation WHERE payment_id = v_payment.id) ORDER BY id FOR UPDATE;

  v_credit := least(v_payment.unallocated_minor, v_amount);
  v_rest := v_amount - v_credit;
  v_legs := jsonb_build_array(jsonb_build_object('account', 1200, 'amount', -v_amount), jsonb_build_object('account', 2200, 'amount', v_credit));
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

  v_journal := write_journal('payment.reversed', 'payment.reversed:' || v_id, v_payment.customer_id, v_payment.id,
    (SELECT id FROM journal WHERE posting_key = 'payment.settled:' || v_payment.id), v_on, v_payment.currency, v_legs, p_now);
  INSERT INTO payment_reversal (id, payment_id, kind, amount_minor, provider_id, reason, journal_id, effective_on, recorded_at)
  VALUES (v_id, v_payment.id, (p_reversal->>'kind')::reversal_kind, v_amount, p_reversal->>'providerId', p_reversal->>'reason', v_journal, v_on, p_now);
  UPDATE payment SET reversed_minor = reversed_minor + v_amount, unallocated_minor = unallocated_minor - v_credit, updated_at = p_now WHERE id = v_payment.id;
  INSERT INTO allocation (id, invoice_id, payment_id, amount_minor, currency, reverses_id, journal_id, effective_on, recorded_at)
  SELECT new_id(), (value->>'invoice')::uuid, v_payment.id, -(value->>'amount')::bigint, v_payment.currency, (value->>'allocation')::uuid, v_journal, v_on, p_now
    FROM jsonb_array_elements(v_undone);
  FOR v_line IN SELECT (value->>'invoice')::uuid AS invoice_id, sum((value->>'amount')::bigint)::bigint AS amount FROM jsonb_array_elements(v_undone) GROUP BY 1 ORDER BY 1
  LOOP
    UPDATE invoice SET open_minor = open_minor + v_line.amount, settled_on = NULL, ledger_sequence = ledger_sequence + 1
      WHERE id = v_line.invoice_id RETURNING * INTO v_invoice;
    PERFORM write_ledger_event('payment.reversed', 'invoice', v_invoice.id, v_invoice.ledger_sequence, v_on, v_payment.currency, v_line.amount,
      v_invoice.open_minor, v_payment.id, v_payment.customer_id, v_journal, p_now);
  END LOOP;
  IF v_credit > 0 THEN
    PERFORM write_account_event('payment.reversed', v_payment.customer_id, v_on, v_payment.currency, v_credit, v_payment.id, v_journal, p_now);
  END IF;
  RETURN jsonb_build_object('ok', true, 'reversed', true, 'journalId', v_journal);
END $$;

-- ------------------------------------------------------------------ intake and audit

-- Stores a verified webhook once and queues its processing.
CREATE FUNCTION record_webhook(p_event jsonb, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO webhook_inbox (id, provider, type, object_id, payment_id, payload, event_at, received_at)
  VALUES (p_event->>'id', p_event->>'provider', p_event->>'type', p_event->>'objectId', (p_event->>'paymentId')::uuid,
    p_event->'payload', (p_event->>'eventAt')::timestamptz, p_now) ON CONFLICT (id) DO NOTHING;
  IF NOT FOUND THEN RETURN jsonb_build_object('ok', true, 'fresh', false); END IF;
  PERFORM graphile_worker.add_job('payments:process-webhook', json_build_object('eventId', p_event->>'id'),
    job_key := 'payments:process-webhook:' || (p_event->>'id'), max_attempts := 25);
  RETURN jsonb_build_object('ok', true, 'fresh', true);
END $$;

-- What an audit row's hash covers: everything but the hash itself.
CREATE FUNCTION audit_hash(p_row audit) RETURNS bytea LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
  SELECT sha256(p_row.previous_hash || convert_to(jsonb_build_array(p_row.number, extract(epoch FROM p_row.recorded_at), p_row.actor_kind,
    p_row.actor_id, p_row.action, p_row.customer_id, p_row.subject_id, p_row.detail)::text, 'UTF8'))
$$;

-- Appends to the audit chain. Writers queue for the chain's lock until they commit: call it last in a transaction.
CREATE FUNCTION record_audit(p_entry jsonb, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_row audit;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('audit', 0));
  v_row.number := nextval('audit_number_seq');
  v_row.recorded_at := p_now;
  v_row.actor_kind := p_entry->>'actorKind';
  v_row.actor_id := (p_entry->>'actorId')::uuid;
  v_row.action := p_entry->>'action';
  v_row.customer_id := (p_entry->>'customerId')::uuid;
  v_row.subject_id := p_entry->>'subjectId';
  v_row.detail := coalesce(p_entry->'detail', '{}');
  v_row.previous_hash := coalesce((SELECT hash FROM audit ORDER BY number DESC LIMIT 1), '\x');
  v_row.recorded_at := date_trunc('milliseconds', v_row.recorded_at);
  v_row.hash := audit_hash(v_row);
  INSERT INTO audit SELECT v_row.*;
  RETURN jsonb_build_object('ok', true, 'number', v_row.number::text);
END $$;
