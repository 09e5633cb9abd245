-- Posting functions for invoices, credits and history. They alone write the books: one call, one transaction,
-- locks in id order, every leg and every ledger event written together. Amounts in jsonb are decimal strings of minor
-- units, dates are YYYY-MM-DD. Runs on new tables; locks nothing that is in use.

-- ------------------------------------------------------------------ building blocks

-- One ledger event with its salt; the subject's own salt is made with its first event. Answers the event's id.
CREATE FUNCTION write_ledger_event(p_type text, p_subject_kind text, p_subject_id uuid, p_sequence integer, p_occurred_on date,
  p_currency text, p_amount bigint, p_open_after bigint, p_relates_to uuid, p_customer_id uuid, p_journal_id uuid, p_now timestamptz)
RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_id uuid := new_id();
BEGIN
  INSERT INTO ledger_event (id, type, subject_kind, subject_id, sequence, occurred_on, recorded_at, currency, amount_minor,
    open_after_minor, relates_to, certainty, customer_id, journal_id)
  VALUES (v_id, p_type, p_subject_kind, p_subject_id, p_sequence, p_occurred_on, p_now, p_currency, p_amount,
    p_open_after, p_relates_to, 'confirmed', p_customer_id, p_journal_id);
  INSERT INTO ledger_salt (owner_id, owner_kind, salt, created_at) VALUES (v_id, 'event', gen_random_bytes(32), p_now);
  IF p_sequence = 1 THEN
    INSERT INTO ledger_salt (owner_id, owner_kind, salt, created_at) VALUES (p_subject_id, 'subject', gen_random_bytes(32), p_now);
  END IF;
  RETURN v_id;
END $$;

-- An event about a customer account. Its openAfter is the account's unapplied credit in that currency.
-- Takes the customer's lock: call it after the invoices are locked.
CREATE FUNCTION write_account_event(p_type text, p_customer_id uuid, p_occurred_on date, p_currency text, p_amount bigint,
  p_relates_to uuid, p_journal_id uuid, p_now timestamptz)
RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_sequence integer;
  v_unapplied bigint;
BEGIN
  UPDATE customer SET ledger_sequence = ledger_sequence + 1 WHERE id = p_customer_id RETURNING ledger_sequence INTO STRICT v_sequence;
  SELECT coalesce((SELECT sum(unallocated_minor) FROM payment WHERE customer_id = p_customer_id AND currency = p_currency), 0)
       + coalesce((SELECT sum(remaining_minor) FROM credit_memo WHERE customer_id = p_customer_id AND currency = p_currency), 0)
    INTO v_unapplied;
  RETURN write_ledger_event(p_type, 'customer', p_customer_id, v_sequence, p_occurred_on, p_currency, p_amount, v_unapplied,
    p_relates_to, p_customer_id, p_journal_id, p_now);
END $$;

-- A journal from its legs [{account, amount, invoice?}]; legs of zero are left out. Answers the journal's id.
CREATE FUNCTION write_journal(p_kind text, p_posting_key text, p_customer_id uuid, p_record_id uuid, p_corrects_id uuid,
  p_effective_on date, p_currency text, p_legs jsonb, p_now timestamptz)
RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_id uuid := new_id();
BEGIN
  INSERT INTO journal (id, kind, posting_key, customer_id, record_id, corrects_id, effective_on, recorded_at)
  VALUES (v_id, p_kind, p_posting_key, p_customer_id, p_record_id, p_corrects_id, p_effective_on, p_now);
  INSERT INTO posting (journal_id, line_no, account_code, currency, amount_minor, customer_id, invoice_id, effective_on, recorded_at)
  SELECT v_id, row_number() OVER (ORDER BY leg.ordinality), (leg.value->>'account')::integer, p_currency, (leg.value->>'amount')::bigint,
         p_customer_id, (leg.value->>'invoice')::uuid, p_effective_on, p_now
    FROM jsonb_array_elements(p_legs) WITH ORDINALITY AS leg
   WHERE (leg.value->>'amount')::bigint <> 0;
  RETURN v_id;
