-- Money back: refunds that people ask for, approve and send, and payers' banks that take a payment back. Both are decided and booked
-- here: what may be refunded, who must approve, and which account holds the money meanwhile. New columns have constant defaults, and
-- each constraint reads its small table once under a short lock.

ALTER TABLE "refund" ADD COLUMN "invoice_id" UUID, ADD COLUMN "credit_only" BOOLEAN NOT NULL DEFAULT false, ADD COLUMN "by_buyer" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "refund" ADD CONSTRAINT "refund_invoice_id_fkey" FOREIGN KEY ("invoice_id") REFERENCES "invoice"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE refund
  ADD CONSTRAINT refund_source CHECK (NOT credit_only OR invoice_id IS NULL),
  -- Nothing goes out without the write that was stored for it, and nothing is stored before it is approved.
  ADD CONSTRAINT refund_attempt CHECK ((attempt_id IS NULL) = (state IN ('requested', 'declined'))),
  ADD CONSTRAINT refund_known CHECK (state NOT IN ('pending', 'succeeded') OR provider_refund_id IS NOT NULL);

-- ------------------------------------------------------------------ state machines

-- requested -> approved -> sent -> pending -> succeeded | failed; requested -> declined. A bank may still send back what succeeded.
CREATE FUNCTION refund_may_move(p_from refund_state, p_to refund_state) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE p_from
    WHEN 'requested' THEN p_to IN ('approved', 'declined')
    WHEN 'approved' THEN p_to IN ('sent')
    WHEN 'sent' THEN p_to IN ('pending', 'succeeded', 'failed')
    WHEN 'pending' THEN p_to IN ('succeeded', 'failed')
    WHEN 'succeeded' THEN p_to IN ('failed')
    ELSE false
  END
$$;

-- inquiry -> needs_response -> under_review -> won | lost; an inquiry may end as such, a network may prevent the rest, and what was
-- lost may be appealed.
CREATE FUNCTION chargeback_may_move(p_from chargeback_state, p_to chargeback_state) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE p_from
    WHEN 'inquiry' THEN p_to IN ('inquiry_closed', 'needs_response', 'under_review', 'won', 'lost', 'prevented')
    WHEN 'needs_response' THEN p_to IN ('under_review', 'won', 'lost', 'prevented')
    WHEN 'under_review' THEN p_to IN ('won', 'lost', 'prevented')
    WHEN 'lost' THEN p_to IN ('needs_response', 'under_review', 'won')
    ELSE false
  END
$$;

-- none -> withdrawn -> lost | reinstated; a bank debit goes to lost at once, and an appeal brings back what was lost.
CREATE FUNCTION chargeback_money_may_move(p_from chargeback_money, p_to chargeback_money) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE p_from
    WHEN 'none' THEN p_to IN ('withdrawn', 'lost')
    WHEN 'withdrawn' THEN p_to IN ('lost', 'reinstated')
    WHEN 'lost' THEN p_to IN ('reinstated')
    ELSE false
  END
$$;

-- ------------------------------------------------------------------ letters

-- One letter about a payment to each of its customer's addresses: the account's, and that of whoever paid.
CREATE FUNCTION queue_payer_letters(p_payment payment, p_template text, p_key text, p_parameters jsonb, p_now timestamptz)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_address text;
BEGIN
  FOR v_address IN
    SELECT DISTINCT lower(each.address) FROM (
      SELECT email AS address FROM customer WHERE id = p_payment.customer_id
      UNION ALL SELECT email FROM person WHERE id = p_payment.created_by AND disabled_at IS NULL) AS each
     WHERE each.address IS NOT NULL
  LOOP
    PERFORM queue_mail(p_template || ':' || p_key || ':' || md5(v_address), p_template, v_address, p_payment.customer_id,
      p_parameters || '{"audience": "payer"}', p_now);
  END LOOP;
END $$;

-- One letter about a payment to the supplier's own people.
CREATE FUNCTION queue_staff_letter(p_payment payment, p_template text, p_key text, p_parameters jsonb, p_now timestamptz)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT queue_mail(p_template || ':' || p_key || ':staff', p_template, lower(email), p_payment.customer_id,
    p_parameters || '{"audience": "staff"}', p_now) FROM supplier
