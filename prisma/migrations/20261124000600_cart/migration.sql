-- What the cart adds to the rules: small differences that are given up with a payment, and disputes that a buyer opens and staff
-- close. Replaces functions, widens one check and adds one empty column; each table is locked for the moment of its change.

-- A difference within the tolerance is held like a discount, and no day limits it.
ALTER TABLE payment_item DROP CONSTRAINT payment_item_discount,
  ADD CONSTRAINT payment_item_discount CHECK (discount_minor >= 0 AND (discount_minor = 0 OR short_reason IS NOT DISTINCT FROM 'tolerance'
    OR (discount_until IS NOT NULL AND discount_basis IS NOT NULL)));
ALTER TABLE dispute ADD COLUMN closed_at timestamptz(3);

-- ------------------------------------------------------------------ adjustments that come with a payment

-- A part of an invoice that is no longer owed: Dr discounts (4900) or write-offs (5800) / Cr receivable. A small difference is
-- given like a discount, since it falls with its payment as one does. The invoice must be locked, and the amount payable.
-- Answers the journal's id.
CREATE OR REPLACE FUNCTION write_adjustment(p_id uuid, p_kind adjustment_kind, p_invoice_id uuid, p_amount bigint, p_reason text, p_payment_id uuid,
  p_requested_by uuid, p_approved_by uuid, p_on date, p_now timestamptz)
RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_invoice invoice;
  v_journal uuid;
  v_name text := CASE p_kind WHEN 'write_off' THEN 'adjustment.write_off' ELSE 'adjustment.discount' END;
BEGIN
  UPDATE invoice SET open_minor = open_minor - p_amount, ledger_sequence = ledger_sequence + 1,
      settled_on = CASE WHEN open_minor = p_amount THEN p_on END
    WHERE id = p_invoice_id RETURNING * INTO STRICT v_invoice;
  v_journal := write_journal(v_name, v_name || ':' || p_id, v_invoice.customer_id, p_id, NULL, p_on, v_invoice.currency, jsonb_build_array(
    jsonb_build_object('account', CASE p_kind WHEN 'write_off' THEN 5800 ELSE 4900 END, 'amount', p_amount, 'invoice', v_invoice.id),
    jsonb_build_object('account', 1100, 'amount', -p_amount, 'invoice', v_invoice.id)), p_now);
  INSERT INTO adjustment (id, invoice_id, kind, amount_minor, currency, reason, payment_id, requested_by, approved_by, journal_id, effective_on, recorded_at)
  VALUES (p_id, v_invoice.id, p_kind, p_amount, v_invoice.currency, p_reason, p_payment_id, p_requested_by, p_approved_by, v_journal, p_on, p_now);
  INSERT INTO allocation (id, invoice_id, adjustment_id, amount_minor, currency, journal_id, effective_on, recorded_at)
  VALUES (new_id(), v_invoice.id, p_id, p_amount, v_invoice.currency, v_journal, p_on, p_now);
  PERFORM write_ledger_event(CASE p_kind WHEN 'write_off' THEN 'writeoff' ELSE 'credit.applied' END, 'invoice', v_invoice.id, v_invoice.ledger_sequence,
    p_on, v_invoice.currency, p_amount, v_invoice.open_minor, p_id, v_invoice.customer_id, v_journal, p_now);
  RETURN v_journal;
END $$;

-- The discounts and small differences that came with a payment and still stand.
CREATE OR REPLACE FUNCTION standing_discounts(p_payment_id uuid)
RETURNS TABLE (allocation_id uuid, adjustment_id uuid, invoice_id uuid, amount bigint) LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT a.id, a.adjustment_id, a.invoice_id, a.amount_minor FROM adjustment d
    JOIN allocation a ON a.adjustment_id = d.id AND a.reverses_id IS NULL
   WHERE d.payment_id = p_payment_id AND d.kind IN ('discount', 'tolerance') AND NOT EXISTS (SELECT FROM allocation r WHERE r.reverses_id = a.id)
$$;