END $$;

-- The printed document of an invoice row: version, lines, taxes.
CREATE FUNCTION write_invoice_versions(p_rows jsonb, p_now timestamptz)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  SET plan_cache_mode = force_custom_plan AS $$
BEGIN
  INSERT INTO invoice_version (invoice_id, version, po_number, note, content_hash, amount_hash, currency, issued_on, due_on, net_minor,
    tax_minor, rounding_minor, total_minor, recorded_at)
  SELECT r.id, i.document_version, r."poNumber", r.note, r."contentHash", r."amountHash", i.currency, i.issued_on, r."dueOn", r."netMinor",
         r."taxMinor", coalesce(r."roundingMinor", 0), r."totalMinor", p_now
    FROM jsonb_to_recordset(p_rows) AS r(id uuid, "poNumber" text, note text, "contentHash" text, "amountHash" text, "dueOn" date,
      "netMinor" bigint, "taxMinor" bigint, "roundingMinor" bigint, "totalMinor" bigint)
    JOIN invoice i ON i.id = r.id;
  INSERT INTO invoice_line (invoice_id, version, position, description, quantity, unit, unit_price_minor, net_minor, tax_rate_bps)
  SELECT r.id, i.document_version, l.position, l.description, l.quantity, l.unit, l."unitPriceMinor", l."netMinor", coalesce(l."taxRateBps", 0)
    FROM jsonb_to_recordset(p_rows) AS r(id uuid, lines jsonb)
    JOIN invoice i ON i.id = r.id
    CROSS JOIN jsonb_to_recordset(coalesce(r.lines, '[]')) AS l(position integer, description text, quantity numeric, unit text,
      "unitPriceMinor" numeric, "netMinor" bigint, "taxRateBps" integer);
  INSERT INTO invoice_tax (invoice_id, version, tax_rate_bps, net_minor, tax_minor)
  SELECT r.id, i.document_version, t."taxRateBps", t."netMinor", t."taxMinor"
    FROM jsonb_to_recordset(p_rows) AS r(id uuid, taxes jsonb)
    JOIN invoice i ON i.id = r.id
    CROSS JOIN jsonb_to_recordset(coalesce(r.taxes, '[]')) AS t("taxRateBps" integer, "netMinor" bigint, "taxMinor" bigint);
END $$;

-- ------------------------------------------------------------------ invoices