$$;

-- ------------------------------------------------------------------ reversing

-- Money taken back: unapplied credit first, then the allocations, last applied first, with the discount of an invoice that nothing
-- of the payment is left on, and the surcharge in proportion. Where a person chose an invoice, that one goes first and the credit
-- last. Cr where the money went / Dr receivable, unapplied credit and surcharges. Once per provider id.
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

-- ------------------------------------------------------------------ what may be refunded

-- Refunds of a payment that are asked for or under way and not yet booked.
CREATE FUNCTION refunds_in_flight(p_payment_id uuid, p_except uuid DEFAULT NULL) RETURNS bigint LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT coalesce(sum(amount_minor), 0)::bigint FROM refund
   WHERE payment_id = p_payment_id AND state IN ('requested', 'approved', 'sent') AND id IS DISTINCT FROM p_except
$$;

-- Minor units of a payment that a refund may take: of all of it, of its unapplied credit, or of what it paid on one invoice. What
-- other refunds have spoken for is left out.
CREATE FUNCTION refundable(p_payment payment, p_credit_only boolean, p_invoice_id uuid, p_except uuid) RETURNS bigint
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT greatest(0, least(p_payment.received_minor - p_payment.reversed_minor - refunds_in_flight(p_payment.id, p_except), CASE
    WHEN p_credit_only THEN p_payment.unallocated_minor
      - coalesce((SELECT sum(amount_minor) FROM refund WHERE payment_id = p_payment.id AND invoice_id IS NULL AND id IS DISTINCT FROM p_except
          AND state IN ('requested', 'approved', 'sent')), 0)
    WHEN p_invoice_id IS NOT NULL THEN
      coalesce((SELECT sum(amount_minor) FROM allocation WHERE payment_id = p_payment.id AND invoice_id = p_invoice_id), 0)
      - coalesce((SELECT sum(amount_minor) FROM refund WHERE payment_id = p_payment.id AND invoice_id = p_invoice_id AND id IS DISTINCT FROM p_except
          AND state IN ('requested', 'approved', 'sent')), 0)
    ELSE p_payment.received_minor END))::bigint
$$;

