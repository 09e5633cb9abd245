-- What a reversal takes is split to the unit: the surcharge stays between its bounds when an earlier reversal did not last, and a
-- discount goes with the part of its payment that goes, and comes back with it. Replaces functions; locks no table.

-- What still stands of the discounts and small differences that came with a payment.
CREATE OR REPLACE FUNCTION standing_discounts(p_payment_id uuid)
RETURNS TABLE (allocation_id uuid, adjustment_id uuid, invoice_id uuid, amount bigint) LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT a.id, a.adjustment_id, a.invoice_id, (a.amount_minor + coalesce(sum(r.amount_minor), 0))::bigint FROM adjustment d
    JOIN allocation a ON a.adjustment_id = d.id AND a.reverses_id IS NULL
    LEFT JOIN allocation r ON r.reverses_id = a.id
   WHERE d.payment_id = p_payment_id AND d.kind IN ('discount', 'tolerance')
   GROUP BY a.id HAVING a.amount_minor + coalesce(sum(r.amount_minor), 0) > 0
$$;

-- Money taken back: unapplied credit first, then the allocations, last applied first, each with its share of the discount that came
-- with it, and the surcharge in proportion. Where a person chose an invoice, that one goes first and the credit last. Cr where the
-- money went / Dr receivable, unapplied credit and surcharges / Cr discounts. Once per provider id.
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
  -- The invoice that a person chose to be opened again first; null: the order above.
  v_first uuid := (p_reversal->>'invoiceId')::uuid;
  v_surcharge bigint;
  -- Of the surcharge: all of it, and what has not gone back.
  v_surcharged bigint;
  v_kept bigint;
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

  -- The surcharge goes back in proportion: what the shares so far should sum to, less what has gone back. Once an earlier reversal
  -- did not last, the shares of the others need not sum to that, so it is held between what is left of the surcharge and what the
  -- rest of the payment cannot cover.
  SELECT coalesce(-sum(q.amount_minor), 0) INTO v_surcharged
    FROM journal j JOIN posting q ON q.journal_id = j.id AND q.account_code = 4100 WHERE j.posting_key = 'payment.settled:' || v_payment.id;
  v_kept := v_surcharged - standing_surcharge_returned(v_payment.id);
  v_surcharge := least(v_kept, v_amount, greatest(0, v_amount - (v_payment.received_minor - v_payment.reversed_minor - v_kept),
    round(v_surcharged::numeric * (v_payment.reversed_minor + v_amount) / v_payment.received_minor) - (v_surcharged - v_kept)));
  v_credit := CASE WHEN v_first IS NULL THEN least(v_payment.unallocated_minor, v_amount - v_surcharge) ELSE 0 END;
  v_rest := v_amount - v_surcharge - v_credit;
  v_legs := jsonb_build_array(jsonb_build_object('account', v_contra, 'amount', -v_amount), jsonb_build_object('account', 4100, 'amount', v_surcharge));
  FOR v_line IN
    SELECT a.id, a.invoice_id, a.amount_minor + coalesce((SELECT sum(r.amount_minor) FROM allocation r WHERE r.reverses_id = a.id), 0) AS standing
      FROM allocation a WHERE a.payment_id = v_payment.id AND a.reverses_id IS NULL
     ORDER BY (a.invoice_id IS NOT DISTINCT FROM v_first) DESC, a.recorded_at DESC, a.id DESC
  LOOP
    v_take := least(v_line.standing, v_rest);
    CONTINUE WHEN v_take <= 0;
    v_rest := v_rest - v_take;
    v_legs := v_legs || jsonb_build_object('account', 1100, 'amount', v_take, 'invoice', v_line.invoice_id);
    v_undone := v_undone || jsonb_build_object('allocation', v_line.id, 'invoice', v_line.invoice_id, 'amount', v_take);
  END LOOP;
  IF v_first IS NOT NULL THEN
    v_credit := least(v_payment.unallocated_minor, v_rest);
    v_rest := v_rest - v_credit;
  END IF;
  v_legs := v_legs || jsonb_build_object('account', 2200, 'amount', v_credit);
  IF v_rest <> 0 THEN
    RAISE EXCEPTION 'payment %: % of a reversal of % finds no allocation', v_payment.id, v_rest, v_amount USING ERRCODE = 'QT004';
  END IF;

  -- A discount falls with its payment, in proportion to what is taken of what the payment has on the invoice.
  SELECT coalesce(jsonb_agg(jsonb_build_object('allocation', fallen.allocation_id, 'adjustment', fallen.adjustment_id, 'invoice', fallen.invoice_id,
      'amount', fallen.amount)), '[]')
    INTO v_discounts FROM (
      SELECT d.allocation_id, d.adjustment_id, d.invoice_id, d.amount - round(d.amount::numeric * (stood.amount - undone.amount) / stood.amount) AS amount
        FROM standing_discounts(v_payment.id) d
        JOIN (SELECT (value->>'invoice')::uuid AS invoice_id, sum((value->>'amount')::bigint) AS amount FROM jsonb_array_elements(v_undone) GROUP BY 1) AS undone
          ON undone.invoice_id = d.invoice_id
        JOIN (SELECT invoice_id, sum(amount_minor) AS amount FROM allocation WHERE payment_id = v_payment.id GROUP BY invoice_id) AS stood
          ON stood.invoice_id = d.invoice_id) AS fallen
   WHERE fallen.amount > 0;
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
-- payable, / Cr surcharges / Cr unapplied credit for the rest. An invoice that is paid again as it was has its discount again. Once per
-- reversal.
CREATE OR REPLACE FUNCTION restore_payment(p_restoration jsonb, p_now timestamptz)
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
  FOR v_line IN
    SELECT d.kind, d.reason, d.invoice_id, -sum(a.amount_minor)::bigint AS fallen
      FROM allocation a JOIN adjustment d ON d.id = a.adjustment_id
     WHERE a.journal_id = v_reversal.journal_id AND EXISTS (
             SELECT FROM jsonb_array_elements(v_applied) AS again
              WHERE (again.value->>'invoice')::uuid = d.invoice_id AND (again.value->>'amount')::bigint = (
                      SELECT -sum(amount_minor) FROM allocation WHERE journal_id = v_reversal.journal_id AND payment_id IS NOT NULL AND invoice_id = d.invoice_id))
     GROUP BY d.id ORDER BY d.invoice_id, d.id
  LOOP
    SELECT least(v_line.fallen, open_minor - held_minor) INTO v_take FROM invoice WHERE id = v_line.invoice_id;
    CONTINUE WHEN v_take <= 0;
    PERFORM write_adjustment(new_id(), v_line.kind, v_line.invoice_id, v_take, v_line.reason, v_payment.id, NULL, NULL, v_on, p_now);
  END LOOP;
  IF v_rest > 0 THEN
    PERFORM write_account_event('credit.issued', v_payment.customer_id, v_on, v_payment.currency, v_rest, v_payment.id, v_journal, p_now);
  END IF;
  RETURN jsonb_build_object('ok', true, 'restored', true, 'journalId', v_journal);
END $$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