-- Books money that arrived, once: Dr provider clearing / Cr surcharges / Cr receivable per invoice (at most what was planned and is
-- not held by others) / Cr unapplied credit for the rest. A discount is given to an item that is paid as planned and in
-- time, a difference within the tolerance to one that is paid as planned.
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
        item.short_reason IS NOT DISTINCT FROM 'tolerance' AS is_tolerance,
        item.discount_minor > 0 AND (item.short_reason IS NOT DISTINCT FROM 'tolerance'
          OR CASE item.discount_basis WHEN 'initiated' THEN v_payment.initiated_on ELSE v_on END <= item.discount_until) AS in_time
      FROM payment_item item JOIN invoice i ON i.id = item.invoice_id AND i.currency = v_payment.currency
      WHERE item.payment_id = p_payment_id ORDER BY i.due_on, i.id
  LOOP
    v_amount := least(v_item.planned, v_item.payable, v_rest);
    CONTINUE WHEN v_amount <= 0;
    v_rest := v_rest - v_amount;
    v_legs := v_legs || jsonb_build_object('account', 1100, 'amount', -v_amount, 'invoice', v_item.id);
    v_applied := v_applied || jsonb_build_object('invoice', v_item.id, 'amount', v_amount);
    IF v_item.in_time AND v_amount = v_item.planned AND v_amount + v_item.discount <= v_item.payable THEN
      v_discounts := v_discounts || jsonb_build_object('invoice', v_item.id, 'amount', v_item.discount,
        'kind', CASE WHEN v_item.is_tolerance THEN 'tolerance' ELSE 'discount' END);
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
  FOR v_item IN SELECT (value->>'invoice')::uuid AS id, (value->>'amount')::bigint AS amount, (value->>'kind')::adjustment_kind AS kind
      FROM jsonb_array_elements(v_discounts) ORDER BY 1
  LOOP
    PERFORM write_adjustment(new_id(), v_item.kind, v_item.id, v_item.amount, CASE v_item.kind WHEN 'tolerance' THEN 'tolerance' ELSE 'early_payment' END,
      p_payment_id, NULL, NULL, v_on, p_now);
  END LOOP;
  IF v_rest > 0 THEN
    PERFORM write_account_event('credit.issued', v_payment.customer_id, v_on, v_payment.currency, v_rest, p_payment_id, v_journal, p_now);
  END IF;

  FOR v_mail IN
    SELECT DISTINCT lower(address) AS address FROM (
      SELECT email AS address FROM customer WHERE id = v_payment.customer_id
      UNION ALL SELECT recipient FROM pay_link WHERE id = v_payment.pay_link_id
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

-- ------------------------------------------------------------------ disputes

-- A claim that part of an invoice is not owed: the amount is held, so that nobody pays or asks for it, until the claim is closed.
-- At most what is open and not spoken for. The same id again changes nothing.
CREATE FUNCTION open_dispute(p_dispute jsonb, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_id uuid := (p_dispute->>'id')::uuid;
  v_amount bigint := (p_dispute->>'amountMinor')::bigint;
  v_on date := business_date(p_now);
  v_invoice invoice;
BEGIN
  SELECT * INTO v_invoice FROM invoice WHERE id = (p_dispute->>'invoiceId')::uuid AND customer_id = (p_dispute->>'customerId')::uuid FOR UPDATE;
  IF NOT FOUND THEN RETURN refusal('INVOICE_NOT_FOUND'); END IF;
  IF EXISTS (SELECT FROM dispute WHERE id = v_id) THEN RETURN jsonb_build_object('ok', true, 'opened', false); END IF;
  IF v_amount <= 0 THEN RETURN refusal('AMOUNT_NOT_POSITIVE', jsonb_build_object('invoiceId', v_invoice.id)); END IF;
  IF v_amount > v_invoice.open_minor - v_invoice.held_minor THEN
    RETURN refusal('DISPUTE_EXCEEDS_OPEN', jsonb_build_object('invoiceId', v_invoice.id,
      'payableMinor', (v_invoice.open_minor - v_invoice.held_minor)::text));
  END IF;

  INSERT INTO dispute (id, customer_id, invoice_id, reason, amount_minor, currency, opened_on, created_at)
  VALUES (v_id, v_invoice.customer_id, v_invoice.id, p_dispute->>'reason', v_amount, v_invoice.currency, v_on, p_now);
  INSERT INTO hold (id, invoice_id, dispute_id, kind, amount_minor, created_at) VALUES (new_id(), v_invoice.id, v_id, 'disputed', v_amount, p_now);
  UPDATE invoice SET held_minor = held_minor + v_amount, ledger_sequence = ledger_sequence + 1 WHERE id = v_invoice.id RETURNING * INTO v_invoice;
  PERFORM write_ledger_event('dispute.opened', 'invoice', v_invoice.id, v_invoice.ledger_sequence, v_on, v_invoice.currency, v_amount,
    v_invoice.open_minor, v_id, v_invoice.customer_id, NULL, p_now);
  RETURN jsonb_build_object('ok', true, 'opened', true);
END $$;

-- Ends a dispute and frees what it held. Accepted: the disputed amount is credited, with its share of the tax, and the credit is
-- applied to the invoice at once. Closing it the same way again changes nothing.
CREATE FUNCTION close_dispute(p_id uuid, p_outcome dispute_outcome, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_dispute dispute;
  v_invoice invoice;
  v_on date := business_date(p_now);
  v_conceded bigint;
  v_tax bigint;
  v_credit uuid;
  v_answer jsonb;
BEGIN
  IF p_outcome = 'split' THEN RAISE EXCEPTION 'a split names two amounts; this closes the whole dispute' USING ERRCODE = 'QT004'; END IF;
  SELECT i.* INTO v_invoice FROM dispute d JOIN invoice i ON i.id = d.invoice_id WHERE d.id = p_id FOR UPDATE OF i;
  IF NOT FOUND THEN RETURN refusal('DISPUTE_NOT_FOUND'); END IF;
  SELECT * INTO STRICT v_dispute FROM dispute WHERE id = p_id;
  IF v_dispute.closed_on IS NOT NULL THEN
    IF v_dispute.outcome = p_outcome THEN RETURN jsonb_build_object('ok', true, 'closed', false); END IF;
    RETURN refusal('DISPUTE_CLOSED');
  END IF;

  v_conceded := CASE p_outcome WHEN 'accepted' THEN v_dispute.amount_minor ELSE 0 END;
  UPDATE hold SET released_at = p_now WHERE dispute_id = p_id AND released_at IS NULL;
  UPDATE invoice SET held_minor = held_minor - v_dispute.amount_minor, ledger_sequence = ledger_sequence + 1 WHERE id = v_invoice.id RETURNING * INTO v_invoice;
  UPDATE dispute SET closed_on = v_on, closed_at = p_now, outcome = p_outcome WHERE id = p_id;
  PERFORM write_ledger_event('dispute.resolved', 'invoice', v_invoice.id, v_invoice.ledger_sequence, v_on, v_invoice.currency, v_conceded,
    v_invoice.open_minor, p_id, v_invoice.customer_id, NULL, p_now);
  IF v_conceded = 0 THEN RETURN jsonb_build_object('ok', true, 'closed', true); END IF;

  v_credit := new_id();
  v_tax := CASE WHEN v_invoice.total_minor > 0 THEN round(v_invoice.tax_minor::numeric * v_conceded / v_invoice.total_minor) ELSE 0 END;
  PERFORM issue_credit_memos(jsonb_build_array(jsonb_build_object('id', v_credit, 'customerId', v_invoice.customer_id,
    'number', v_invoice.number || '-C' || (SELECT count(*) + 1 FROM dispute WHERE invoice_id = v_invoice.id AND outcome = 'accepted' AND id <> p_id),
    'source', 'dispute', 'externalNumber', p_id, 'currency', v_invoice.currency, 'issuedOn', v_on, 'reason', 'dispute accepted',
    'netMinor', v_conceded - v_tax, 'taxMinor', v_tax, 'totalMinor', v_conceded)), p_now);
  v_answer := apply_credit(new_id(), v_credit, v_invoice.id, v_conceded, v_on, p_now);
  IF NOT (v_answer->>'ok')::boolean THEN RAISE EXCEPTION 'the credit of dispute % finds no invoice: %', p_id, v_answer USING ERRCODE = 'QT004'; END IF;
  RETURN jsonb_build_object('ok', true, 'closed', true, 'creditMemoId', v_credit);
END $$;

-- ------------------------------------------------------------------ grants

DO $$
BEGIN
  REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'quittance_app') THEN RETURN; END IF;
  GRANT EXECUTE ON FUNCTION open_dispute(jsonb, timestamptz), close_dispute(uuid, dispute_outcome, timestamptz) TO quittance_app;
END $$;