-- Why a refund cannot be made, as a refusal, or null. Bank debits: within 180 days, and in whole unless the supplier's account at the
-- provider takes parts. The payment must be locked.
CREATE FUNCTION refund_refusal(p_payment payment, p_amount bigint, p_credit_only boolean, p_invoice_id uuid, p_except uuid, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE
  v_refundable bigint;
BEGIN
  IF p_payment.state <> 'settled' OR p_payment.stripe_payment_intent_id IS NULL THEN RETURN refusal('REFUND_NOT_OFFERED'); END IF;
  IF EXISTS (SELECT FROM chargeback WHERE payment_id = p_payment.id AND state IN ('needs_response', 'under_review')) THEN
    RETURN refusal('REFUND_CHARGED_BACK');
  END IF;
  IF p_amount <= 0 THEN RETURN refusal('AMOUNT_NOT_POSITIVE'); END IF;
  IF p_payment.method = 'us_bank_account' AND business_date(p_now) > p_payment.settled_on + 180 THEN
    RETURN refusal('REFUND_TOO_LATE', jsonb_build_object('lastOn', p_payment.settled_on + 180));
  END IF;
  v_refundable := refundable(p_payment, p_credit_only, p_invoice_id, p_except);
  IF p_amount > v_refundable THEN
    RETURN refusal('REFUND_EXCEEDS', jsonb_build_object('refundableMinor', v_refundable::text, 'currency', p_payment.currency));
  END IF;
  IF p_payment.method = 'us_bank_account' AND p_amount <> p_payment.received_minor
     AND NOT coalesce((SELECT ach_partial_refund FROM payment_policy WHERE currency = p_payment.currency), false) THEN
    RETURN refusal('REFUND_ONLY_WHOLE', jsonb_build_object('refundableMinor', p_payment.received_minor::text, 'currency', p_payment.currency));
  END IF;
  RETURN NULL;
END $$;

-- Whether a refund needs a manager who did not ask for it: above the limit, together with what of the same payment was refunded
-- without a second person, so that parts do not slip below it. Without a policy the limit is the column's default.
CREATE FUNCTION refund_needs_manager(p_payment payment, p_amount bigint, p_except uuid) RETURNS boolean LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT p_amount + coalesce((SELECT sum(amount_minor) FROM refund WHERE payment_id = p_payment.id AND decided_by IS NULL
           AND state NOT IN ('requested', 'declined', 'failed') AND id IS DISTINCT FROM p_except), 0)
       > coalesce((SELECT second_approval_minor FROM payment_policy WHERE currency = p_payment.currency), 50000)
$$;

-- ------------------------------------------------------------------ asking and deciding

-- Stores the write that sends a refund, with a job that sends it should the web process die first. Answers the attempt's id.
CREATE FUNCTION approve_refund(p_refund refund, p_attempt jsonb, p_decided_by uuid, p_note text, p_now timestamptz)
RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_attempt uuid := (p_attempt->>'id')::uuid;
BEGIN
  PERFORM record_attempt(p_attempt || jsonb_build_object('paymentId', p_refund.payment_id), p_now);
  UPDATE refund SET state = 'approved', attempt_id = v_attempt, decided_by = p_decided_by, decision_note = p_note, updated_at = p_now WHERE id = p_refund.id;
  PERFORM graphile_worker.add_job('payments:send-attempt', json_build_object('attemptId', v_attempt),
    run_at := clock_timestamp() + interval '15 seconds', job_key := 'payments:send-attempt:' || v_attempt, max_attempts := 25);
  RETURN v_attempt;
END $$;

-- Asks for a refund, under the payment's lock. The id comes from the form: the same id and body again answers created = false. Staff's
-- own request up to the limit is approved at once; a buyer's, and one above the limit, waits for a person.
CREATE FUNCTION request_refund(p_refund jsonb, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_refund refund;
  v_known refund;
  v_payment payment;
  v_refusal jsonb;
BEGIN
  SELECT * INTO v_refund FROM jsonb_populate_record(NULL::refund, jsonb_build_object('id', p_refund->'id', 'payment_id', p_refund->'paymentId',
    'amount_minor', p_refund->'amountMinor', 'reason', p_refund->'reason', 'requested_by', p_refund->'requestedBy',
    'by_buyer', p_refund->'byBuyer', 'credit_only', p_refund->'creditOnly', 'invoice_id', p_refund->'invoiceId'));
  SELECT * INTO v_payment FROM payment WHERE id = v_refund.payment_id FOR UPDATE;
  IF NOT FOUND OR v_payment.customer_id <> coalesce((p_refund->>'customerId')::uuid, v_payment.customer_id) THEN RETURN refusal('PAYMENT_NOT_FOUND'); END IF;
  SELECT * INTO v_known FROM refund WHERE id = v_refund.id;
  IF FOUND THEN
    IF (v_known.payment_id, v_known.amount_minor, v_known.reason, v_known.credit_only, v_known.invoice_id)
       IS DISTINCT FROM (v_refund.payment_id, v_refund.amount_minor, v_refund.reason, v_refund.credit_only, v_refund.invoice_id) THEN
      RETURN refusal('REFUND_SUBMITTED_DIFFERENTLY');
    END IF;
    RETURN jsonb_build_object('ok', true, 'created', false, 'state', v_known.state, 'attemptId', v_known.attempt_id);
  END IF;
  v_refusal := refund_refusal(v_payment, v_refund.amount_minor, v_refund.credit_only, v_refund.invoice_id, NULL, p_now);
  IF v_refusal IS NOT NULL THEN RETURN v_refusal; END IF;

  INSERT INTO refund (id, payment_id, amount_minor, reason, state, requested_by, by_buyer, credit_only, invoice_id, created_at, updated_at)
  VALUES (v_refund.id, v_payment.id, v_refund.amount_minor, v_refund.reason, 'requested', v_refund.requested_by, v_refund.by_buyer,
    v_refund.credit_only, v_refund.invoice_id, p_now, p_now);
  IF v_refund.by_buyer OR refund_needs_manager(v_payment, v_refund.amount_minor, v_refund.id) THEN
    RETURN jsonb_build_object('ok', true, 'created', true, 'state', 'requested', 'attemptId', NULL);
  END IF;
  RETURN jsonb_build_object('ok', true, 'created', true, 'state', 'approved',
    'attemptId', approve_refund(v_refund, p_refund->'attempt', NULL, NULL, p_now));
END $$;

-- Approves or declines a refund that waits: never by who asked for it, above the limit by a manager, else by any of the staff.
CREATE FUNCTION decide_refund(p_decision jsonb, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_id uuid := (p_decision->>'refundId')::uuid;
  v_by uuid := (p_decision->>'decidedBy')::uuid;
  v_approves boolean := (p_decision->>'approve')::boolean;
  v_payment payment;
  v_refund refund;
  v_role staff_role;
  v_refusal jsonb;
BEGIN
  SELECT p.* INTO v_payment FROM payment p WHERE p.id = (SELECT payment_id FROM refund WHERE id = v_id) FOR UPDATE;
  SELECT * INTO v_refund FROM refund WHERE id = v_id FOR UPDATE;
  IF NOT FOUND THEN RETURN refusal('REFUND_NOT_FOUND'); END IF;
  IF v_refund.state <> 'requested' THEN
    IF v_refund.decided_by = v_by AND (v_refund.state <> 'declined') = v_approves THEN
      RETURN jsonb_build_object('ok', true, 'changed', false, 'attemptId', v_refund.attempt_id);
    END IF;
    RETURN refusal('REFUND_DECIDED');
  END IF;
  SELECT role INTO v_role FROM staff_member s JOIN person p ON p.id = s.person_id AND p.disabled_at IS NULL WHERE s.person_id = v_by;
  IF v_role IS NULL OR v_refund.requested_by = v_by THEN RETURN refusal('REFUND_NEEDS_ANOTHER'); END IF;
  IF v_role <> 'manager' AND (NOT v_refund.by_buyer OR refund_needs_manager(v_payment, v_refund.amount_minor, v_id)) THEN
    RETURN refusal('REFUND_NEEDS_MANAGER');
  END IF;
  IF NOT v_approves THEN
    UPDATE refund SET state = 'declined', decided_by = v_by, decision_note = p_decision->>'note', updated_at = p_now WHERE id = v_id;
    IF v_refund.by_buyer THEN
      PERFORM queue_payer_letters(v_payment, 'refund-declined', v_id::text, jsonb_build_object('refundId', v_id), p_now);
    END IF;
    RETURN jsonb_build_object('ok', true, 'changed', true, 'attemptId', NULL);
  END IF;
  v_refusal := refund_refusal(v_payment, v_refund.amount_minor, v_refund.credit_only, v_refund.invoice_id, v_id, p_now);
  IF v_refusal IS NOT NULL THEN RETURN v_refusal; END IF;
  RETURN jsonb_build_object('ok', true, 'changed', true,
    'attemptId', approve_refund(v_refund, p_decision->'attempt', v_by, p_decision->>'note', p_now));
END $$;

-- ------------------------------------------------------------------ what became of a refund

-- A refund that did not arrive: the payer was told, or asked for it, and a person finds another way to give the money back.
CREATE FUNCTION report_failed_refund(p_payment payment, p_refund refund, p_code text, p_now timestamptz)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF p_refund.by_buyer OR p_refund.state IN ('pending', 'succeeded') THEN
    PERFORM queue_payer_letters(p_payment, 'refund-failed', p_refund.id::text, jsonb_build_object('refundId', p_refund.id), p_now);
  END IF;
  PERFORM queue_staff_letter(p_payment, 'refund-failed', p_refund.id::text, jsonb_build_object('refundId', p_refund.id), p_now);
  PERFORM open_exception('refund.failed', 'refund.failed:' || p_refund.id, jsonb_build_object('subjectId', p_payment.id,
    'customerId', p_payment.customer_id, 'refundId', p_refund.id, 'amountMinor', p_refund.amount_minor::text, 'code', p_code), p_now);
END $$;

-- A refund on its way to the provider (sent), or one that the provider has refused (failed). Neither moves money.
CREATE FUNCTION note_refund_write(p_attempt_id uuid, p_to refund_state, p_code text, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_payment payment;
  v_refund refund;
BEGIN
  IF p_to NOT IN ('sent', 'failed') THEN RAISE EXCEPTION 'a write makes no refund %', p_to USING ERRCODE = 'QT004'; END IF;
  SELECT p.* INTO STRICT v_payment FROM payment p WHERE p.id = (SELECT payment_id FROM refund WHERE attempt_id = p_attempt_id) FOR UPDATE;
  SELECT * INTO STRICT v_refund FROM refund WHERE attempt_id = p_attempt_id FOR UPDATE;
  -- A reading may have been quicker than the answer.
  IF NOT refund_may_move(v_refund.state, p_to) THEN RETURN jsonb_build_object('ok', true, 'changed', false); END IF;
  UPDATE refund SET state = p_to, failure_code = p_code, updated_at = p_now WHERE id = v_refund.id;
  IF p_to = 'failed' THEN PERFORM report_failed_refund(v_payment, v_refund, p_code, p_now); END IF;
  RETURN jsonb_build_object('ok', true, 'changed', true);
END $$;

-- Books what the provider says of a refund of ours. Under way: Dr receivable, unapplied credit and surcharge / Cr refunds payable.
-- Arrived: Dr refunds payable / Cr provider clearing. Failed: both again the other way round. Stale news changes nothing.
CREATE FUNCTION sync_refund(p_reading jsonb, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_new refund_state := (p_reading->>'status')::refund_state;
  v_provider text := p_reading->>'providerRefundId';
  v_on date := (p_reading->>'effectiveOn')::date;
  v_payment payment;
  v_refund refund;
  v_from refund_state;
  v_answer jsonb;
BEGIN
  SELECT * INTO STRICT v_payment FROM payment WHERE id = (p_reading->>'paymentId')::uuid FOR UPDATE;
  SELECT * INTO STRICT v_refund FROM refund WHERE id = (p_reading->>'refundId')::uuid AND payment_id = v_payment.id FOR UPDATE;
  v_from := CASE v_refund.state WHEN 'approved' THEN 'sent' ELSE v_refund.state END;
  IF NOT refund_may_move(v_from, v_new) THEN
    IF v_refund.state IN ('requested', 'declined') THEN
      RAISE EXCEPTION 'refund % is % and has gone out', v_refund.id, v_refund.state USING ERRCODE = 'QT004';
    END IF;
    RETURN jsonb_build_object('ok', true, 'changed', false, 'state', v_refund.state);
  END IF;

  IF v_new IN ('pending', 'succeeded') AND v_from = 'sent' THEN
    v_answer := reverse_payment(jsonb_build_object('id', new_id(), 'paymentId', v_payment.id, 'kind', 'refund', 'amountMinor', v_refund.amount_minor::text,
      'providerId', v_provider, 'reason', v_refund.reason, 'effectiveOn', v_on, 'contra', 2400, 'invoiceId', v_refund.invoice_id), p_now);
    IF NOT (v_answer->>'ok')::boolean THEN RETURN v_answer; END IF;
    PERFORM queue_payer_letters(v_payment, 'refund-made', v_refund.id::text, jsonb_build_object('refundId', v_refund.id), p_now);
  END IF;
  IF v_new = 'succeeded' THEN
    PERFORM write_journal('refund.paid', 'refund.paid:' || v_refund.id, v_payment.customer_id, v_payment.id, NULL, v_on, v_payment.currency,
      jsonb_build_array(jsonb_build_object('account', 2400, 'amount', v_refund.amount_minor),
        jsonb_build_object('account', 1200, 'amount', -v_refund.amount_minor)), p_now);
  END IF;
  IF v_new = 'failed' THEN
    IF v_from = 'succeeded' THEN
      PERFORM write_journal('refund.returned', 'refund.returned:' || v_refund.id, v_payment.customer_id, v_payment.id,
        (SELECT id FROM journal WHERE posting_key = 'refund.paid:' || v_refund.id), v_on, v_payment.currency,
        jsonb_build_array(jsonb_build_object('account', 1200, 'amount', v_refund.amount_minor),
          jsonb_build_object('account', 2400, 'amount', -v_refund.amount_minor)), p_now);
    END IF;
    IF v_from IN ('pending', 'succeeded') THEN
      PERFORM restore_payment(jsonb_build_object('id', new_id(), 'providerId', v_provider, 'effectiveOn', v_on, 'contra', 2400), p_now);
    END IF;
    PERFORM report_failed_refund(v_payment, v_refund, p_reading->>'failureCode', p_now);
  END IF;
  UPDATE refund SET state = v_new, provider_refund_id = v_provider, failure_code = p_reading->>'failureCode', updated_at = p_now WHERE id = v_refund.id;
  RETURN jsonb_build_object('ok', true, 'changed', true, 'state', v_new);
END $$;

-- ------------------------------------------------------------------ chargebacks

-- Books what the provider says of a chargeback. Withdrawn: Dr chargebacks pending / Cr provider clearing, and the invoices stay paid
-- while the bank decides. Lost: they open again out of chargebacks pending. Reinstated: Dr provider clearing / Cr chargebacks pending.
-- What cannot be contested (bank debits; a charge that the network took back) opens the invoices at once. An inquiry moves nothing.
-- `moved` says which of these this reading did.
CREATE FUNCTION record_chargeback(p_reading jsonb, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_provider text := p_reading->>'disputeId';
  v_state chargeback_state := (p_reading->>'state')::chargeback_state;
  v_withdrawn boolean := (p_reading->>'isWithdrawn')::boolean;
  v_reinstated boolean := (p_reading->>'isReinstated')::boolean;
  v_on date := (p_reading->>'withdrawnOn')::date;
  v_today date := business_date(p_now);
  v_payment payment;
  v_known chargeback;
  v_moved text;
  v_answer jsonb;
BEGIN
  SELECT * INTO STRICT v_payment FROM payment WHERE id = (p_reading->>'paymentId')::uuid FOR UPDATE;
  SELECT * INTO v_known FROM chargeback WHERE provider_dispute_id = v_provider FOR UPDATE;
  IF NOT FOUND THEN
    INSERT INTO chargeback (id, payment_id, provider_dispute_id, amount_minor, currency, reason, network_code, state, evidence_due_at, opened_at, updated_at)
    VALUES (new_id(), v_payment.id, v_provider, (p_reading->>'amountMinor')::bigint, v_payment.currency, p_reading->>'reason', p_reading->>'networkCode',
      v_state, (p_reading->>'evidenceDueAt')::timestamptz, (p_reading->>'openedAt')::timestamptz, p_now) RETURNING * INTO v_known;
    v_moved := 'opened';
  ELSIF chargeback_may_move(v_known.state, v_state) THEN
    v_moved := CASE WHEN v_known.state = 'inquiry' AND v_state IN ('needs_response', 'under_review') THEN 'opened' END;
    UPDATE chargeback SET state = v_state, evidence_due_at = (p_reading->>'evidenceDueAt')::timestamptz,
        network_code = coalesce(p_reading->>'networkCode', network_code), updated_at = p_now WHERE id = v_known.id RETURNING * INTO v_known;
  END IF;

  IF v_known.money = 'none' AND v_withdrawn THEN
    IF (p_reading->>'isFinal')::boolean OR v_known.state = 'prevented' THEN
      v_answer := reverse_payment(jsonb_build_object('id', new_id(), 'paymentId', v_payment.id, 'amountMinor', v_known.amount_minor::text,
        'kind', CASE WHEN (p_reading->>'isFinal')::boolean THEN 'bank_return' ELSE 'chargeback' END,
        'providerId', v_provider, 'reason', v_known.reason, 'effectiveOn', v_on, 'contra', 1200), p_now);
      IF NOT (v_answer->>'ok')::boolean THEN RETURN v_answer; END IF;
      v_known.money := 'lost';
      v_moved := CASE WHEN (p_reading->>'isFinal')::boolean THEN 'returned' ELSE 'lost' END;
    ELSE
      PERFORM write_journal('chargeback.withdrawn', 'chargeback.withdrawn:' || v_known.id, v_payment.customer_id, v_payment.id, NULL, v_on, v_payment.currency,
        jsonb_build_array(jsonb_build_object('account', 1400, 'amount', v_known.amount_minor),
          jsonb_build_object('account', 1200, 'amount', -v_known.amount_minor)), p_now);
      v_known.money := 'withdrawn';
    END IF;
    UPDATE chargeback SET money = v_known.money, updated_at = p_now WHERE id = v_known.id;
  END IF;
  IF v_reinstated AND chargeback_money_may_move(v_known.money, 'reinstated') THEN
    IF v_known.money = 'withdrawn' THEN
      PERFORM write_journal('chargeback.reinstated', 'chargeback.reinstated:' || v_known.id, v_payment.customer_id, v_payment.id,
        (SELECT id FROM journal WHERE posting_key = 'chargeback.withdrawn:' || v_known.id), v_today, v_payment.currency,
        jsonb_build_array(jsonb_build_object('account', 1200, 'amount', v_known.amount_minor),
          jsonb_build_object('account', 1400, 'amount', -v_known.amount_minor)), p_now);
    ELSE
      PERFORM restore_payment(jsonb_build_object('id', new_id(), 'providerId', v_provider, 'effectiveOn', v_today, 'contra', 1200), p_now);
    END IF;
    v_known.money := 'reinstated';
    v_moved := 'won';
    UPDATE chargeback SET money = v_known.money, updated_at = p_now WHERE id = v_known.id;
  END IF;
  IF v_known.money = 'withdrawn' AND v_known.state IN ('lost', 'prevented') THEN
    v_answer := reverse_payment(jsonb_build_object('id', new_id(), 'paymentId', v_payment.id, 'kind', 'chargeback', 'amountMinor', v_known.amount_minor::text,
      'providerId', v_provider, 'reason', v_known.reason, 'effectiveOn', v_today, 'contra', 1400), p_now);
    IF NOT (v_answer->>'ok')::boolean THEN RETURN v_answer; END IF;
    v_known.money := 'lost';
    v_moved := 'lost';
    UPDATE chargeback SET money = v_known.money, updated_at = p_now WHERE id = v_known.id;
  END IF;

  -- A bank return ('returned') has letters of its own, with what it means for the next debit.
  IF v_moved IN ('opened', 'won', 'lost') THEN
    PERFORM queue_staff_letter(v_payment, 'chargeback-' || v_moved, v_known.id || ':' || v_known.state, jsonb_build_object('chargebackId', v_known.id), p_now);
    -- The bank asks the supplier alone while it only inquires.
    IF v_known.money <> 'none' THEN
      PERFORM queue_payer_letters(v_payment, 'chargeback-' || v_moved, v_known.id || ':' || v_known.state, jsonb_build_object('chargebackId', v_known.id), p_now);
    END IF;
  END IF;
  RETURN jsonb_build_object('ok', true, 'chargebackId', v_known.id, 'state', v_known.state, 'money', v_known.money, 'moved', v_moved);
END $$;

-- Stores an answer to a chargeback before it is sent: evidence, once, or giving up. The attempt's id comes from the form.
CREATE FUNCTION answer_chargeback(p_answer jsonb, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_chargeback chargeback;
  v_attempt uuid := (p_answer->'attempt'->>'id')::uuid;
  v_operation text := p_answer->'attempt'->>'operation';
BEGIN
  PERFORM 1 FROM payment WHERE id = (SELECT payment_id FROM chargeback WHERE id = (p_answer->>'chargebackId')::uuid) FOR UPDATE;
  SELECT * INTO v_chargeback FROM chargeback WHERE id = (p_answer->>'chargebackId')::uuid FOR UPDATE;
  IF NOT FOUND THEN RETURN refusal('CHARGEBACK_NOT_FOUND'); END IF;
  IF EXISTS (SELECT FROM payment_attempt WHERE id = v_attempt AND operation = v_operation) THEN
    RETURN jsonb_build_object('ok', true, 'created', false, 'attemptId', v_attempt);
  END IF;
  IF v_chargeback.state NOT IN ('inquiry', 'needs_response') OR v_chargeback.accepted_at IS NOT NULL THEN RETURN refusal('CHARGEBACK_NOT_OPEN'); END IF;
  IF EXISTS (SELECT FROM payment_attempt WHERE payment_id = v_chargeback.payment_id AND operation IN ('disputes.update', 'disputes.close')
      AND state IN ('recorded', 'sent', 'unknown') AND request->>'dispute' = v_chargeback.provider_dispute_id) THEN
    RETURN refusal('CHARGEBACK_UNDER_CHECK');
  END IF;
  IF v_operation = 'disputes.update' AND v_chargeback.evidence_sent_at IS NOT NULL THEN RETURN refusal('CHARGEBACK_ANSWERED'); END IF;
  IF v_operation = 'disputes.update' AND p_now > v_chargeback.evidence_due_at THEN RETURN refusal('CHARGEBACK_TOO_LATE'); END IF;
  PERFORM record_attempt((p_answer->'attempt') || jsonb_build_object('paymentId', v_chargeback.payment_id), p_now);
  UPDATE chargeback SET evidence_text = coalesce(p_answer->>'evidenceText', evidence_text), updated_at = p_now WHERE id = v_chargeback.id;
  PERFORM graphile_worker.add_job('payments:send-attempt', json_build_object('attemptId', v_attempt),
    run_at := clock_timestamp() + interval '15 seconds', job_key := 'payments:send-attempt:' || v_attempt, max_attempts := 25);
  RETURN jsonb_build_object('ok', true, 'created', true, 'attemptId', v_attempt);
END $$;

-- The provider has taken an answer.
CREATE FUNCTION note_chargeback_answer(p_dispute_id text, p_operation text, p_now timestamptz)
RETURNS jsonb LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE chargeback SET evidence_sent_at = CASE WHEN p_operation = 'disputes.update' THEN coalesce(evidence_sent_at, p_now) ELSE evidence_sent_at END,
      accepted_at = CASE WHEN p_operation = 'disputes.close' THEN coalesce(accepted_at, p_now) ELSE accepted_at END, updated_at = p_now
    WHERE provider_dispute_id = p_dispute_id RETURNING jsonb_build_object('ok', true)
$$;

-- ------------------------------------------------------------------ bank returns

-- Tells both sides that a bank debit came to nothing: `failed` before it counted as paid, `returned` after. Once for each.
CREATE FUNCTION report_bank_return(p_payment_id uuid, p_kind text, p_code text, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_payment payment;
  v_parameters jsonb := jsonb_build_object('paymentId', p_payment_id, 'kind', p_kind, 'code', p_code);
BEGIN
  SELECT * INTO STRICT v_payment FROM payment WHERE id = p_payment_id;
  PERFORM queue_payer_letters(v_payment, 'bank-return', p_payment_id || ':' || p_kind, v_parameters, p_now);
  PERFORM queue_staff_letter(v_payment, 'bank-return', p_payment_id || ':' || p_kind, v_parameters, p_now);
  RETURN jsonb_build_object('ok', true);
END $$;

-- ------------------------------------------------------------------ grants

DO $$
BEGIN
  REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'quittance_app') THEN RETURN; END IF;
  -- Who approved what, and which money is where, is written by the functions above alone.
  REVOKE INSERT, UPDATE ON refund, chargeback FROM quittance_app;
  GRANT EXECUTE ON FUNCTION refund_may_move(refund_state, refund_state), chargeback_may_move(chargeback_state, chargeback_state),
    chargeback_money_may_move(chargeback_money, chargeback_money), refunds_in_flight(uuid, uuid), refundable(payment, boolean, uuid, uuid),
    refund_needs_manager(payment, bigint, uuid), refund_refusal(payment, bigint, boolean, uuid, uuid, timestamptz),
    request_refund(jsonb, timestamptz), decide_refund(jsonb, timestamptz), note_refund_write(uuid, refund_state, text, timestamptz),
    sync_refund(jsonb, timestamptz), record_chargeback(jsonb, timestamptz), answer_chargeback(jsonb, timestamptz),
    note_chargeback_answer(text, text, timestamptz), report_bank_return(uuid, text, text, timestamptz) TO quittance_app;
END $$;