-- Issues invoices, set-based: Dr receivable / Cr revenue, tax and rounding; one ledger event each.
CREATE FUNCTION issue_invoices(p_rows jsonb, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  v_count integer;
BEGIN
  INSERT INTO invoice (id, customer_id, kind, number, source, external_number, site_id, currency, issued_on, due_on, po_number,
    net_minor, tax_minor, rounding_minor, total_minor, open_minor, ledger_sequence, created_at)
  SELECT r.id, r."customerId", coalesce(r.kind, 'invoice')::invoice_kind, r.number, r.source, r."externalNumber", r."siteId", r.currency,
         r."issuedOn", r."dueOn", r."poNumber", r."netMinor", r."taxMinor", coalesce(r."roundingMinor", 0), r."totalMinor", r."totalMinor", 1, p_now
    FROM jsonb_to_recordset(p_rows) AS r(id uuid, "customerId" uuid, kind text, number text, source text, "externalNumber" text,
      "siteId" text, currency text, "issuedOn" date, "dueOn" date, "poNumber" text, "netMinor" bigint, "taxMinor" bigint,
      "roundingMinor" bigint, "totalMinor" bigint);
  GET DIAGNOSTICS v_count = ROW_COUNT;
  PERFORM write_invoice_versions(p_rows, p_now);

  WITH issued AS MATERIALIZED (
    SELECT i.*, new_id() AS journal_id, new_id() AS event_id
      FROM jsonb_array_elements(p_rows) WITH ORDINALITY AS r(value, position)
      JOIN invoice i ON i.id = (r.value->>'id')::uuid ORDER BY r.position
  ), journals AS (
    INSERT INTO journal (id, kind, posting_key, customer_id, record_id, effective_on, recorded_at)
    SELECT journal_id, 'invoice.issued', 'invoice.issued:' || id, customer_id, id, issued_on, p_now FROM issued
  ), postings AS (
    INSERT INTO posting (journal_id, line_no, account_code, currency, amount_minor, customer_id, invoice_id, effective_on, recorded_at)
    SELECT issued.journal_id, leg.line_no, leg.account, issued.currency, leg.amount, issued.customer_id, issued.id, issued.issued_on, p_now
      FROM issued CROSS JOIN LATERAL (VALUES (1, 1100, issued.total_minor), (2, 4000, -issued.net_minor), (3, 2100, -issued.tax_minor),
        (4, 5900, -issued.rounding_minor)) AS leg(line_no, account, amount)
     WHERE leg.amount <> 0
  ), events AS (
    INSERT INTO ledger_event (id, type, subject_kind, subject_id, sequence, occurred_on, recorded_at, currency, amount_minor,
      open_after_minor, relates_to, certainty, customer_id, journal_id)
    SELECT event_id, 'invoice.issued', 'invoice', id, 1, issued_on, p_now, currency, total_minor, total_minor, NULL, 'confirmed',
           customer_id, journal_id FROM issued
  )
  INSERT INTO ledger_salt (owner_id, owner_kind, salt, created_at)
  SELECT event_id, 'event', gen_random_bytes(32), p_now FROM issued
  UNION ALL SELECT id, 'subject', gen_random_bytes(32), p_now FROM issued;

  RETURN jsonb_build_object('ok', true, 'count', v_count);
END $$;

-- A changed text or PO number: a new version of the document, nothing in the books.
CREATE FUNCTION revise_invoice_documents(p_rows jsonb, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  v_count integer;
BEGIN
  PERFORM 1 FROM invoice WHERE id IN (SELECT (value->>'id')::uuid FROM jsonb_array_elements(p_rows)) ORDER BY id FOR UPDATE;
  UPDATE invoice i SET document_version = i.document_version + 1, po_number = r."poNumber"
    FROM jsonb_to_recordset(p_rows) AS r(id uuid, "poNumber" text) WHERE i.id = r.id;
  GET DIAGNOSTICS v_count = ROW_COUNT;
  PERFORM write_invoice_versions(p_rows, p_now);
  RETURN jsonb_build_object('ok', true, 'count', v_count);
END $$;

-- Replaces amounts or dates of a posted invoice: the last issue is reversed and the new amounts are posted, both today.
CREATE FUNCTION correct_invoice(p_correction_id uuid, p_row jsonb, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_invoice invoice;
  v_row record;
  v_used bigint;
  v_previous uuid;
  v_journal uuid;
  v_today date := business_date(p_now);
BEGIN
  SELECT * INTO v_row FROM jsonb_to_record(p_row) AS r(id uuid, currency text, "issuedOn" date, "dueOn" date, "poNumber" text,
    "netMinor" bigint, "taxMinor" bigint, "roundingMinor" bigint, "totalMinor" bigint);
  SELECT * INTO v_invoice FROM invoice WHERE id = v_row.id FOR UPDATE;
  IF NOT FOUND THEN RETURN refusal('INVOICE_NOT_FOUND'); END IF;
  IF EXISTS (SELECT FROM journal WHERE posting_key = 'invoice.corrected:' || p_correction_id) THEN
    RETURN jsonb_build_object('ok', true, 'corrected', false);
  END IF;
  v_used := v_invoice.total_minor - v_invoice.open_minor + v_invoice.held_minor;
  IF v_row."totalMinor" < v_used OR (v_used > 0 AND v_row.currency <> v_invoice.currency) THEN
    RETURN refusal('CORRECTION_BELOW_PAID', jsonb_build_object('invoiceId', v_invoice.id, 'usedMinor', v_used::text));
  END IF;

  SELECT id INTO STRICT v_previous FROM journal
   WHERE record_id = v_invoice.id AND kind IN ('invoice.issued', 'invoice.corrected') ORDER BY recorded_at DESC, id DESC LIMIT 1;
  PERFORM write_journal('invoice.withdrawn', 'invoice.withdrawn:' || p_correction_id, v_invoice.customer_id, v_invoice.id, v_previous,
    v_today, v_invoice.currency,
    (SELECT jsonb_agg(jsonb_build_object('account', account_code, 'amount', (-amount_minor)::text, 'invoice', invoice_id) ORDER BY line_no)
       FROM posting WHERE journal_id = v_previous), p_now);
  v_journal := write_journal('invoice.corrected', 'invoice.corrected:' || p_correction_id, v_invoice.customer_id, v_invoice.id, v_previous,
    v_today, v_row.currency, jsonb_build_array(
      jsonb_build_object('account', 1100, 'amount', v_row."totalMinor", 'invoice', v_invoice.id),
      jsonb_build_object('account', 4000, 'amount', -v_row."netMinor", 'invoice', v_invoice.id),
      jsonb_build_object('account', 2100, 'amount', -v_row."taxMinor", 'invoice', v_invoice.id),
      jsonb_build_object('account', 5900, 'amount', -coalesce(v_row."roundingMinor", 0), 'invoice', v_invoice.id)), p_now);

  UPDATE invoice SET currency = v_row.currency, issued_on = v_row."issuedOn", due_on = v_row."dueOn", po_number = v_row."poNumber",
      net_minor = v_row."netMinor", tax_minor = v_row."taxMinor", rounding_minor = coalesce(v_row."roundingMinor", 0),
      total_minor = v_row."totalMinor", open_minor = open_minor + v_row."totalMinor" - v_invoice.total_minor,
      settled_on = CASE WHEN open_minor + v_row."totalMinor" - v_invoice.total_minor = 0 THEN coalesce(settled_on, v_today) END,
      document_version = document_version + 1, ledger_sequence = ledger_sequence + 1
    WHERE id = v_invoice.id RETURNING * INTO v_invoice;
  PERFORM write_invoice_versions(jsonb_build_array(p_row), p_now);
  PERFORM write_ledger_event('invoice.corrected', 'invoice', v_invoice.id, v_invoice.ledger_sequence, v_today, v_invoice.currency,
    v_invoice.total_minor, v_invoice.open_minor, p_correction_id, v_invoice.customer_id, v_journal, p_now);
  RETURN jsonb_build_object('ok', true, 'corrected', true);
END $$;

-- ------------------------------------------------------------------ credits

-- Grants credit memos: Dr revenue and tax / Cr unapplied credit; one event on the account each.
CREATE FUNCTION issue_credit_memos(p_rows jsonb, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_row record;
  v_count integer := 0;
  v_journal uuid;
BEGIN
  FOR v_row IN SELECT * FROM jsonb_to_recordset(p_rows) AS r(id uuid, "customerId" uuid, number text, source text, "externalNumber" text,
      currency text, "issuedOn" date, reason text, "netMinor" bigint, "taxMinor" bigint, "totalMinor" bigint) ORDER BY "customerId", id
  LOOP
    INSERT INTO credit_memo (id, customer_id, number, source, external_number, currency, issued_on, reason, net_minor, tax_minor,
      total_minor, remaining_minor, created_at)
    VALUES (v_row.id, v_row."customerId", v_row.number, v_row.source, v_row."externalNumber", v_row.currency, v_row."issuedOn", v_row.reason,
      v_row."netMinor", v_row."taxMinor", v_row."totalMinor", v_row."totalMinor", p_now);
    v_journal := write_journal('credit.issued', 'credit.issued:' || v_row.id, v_row."customerId", v_row.id, NULL, v_row."issuedOn",
      v_row.currency, jsonb_build_array(
        jsonb_build_object('account', 4000, 'amount', v_row."netMinor"),
        jsonb_build_object('account', 2100, 'amount', v_row."taxMinor"),
        jsonb_build_object('account', 2200, 'amount', -v_row."totalMinor")), p_now);
    PERFORM write_account_event('credit.issued', v_row."customerId", v_row."issuedOn", v_row.currency, v_row."totalMinor", v_row.id,
      v_journal, p_now);
    v_count := v_count + 1;
  END LOOP;
  RETURN jsonb_build_object('ok', true, 'count', v_count);
END $$;

-- Applies part of a credit memo to an invoice of the same customer: Dr unapplied credit / Cr receivable.
-- p_id is the allocation's id: the same id again changes nothing.
CREATE FUNCTION apply_credit(p_id uuid, p_credit_memo_id uuid, p_invoice_id uuid, p_amount bigint, p_effective_on date, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_credit credit_memo;
  v_invoice invoice;
  v_journal uuid;
BEGIN
  SELECT * INTO v_credit FROM credit_memo WHERE id = p_credit_memo_id FOR UPDATE;
  IF NOT FOUND THEN RETURN refusal('CREDIT_NOT_FOUND'); END IF;
  IF EXISTS (SELECT FROM allocation WHERE id = p_id) THEN RETURN jsonb_build_object('ok', true, 'applied', false); END IF;
  SELECT * INTO v_invoice FROM invoice WHERE id = p_invoice_id AND customer_id = v_credit.customer_id FOR UPDATE;
  IF NOT FOUND THEN RETURN refusal('INVOICE_NOT_FOUND'); END IF;
  IF p_amount <= 0 THEN RETURN refusal('AMOUNT_NOT_POSITIVE'); END IF;
  IF v_invoice.currency <> v_credit.currency THEN RETURN refusal('CURRENCY_MIXED'); END IF;
  IF p_amount > v_credit.remaining_minor THEN
    RETURN refusal('CREDIT_EXCEEDS_REMAINING', jsonb_build_object('remainingMinor', v_credit.remaining_minor::text));
  END IF;
  IF p_amount > v_invoice.open_minor - v_invoice.held_minor THEN
    RETURN refusal('AMOUNT_EXCEEDS_PAYABLE', jsonb_build_object('invoiceId', v_invoice.id,
      'payableMinor', (v_invoice.open_minor - v_invoice.held_minor)::text, 'openMinor', v_invoice.open_minor::text));
  END IF;

  v_journal := write_journal('credit.applied', 'credit.applied:' || p_id, v_credit.customer_id, v_credit.id, NULL, p_effective_on,
    v_credit.currency, jsonb_build_array(
      jsonb_build_object('account', 2200, 'amount', p_amount, 'invoice', v_invoice.id),
      jsonb_build_object('account', 1100, 'amount', -p_amount, 'invoice', v_invoice.id)), p_now);
  INSERT INTO allocation (id, invoice_id, credit_memo_id, amount_minor, currency, journal_id, effective_on, recorded_at)
  VALUES (p_id, v_invoice.id, v_credit.id, p_amount, v_credit.currency, v_journal, p_effective_on, p_now);
  UPDATE credit_memo SET remaining_minor = remaining_minor - p_amount WHERE id = v_credit.id;
  UPDATE invoice SET open_minor = open_minor - p_amount, ledger_sequence = ledger_sequence + 1,
      settled_on = CASE WHEN open_minor = p_amount THEN p_effective_on END
    WHERE id = v_invoice.id RETURNING * INTO v_invoice;
  PERFORM write_ledger_event('credit.applied', 'invoice', v_invoice.id, v_invoice.ledger_sequence, p_effective_on, v_invoice.currency,
    p_amount, v_invoice.open_minor, v_credit.id, v_invoice.customer_id, v_journal, p_now);
  PERFORM write_account_event('credit.applied', v_credit.customer_id, p_effective_on, v_credit.currency, p_amount, v_credit.id, v_journal, p_now);
  RETURN jsonb_build_object('ok', true, 'applied', true);
END $$;

-- ------------------------------------------------------------------ history

-- Locks the invoices that a checked batch is going to change, in id order like everybody who takes several, before its
-- chunks take them in the order of the file. Unchanged ones stay free for who pays them meanwhile.
CREATE FUNCTION lock_invoices_of_batch(p_batch_id uuid)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  SET plan_cache_mode = force_custom_plan AS $$
BEGIN
  PERFORM 1 FROM invoice WHERE id IN (SELECT i.id FROM import_batch b JOIN import_row r ON r.batch_id = b.id
      JOIN invoice i ON i.source = b.source AND i.external_number = r.data->>'number'
      WHERE b.id = p_batch_id AND r.effect IS DISTINCT FROM 'unchanged')
    ORDER BY id FOR UPDATE;
END $$;

-- What the planner knows of the books, renewed after many rows came in at once.
CREATE FUNCTION refresh_statistics()
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  ANALYZE customer, invoice, invoice_version, payment, payment_item, allocation, dispute, journal, posting, ledger_event;
END $$;

-- Closed disputes of the past, set-based: two events per dispute on its invoice. A withdrawn claim concedes nothing.
CREATE FUNCTION record_closed_disputes(p_rows jsonb, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  v_count integer;
BEGIN
  PERFORM 1 FROM invoice WHERE id IN (SELECT (value->>'invoiceId')::uuid FROM jsonb_array_elements(p_rows)) ORDER BY id FOR UPDATE;
  INSERT INTO dispute (id, customer_id, invoice_id, reason, amount_minor, currency, opened_on, closed_on, outcome, created_at)
  SELECT r.id, i.customer_id, i.id, r.reason, r."amountMinor", i.currency, r."openedOn", r."closedOn", r.outcome::dispute_outcome, p_now
    FROM jsonb_to_recordset(p_rows) AS r(id uuid, "invoiceId" uuid, reason text, "amountMinor" bigint, "openedOn" date,
      "closedOn" date, outcome text)
    JOIN invoice i ON i.id = r."invoiceId";
  GET DIAGNOSTICS v_count = ROW_COUNT;
  IF v_count <> jsonb_array_length(p_rows) THEN
    RAISE EXCEPTION 'a dispute names an invoice that does not exist' USING ERRCODE = 'QT003';
  END IF;

  WITH events AS MATERIALIZED (
    SELECT new_id() AS event_id, d.id AS dispute_id, i.id AS invoice_id, i.customer_id, i.currency, i.open_minor, step.type, step.amount, step.on_day,
           i.ledger_sequence + row_number() OVER (PARTITION BY i.id ORDER BY step.on_day, d.id, step.type) AS sequence
      FROM jsonb_array_elements(p_rows) AS r
      JOIN dispute d ON d.id = (r.value->>'id')::uuid
      JOIN invoice i ON i.id = d.invoice_id
      CROSS JOIN LATERAL (VALUES ('dispute.opened', d.amount_minor, d.opened_on), ('dispute.resolved', 0::bigint, d.closed_on)) AS step(type, amount, on_day)
  ), written AS (
    INSERT INTO ledger_event (id, type, subject_kind, subject_id, sequence, occurred_on, recorded_at, currency, amount_minor,
      open_after_minor, relates_to, certainty, customer_id)
    SELECT event_id, type, 'invoice', invoice_id, sequence, on_day, p_now, currency, amount, open_minor, dispute_id, 'confirmed', customer_id
      FROM events ORDER BY invoice_id, sequence
  ), salts AS (
    INSERT INTO ledger_salt (owner_id, owner_kind, salt, created_at)
    SELECT event_id, 'event', gen_random_bytes(32), p_now FROM events
  )
  UPDATE invoice i SET ledger_sequence = last.sequence
    FROM (SELECT invoice_id, max(sequence) AS sequence FROM events GROUP BY invoice_id) AS last WHERE i.id = last.invoice_id;
  RETURN jsonb_build_object('ok', true, 'count', v_count);
END $$;

-- Payments that settled in the past, set-based: Dr bank or provider clearing / Cr receivable and unapplied credit.
CREATE FUNCTION record_settled_payments(p_rows jsonb, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
  SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  v_count integer;
  v_bad record;
  v_excess record;
BEGIN
  PERFORM 1 FROM invoice WHERE id IN (SELECT (item.value->>'invoiceId')::uuid FROM jsonb_array_elements(p_rows) AS r
    CROSS JOIN jsonb_array_elements(r.value->'items') AS item) ORDER BY id FOR UPDATE;

  -- A table that the caller put there under this name, with triggers of its own, is refused: it is not ours to drop.
  DROP TABLE IF EXISTS pg_temp.settled_item;
  CREATE TEMP TABLE settled_item (payment_id uuid, journal_id uuid, event_id uuid, invoice_id uuid, customer_id uuid,
    invoice_customer_id uuid, currency text, invoice_currency text, amount bigint, settled_on date, position bigint,
    sequence integer, open_after bigint) ON COMMIT DROP;
  INSERT INTO settled_item
  SELECT payment.id, payment.journal_id, new_id(), i.id, payment."customerId", i.customer_id, payment.currency, i.currency, item."amountMinor",
         payment."settledOn", payment.position,
         i.ledger_sequence + row_number() OVER each_invoice,
         i.open_minor - i.held_minor - sum(item."amountMinor") OVER each_invoice
    FROM (SELECT r.*, new_id() AS journal_id FROM ROWS FROM (jsonb_to_recordset(p_rows) AS (id uuid, "customerId" uuid, currency text,
            "settledOn" date, items jsonb)) WITH ORDINALITY AS r(id, "customerId", currency, "settledOn", items, position)) AS payment
    CROSS JOIN LATERAL jsonb_to_recordset(payment.items) AS item("invoiceId" uuid, "amountMinor" bigint)
    LEFT JOIN invoice i ON i.id = item."invoiceId"
    WINDOW each_invoice AS (PARTITION BY i.id ORDER BY payment."settledOn", payment.position ROWS UNBOUNDED PRECEDING);

  SELECT * INTO v_bad FROM settled_item WHERE invoice_customer_id IS DISTINCT FROM customer_id LIMIT 1;
  IF FOUND THEN RETURN refusal('INVOICE_NOT_FOUND', jsonb_build_object('paymentId', v_bad.payment_id)); END IF;
  SELECT * INTO v_bad FROM settled_item WHERE invoice_currency <> currency LIMIT 1;
  IF FOUND THEN RETURN refusal('CURRENCY_MIXED', jsonb_build_object('invoiceId', v_bad.invoice_id)); END IF;
  SELECT * INTO v_bad FROM settled_item WHERE open_after < 0 LIMIT 1;
  IF FOUND THEN
    RETURN refusal('AMOUNT_EXCEEDS_PAYABLE', jsonb_build_object('invoiceId', v_bad.invoice_id, 'payableMinor', (v_bad.open_after + v_bad.amount)::text));
  END IF;

  INSERT INTO payment (id, customer_id, number, currency, amount_minor, received_minor, unallocated_minor, method, state, request_hash,
    settled_on, settled_at, created_at, updated_at)
  SELECT r.id, r."customerId", 'P-' || lpad(nextval('payment_number')::text, 6, '0'), r.currency, r."amountMinor", r."amountMinor",
         r."amountMinor" - coalesce((SELECT sum(amount) FROM settled_item s WHERE s.payment_id = r.id), 0),
         r.method::payment_method, 'settled', 'imported', r."settledOn", p_now, p_now, p_now
    FROM jsonb_to_recordset(p_rows) AS r(id uuid, "customerId" uuid, currency text, "amountMinor" bigint, method text, "settledOn" date);
  GET DIAGNOSTICS v_count = ROW_COUNT;
  INSERT INTO payment_item (payment_id, invoice_id, amount_minor)
  SELECT payment_id, invoice_id, sum(amount) FROM settled_item GROUP BY payment_id, invoice_id;
  INSERT INTO payment_state_change (payment_id, sequence, to_state, cause, recorded_at)
  SELECT (value->>'id')::uuid, 1, 'settled', 'import', p_now FROM jsonb_array_elements(p_rows);

  INSERT INTO journal (id, kind, posting_key, customer_id, record_id, effective_on, recorded_at)
  SELECT coalesce(s.journal_id, new_id()), 'payment.settled', 'payment.settled:' || p.id, p.customer_id, p.id, p.settled_on, p_now
    FROM jsonb_array_elements(p_rows) AS r JOIN payment p ON p.id = (r.value->>'id')::uuid
    LEFT JOIN (SELECT DISTINCT payment_id, journal_id FROM settled_item) AS s ON s.payment_id = p.id;
  INSERT INTO posting (journal_id, line_no, account_code, currency, amount_minor, customer_id, invoice_id, effective_on, recorded_at)
  SELECT j.id, row_number() OVER (PARTITION BY j.id ORDER BY leg.place, leg.invoice), leg.account, p.currency, leg.amount, p.customer_id, leg.invoice,
         p.settled_on, p_now
    FROM jsonb_array_elements(p_rows) AS r
    JOIN payment p ON p.id = (r.value->>'id')::uuid
    JOIN journal j ON j.posting_key = 'payment.settled:' || p.id
    CROSS JOIN LATERAL (
      SELECT 1 AS place, CASE WHEN p.method = 'imported' THEN 1000 ELSE 1200 END AS account, p.received_minor AS amount, NULL::uuid AS invoice
      UNION ALL SELECT 2, 1100, -s.amount, s.invoice_id FROM settled_item s WHERE s.payment_id = p.id
      UNION ALL SELECT 3, 2200, -p.unallocated_minor, NULL WHERE p.unallocated_minor > 0) AS leg;

  INSERT INTO allocation (id, invoice_id, payment_id, amount_minor, currency, journal_id, effective_on, recorded_at)
  SELECT new_id(), invoice_id, payment_id, amount, currency, journal_id, settled_on, p_now FROM settled_item ORDER BY position;
  INSERT INTO ledger_event (id, type, subject_kind, subject_id, sequence, occurred_on, recorded_at, currency, amount_minor,
    open_after_minor, relates_to, certainty, customer_id, journal_id)
  SELECT s.event_id, 'payment.applied', 'invoice', s.invoice_id, s.sequence, s.settled_on, p_now, s.currency, s.amount,
         s.open_after + i.held_minor, s.payment_id, 'confirmed', s.customer_id, s.journal_id
    FROM settled_item s JOIN invoice i ON i.id = s.invoice_id ORDER BY s.invoice_id, s.sequence;
  INSERT INTO ledger_salt (owner_id, owner_kind, salt, created_at)
  SELECT event_id, 'event', gen_random_bytes(32), p_now FROM settled_item;
  UPDATE invoice i SET open_minor = i.open_minor - paid.amount, ledger_sequence = paid.sequence,
      settled_on = CASE WHEN i.open_minor = paid.amount THEN paid.settled_on END
    FROM (SELECT invoice_id, sum(amount) AS amount, max(sequence) AS sequence, max(settled_on) AS settled_on FROM settled_item GROUP BY invoice_id) AS paid
    WHERE i.id = paid.invoice_id;

  FOR v_excess IN SELECT p.*, j.id AS journal_id FROM jsonb_array_elements(p_rows) AS r
      JOIN payment p ON p.id = (r.value->>'id')::uuid JOIN journal j ON j.posting_key = 'payment.settled:' || p.id
      WHERE p.unallocated_minor > 0 ORDER BY p.customer_id, p.id
  LOOP
    PERFORM write_account_event('credit.issued', v_excess.customer_id, v_excess.settled_on, v_excess.currency, v_excess.unallocated_minor,
      v_excess.id, v_excess.journal_id, p_now);
  END LOOP;
  RETURN jsonb_build_object('ok', true, 'count', v_count);
END $$;
