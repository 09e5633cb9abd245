-- Cash application: payments that staff record by hand or from a bank statement, credit that is applied, and write-offs with a
-- second person. Two new small tables; replaces one posting function; locks nothing that is in use for long.

-- CreateTable
CREATE TABLE "manual_payment" (
    "payment_id" UUID NOT NULL,
    "reference" TEXT,
    "bank_line_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "manual_payment_pkey" PRIMARY KEY ("payment_id")
);

-- CreateTable
CREATE TABLE "known_payer" (
    "payer_key" TEXT NOT NULL,
    "customer_id" UUID NOT NULL,
    "confirmed_count" INTEGER NOT NULL,
    "last_confirmed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "known_payer_pkey" PRIMARY KEY ("payer_key","customer_id")
);

-- CreateIndex
CREATE INDEX "manual_payment_bank_line_id_idx" ON "manual_payment"("bank_line_id");

-- AddForeignKey
ALTER TABLE "manual_payment" ADD CONSTRAINT "manual_payment_payment_id_fkey" FOREIGN KEY ("payment_id") REFERENCES "payment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "manual_payment" ADD CONSTRAINT "manual_payment_bank_line_id_fkey" FOREIGN KEY ("bank_line_id") REFERENCES "bank_line"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "known_payer" ADD CONSTRAINT "known_payer_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- ------------------------------------------------------------------ payments recorded by hand

-- Payments that settled outside of the processor, set-based: Dr bank or provider clearing / Cr receivable and unapplied credit.
CREATE OR REPLACE FUNCTION record_settled_payments(p_rows jsonb, p_now timestamptz)
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
  SELECT (value->>'id')::uuid, 1, 'settled', coalesce(value->>'cause', 'import'), p_now FROM jsonb_array_elements(p_rows);

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
      SELECT 1 AS place, CASE WHEN p.method IN ('imported', 'cheque', 'wire', 'cash') THEN 1000 ELSE 1200 END AS account, p.received_minor AS amount, NULL::uuid AS invoice
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

-- The receipt letter of a settled payment, to the customer's address.
CREATE FUNCTION queue_receipt(p_payment_id uuid, p_now timestamptz)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_addressee record;
BEGIN
  FOR v_addressee IN SELECT lower(c.email) AS address, c.id FROM payment p JOIN customer c ON c.id = p.customer_id WHERE p.id = p_payment_id AND c.email IS NOT NULL
  LOOP
    PERFORM queue_mail('receipt:' || p_payment_id || ':' || md5(v_addressee.address), 'receipt', v_addressee.address, v_addressee.id,
      jsonb_build_object('paymentId', p_payment_id), p_now);
  END LOOP;
END $$;

-- A cheque, a bank transfer or cash, as staff recorded it: settled on its day, applied as the remittance says, the rest kept as
-- credit. The id comes from the form: the same id and body again answers created = false, another body is refused.
CREATE FUNCTION record_manual_payment(p_payment jsonb, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_id uuid := (p_payment->>'id')::uuid;
  v_amount bigint := (p_payment->>'amountMinor')::bigint;
  v_remitted bigint;
  v_known payment;
  v_answer jsonb;
BEGIN
  IF p_payment->>'method' NOT IN ('cheque', 'wire', 'cash') THEN
    RAISE EXCEPTION 'money by % is not recorded by hand', p_payment->>'method' USING ERRCODE = 'QT004';
  END IF;
  -- Equal forms that arrive at once wait here for the first of them.
  PERFORM pg_advisory_xact_lock(hashtextextended('payment:' || v_id, 0));
  SELECT * INTO v_known FROM payment WHERE id = v_id;
  IF FOUND THEN
    IF v_known.request_hash <> p_payment->>'requestHash' THEN
      RETURN refusal('PAYMENT_SUBMITTED_DIFFERENTLY', jsonb_build_object('paymentId', v_id));
    END IF;
    RETURN jsonb_build_object('ok', true, 'created', false, 'paymentId', v_id, 'number', v_known.number);
  END IF;

  IF NOT EXISTS (SELECT FROM customer WHERE id = (p_payment->>'customerId')::uuid) THEN RETURN refusal('CUSTOMER_NOT_FOUND'); END IF;
  IF v_amount <= 0 OR EXISTS (SELECT FROM jsonb_array_elements(p_payment->'items') WHERE (value->>'amountMinor')::bigint <= 0) THEN
    RETURN refusal('AMOUNT_NOT_POSITIVE');
  END IF;
  IF jsonb_array_length(p_payment->'items') > 1000 THEN RETURN refusal('REMITTANCE_TOO_LONG'); END IF;
  IF (p_payment->>'settledOn')::date > business_date(p_now) THEN RETURN refusal('PAYMENT_DAY_AHEAD'); END IF;
  SELECT coalesce(sum((value->>'amountMinor')::bigint), 0) INTO v_remitted FROM jsonb_array_elements(p_payment->'items');
  IF v_remitted > v_amount THEN
    RETURN refusal('REMITTANCE_EXCEEDS_PAYMENT', jsonb_build_object('amountMinor', v_amount::text, 'remittedMinor', v_remitted::text));
  END IF;

  v_answer := record_settled_payments(jsonb_build_array(p_payment || '{"cause": "staff"}'), p_now);
  IF NOT (v_answer->>'ok')::boolean THEN RETURN v_answer; END IF;
  UPDATE payment SET channel = 'staff', request_hash = p_payment->>'requestHash', on_account_minor = v_amount - v_remitted,
      created_by = (p_payment->>'createdBy')::uuid, initiated_on = settled_on
    WHERE id = v_id RETURNING * INTO v_known;
  INSERT INTO manual_payment (payment_id, reference, bank_line_id, created_at)
  VALUES (v_id, nullif(p_payment->>'reference', ''), (p_payment->>'bankLineId')::uuid, p_now);
  PERFORM queue_receipt(v_id, p_now);
  RETURN jsonb_build_object('ok', true, 'created', true, 'paymentId', v_id, 'number', v_known.number);
END $$;

-- What is left of a payment recorded by hand, back out of the bank account; once per payment.
CREATE FUNCTION reverse_manual_payment(p_payment_id uuid, p_reason text, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_payment payment;
BEGIN
  SELECT * INTO v_payment FROM payment WHERE id = p_payment_id FOR UPDATE;
  IF NOT FOUND THEN RETURN refusal('PAYMENT_NOT_FOUND'); END IF;
  IF NOT EXISTS (SELECT FROM manual_payment WHERE payment_id = p_payment_id) THEN RETURN refusal('PAYMENT_NOT_MANUAL'); END IF;
  IF v_payment.received_minor = v_payment.reversed_minor THEN RETURN jsonb_build_object('ok', true, 'reversed', false); END IF;
  RETURN reverse_payment(jsonb_build_object('id', new_id(), 'paymentId', p_payment_id, 'kind', 'correction', 'contra', 1000,
    'amountMinor', v_payment.received_minor - v_payment.reversed_minor, 'providerId', 'taken-back:' || p_payment_id, 'reason', p_reason,
    'effectiveOn', business_date(p_now)), p_now);
END $$;

-- Staff take a payment back that they had recorded. Money of a bank statement did arrive: unless the bank took it back, its line
-- has to be opened again instead, so that the line finds its right payment.
CREATE FUNCTION take_back_payment(p_payment_id uuid, p_reason text, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_line uuid;
BEGIN
  SELECT l.id INTO v_line FROM manual_payment m JOIN bank_line l ON l.id = m.bank_line_id AND l.state = 'matched' WHERE m.payment_id = p_payment_id;
  IF v_line IS NOT NULL AND p_reason <> 'bounced' THEN RETURN refusal('PAYMENT_FROM_BANK_LINE', jsonb_build_object('bankLineId', v_line)); END IF;
  RETURN reverse_manual_payment(p_payment_id, p_reason, p_now);
END $$;

-- ------------------------------------------------------------------ bank statements

-- A payer's name without case, spaces and signs: what two statements of one payer have in common. Null for an empty one.
CREATE FUNCTION payer_key(p_name text) RETURNS text LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
  SELECT nullif(trim(lower(regexp_replace(p_name, '[[:space:][:punct:]]+', ' ', 'g'))), '')
$$;

-- Says what a movement on the bank account is, under its lock: payments of customers that add up to it, or one payout of the
-- processor. All of it or nothing; the same answer again changes nothing.
CREATE FUNCTION match_bank_line(p_match jsonb, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_line bank_line;
  v_payout provider_payout;
  v_kind text := p_match->>'kind';
  v_matched text := coalesce(p_match->>'payoutId', p_match->'payments'->0->>'id');
  v_payment jsonb;
  v_answer jsonb;
BEGIN
  SELECT * INTO v_line FROM bank_line WHERE id = (p_match->>'lineId')::uuid FOR UPDATE;
  IF NOT FOUND THEN RETURN refusal('BANK_LINE_NOT_FOUND'); END IF;
  IF v_line.state <> 'open' THEN
    IF v_line.matched_kind = v_kind AND v_line.matched_id = v_matched THEN RETURN jsonb_build_object('ok', true, 'changed', false); END IF;
    RETURN refusal('BANK_LINE_DECIDED');
  END IF;

  CASE v_kind
  WHEN 'payment' THEN
    IF v_line.amount_minor < 0 THEN RETURN refusal('BANK_LINE_IS_DEBIT'); END IF;
    IF (SELECT sum((value->>'amountMinor')::bigint) FROM jsonb_array_elements(p_match->'payments')) IS DISTINCT FROM v_line.amount_minor THEN
      RETURN refusal('SPLIT_NOT_WHOLE', jsonb_build_object('amountMinor', v_line.amount_minor::text));
    END IF;
    PERFORM 1 FROM invoice WHERE id IN (SELECT (item.value->>'invoiceId')::uuid FROM jsonb_array_elements(p_match->'payments') AS each_payment
      CROSS JOIN jsonb_array_elements(each_payment.value->'items') AS item) ORDER BY id FOR UPDATE;
    BEGIN
      FOR v_payment IN SELECT value FROM jsonb_array_elements(p_match->'payments') ORDER BY value->>'id'
      LOOP
        v_answer := record_manual_payment(v_payment || jsonb_build_object('bankLineId', v_line.id, 'currency', v_line.currency,
          'settledOn', v_line.booked_on, 'createdBy', p_match->>'decidedBy'), p_now);
        -- A form that was sent before for another line has made its payment already: this line has none of it.
        IF (v_answer->>'ok')::boolean AND NOT (v_answer->>'created')::boolean THEN
          v_answer := refusal('PAYMENT_SUBMITTED_DIFFERENTLY', jsonb_build_object('paymentId', v_payment->>'id'));
        END IF;
        -- Takes the payments before this one back with it.
        IF NOT (v_answer->>'ok')::boolean THEN RAISE EXCEPTION 'refused' USING ERRCODE = 'QT010'; END IF;
      END LOOP;
    EXCEPTION WHEN SQLSTATE 'QT010' THEN
      RETURN v_answer;
    END;
    INSERT INTO known_payer (payer_key, customer_id, confirmed_count, last_confirmed_at)
    SELECT DISTINCT payer_key(v_line.counterparty), (value->>'customerId')::uuid, 1, p_now FROM jsonb_array_elements(p_match->'payments')
     WHERE payer_key(v_line.counterparty) IS NOT NULL
    ON CONFLICT (payer_key, customer_id) DO UPDATE SET confirmed_count = known_payer.confirmed_count + 1, last_confirmed_at = p_now;
  WHEN 'payout', 'payout_failure' THEN
    -- One payout is on one line: whoever ties it to another line at the same time waits here.
    PERFORM pg_advisory_xact_lock(hashtextextended(v_kind || ':' || v_matched, 0));
    SELECT * INTO v_payout FROM provider_payout WHERE id = v_matched;
    IF NOT FOUND OR v_payout.currency <> v_line.currency
        OR v_line.amount_minor <> (CASE v_kind WHEN 'payout' THEN v_payout.amount_minor ELSE -v_payout.amount_minor END) THEN
      RETURN refusal('PAYOUT_DIFFERS');
    END IF;
    IF EXISTS (SELECT FROM bank_line WHERE matched_kind = v_kind AND matched_id = v_matched AND state = 'matched') THEN
      RETURN refusal('PAYOUT_ON_ANOTHER_LINE');
    END IF;
  END CASE;
  UPDATE bank_line SET state = 'matched', matched_kind = v_kind, matched_id = v_matched, note = NULL,
      decided_by = (p_match->>'decidedBy')::uuid, decided_at = p_now
    WHERE id = v_line.id;
  RETURN jsonb_build_object('ok', true, 'changed', true);
END $$;

-- A movement that is nobody's payment and no payout, with the words of whoever said so.
CREATE FUNCTION ignore_bank_line(p_line_id uuid, p_note text, p_decided_by uuid, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_line bank_line;
BEGIN
  SELECT * INTO v_line FROM bank_line WHERE id = p_line_id FOR UPDATE;
  IF NOT FOUND THEN RETURN refusal('BANK_LINE_NOT_FOUND'); END IF;
  IF v_line.state = 'ignored' THEN RETURN jsonb_build_object('ok', true, 'changed', false); END IF;
  IF v_line.state <> 'open' THEN RETURN refusal('BANK_LINE_DECIDED'); END IF;
  UPDATE bank_line SET state = 'ignored', note = p_note, decided_by = p_decided_by, decided_at = p_now WHERE id = v_line.id;
  RETURN jsonb_build_object('ok', true, 'changed', true);
END $$;

-- Opens a decided movement again and takes its payments back, as far as they still stand.
CREATE FUNCTION reopen_bank_line(p_line_id uuid, p_decided_by uuid, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_line bank_line;
  v_payment record;
  v_answer jsonb;
BEGIN
  SELECT * INTO v_line FROM bank_line WHERE id = p_line_id FOR UPDATE;
  IF NOT FOUND THEN RETURN refusal('BANK_LINE_NOT_FOUND'); END IF;
  IF v_line.state = 'open' THEN RETURN jsonb_build_object('ok', true, 'changed', false); END IF;
  PERFORM 1 FROM payment p JOIN manual_payment m ON m.payment_id = p.id WHERE m.bank_line_id = v_line.id ORDER BY p.id FOR UPDATE OF p;
  PERFORM 1 FROM invoice WHERE id IN (SELECT a.invoice_id FROM allocation a JOIN manual_payment m ON m.payment_id = a.payment_id WHERE m.bank_line_id = v_line.id)
    ORDER BY id FOR UPDATE;
  FOR v_payment IN SELECT p.id, p.customer_id FROM payment p JOIN manual_payment m ON m.payment_id = p.id
      WHERE m.bank_line_id = v_line.id AND p.received_minor > p.reversed_minor ORDER BY p.id
  LOOP
    v_answer := reverse_manual_payment(v_payment.id, 'match undone', p_now);
    IF NOT (v_answer->>'ok')::boolean THEN
      RAISE EXCEPTION 'payment % of bank line % cannot be taken back: %', v_payment.id, v_line.id, v_answer USING ERRCODE = 'QT004';
    END IF;
    UPDATE known_payer SET confirmed_count = confirmed_count - 1 WHERE payer_key = payer_key(v_line.counterparty) AND customer_id = v_payment.customer_id;
  END LOOP;
  DELETE FROM known_payer WHERE payer_key = payer_key(v_line.counterparty) AND confirmed_count <= 0;
  UPDATE bank_line SET state = 'open', matched_kind = NULL, matched_id = NULL, note = NULL, decided_by = p_decided_by, decided_at = p_now WHERE id = v_line.id;
  RETURN jsonb_build_object('ok', true, 'changed', true);
END $$;

-- ------------------------------------------------------------------ credit

-- Applies part of what a payment brought in too much to an invoice of the same customer: Dr unapplied credit / Cr receivable.
-- p_id is the allocation's id: the same id again changes nothing.
CREATE FUNCTION apply_unapplied(p_id uuid, p_payment_id uuid, p_invoice_id uuid, p_amount bigint, p_effective_on date, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_payment payment;
  v_invoice invoice;
  v_journal uuid;
BEGIN
  SELECT * INTO v_payment FROM payment WHERE id = p_payment_id FOR UPDATE;
  IF NOT FOUND THEN RETURN refusal('CREDIT_NOT_FOUND'); END IF;
  IF EXISTS (SELECT FROM allocation WHERE id = p_id) THEN RETURN jsonb_build_object('ok', true, 'applied', false); END IF;
  SELECT * INTO v_invoice FROM invoice WHERE id = p_invoice_id AND customer_id = v_payment.customer_id FOR UPDATE;
  IF NOT FOUND THEN RETURN refusal('INVOICE_NOT_FOUND'); END IF;
  IF p_amount <= 0 THEN RETURN refusal('AMOUNT_NOT_POSITIVE'); END IF;
  IF v_invoice.currency <> v_payment.currency THEN RETURN refusal('CURRENCY_MIXED'); END IF;
  IF p_amount > v_payment.unallocated_minor THEN
    RETURN refusal('CREDIT_EXCEEDS_REMAINING', jsonb_build_object('remainingMinor', v_payment.unallocated_minor::text));
  END IF;
  IF p_amount > v_invoice.open_minor - v_invoice.held_minor THEN
    RETURN refusal('AMOUNT_EXCEEDS_PAYABLE', jsonb_build_object('invoiceId', v_invoice.id,
      'payableMinor', (v_invoice.open_minor - v_invoice.held_minor)::text, 'openMinor', v_invoice.open_minor::text));
  END IF;

  v_journal := write_journal('credit.applied', 'credit.applied:' || p_id, v_payment.customer_id, v_payment.id, NULL, p_effective_on,
    v_payment.currency, jsonb_build_array(
      jsonb_build_object('account', 2200, 'amount', p_amount, 'invoice', v_invoice.id),
      jsonb_build_object('account', 1100, 'amount', -p_amount, 'invoice', v_invoice.id)), p_now);
  INSERT INTO allocation (id, invoice_id, payment_id, amount_minor, currency, journal_id, effective_on, recorded_at)
  VALUES (p_id, v_invoice.id, v_payment.id, p_amount, v_payment.currency, v_journal, p_effective_on, p_now);
  UPDATE payment SET unallocated_minor = unallocated_minor - p_amount, updated_at = p_now WHERE id = v_payment.id;
  UPDATE invoice SET open_minor = open_minor - p_amount, ledger_sequence = ledger_sequence + 1,
      settled_on = CASE WHEN open_minor = p_amount THEN p_effective_on END
    WHERE id = v_invoice.id RETURNING * INTO v_invoice;
  PERFORM write_ledger_event('credit.applied', 'invoice', v_invoice.id, v_invoice.ledger_sequence, p_effective_on, v_invoice.currency,
    p_amount, v_invoice.open_minor, v_payment.id, v_invoice.customer_id, v_journal, p_now);
  PERFORM write_account_event('credit.applied', v_payment.customer_id, p_effective_on, v_payment.currency, p_amount, v_payment.id, v_journal, p_now);
  RETURN jsonb_build_object('ok', true, 'applied', true);
END $$;

-- Keeps a customer's unused credit of a currency, and these invoices, as they are until the transaction ends, so that a plan made
-- meanwhile still holds. With a form's payment id, equal forms wait for each other first, as in open_payment. Order of locks:
-- credit memos, payments, invoices, each by id.
CREATE FUNCTION lock_credits(p_customer_id uuid, p_currency text, p_invoice_ids uuid[], p_payment_id uuid)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF p_payment_id IS NOT NULL THEN PERFORM pg_advisory_xact_lock(hashtextextended('payment:' || p_payment_id, 0)); END IF;
  PERFORM 1 FROM credit_memo WHERE customer_id = p_customer_id AND currency = p_currency AND remaining_minor > 0 ORDER BY id FOR UPDATE;
  PERFORM 1 FROM payment WHERE customer_id = p_customer_id AND currency = p_currency AND unallocated_minor > 0 ORDER BY id FOR UPDATE;
  PERFORM 1 FROM invoice WHERE customer_id = p_customer_id AND id = ANY(p_invoice_ids) ORDER BY id FOR UPDATE;
END $$;

-- Applies several credits of one customer to its invoices, all of them or none: [{id, creditMemoId or paymentId, invoiceId,
-- amountMinor}]. The same ids again change nothing.
CREATE FUNCTION apply_credits(p_customer_id uuid, p_applications jsonb, p_effective_on date, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_each jsonb;
  v_answer jsonb := jsonb_build_object('ok', true);
  v_count integer := 0;
BEGIN
  IF jsonb_array_length(p_applications) > 1000 THEN RETURN refusal('REMITTANCE_TOO_LONG'); END IF;
  PERFORM 1 FROM credit_memo WHERE customer_id = p_customer_id
    AND id IN (SELECT (value->>'creditMemoId')::uuid FROM jsonb_array_elements(p_applications)) ORDER BY id FOR UPDATE;
  PERFORM 1 FROM payment WHERE customer_id = p_customer_id
    AND id IN (SELECT (value->>'paymentId')::uuid FROM jsonb_array_elements(p_applications)) ORDER BY id FOR UPDATE;
  PERFORM 1 FROM invoice WHERE customer_id = p_customer_id
    AND id IN (SELECT (value->>'invoiceId')::uuid FROM jsonb_array_elements(p_applications)) ORDER BY id FOR UPDATE;
  FOR v_each IN SELECT value FROM jsonb_array_elements(p_applications)
  LOOP
    IF NOT EXISTS (SELECT FROM credit_memo WHERE id = (v_each->>'creditMemoId')::uuid AND customer_id = p_customer_id)
        AND NOT EXISTS (SELECT FROM payment WHERE id = (v_each->>'paymentId')::uuid AND customer_id = p_customer_id) THEN
      v_answer := refusal('CREDIT_NOT_FOUND');
    ELSIF v_each->>'creditMemoId' IS NOT NULL THEN
      v_answer := apply_credit((v_each->>'id')::uuid, (v_each->>'creditMemoId')::uuid, (v_each->>'invoiceId')::uuid,
        (v_each->>'amountMinor')::bigint, p_effective_on, p_now);
    ELSE
      v_answer := apply_unapplied((v_each->>'id')::uuid, (v_each->>'paymentId')::uuid, (v_each->>'invoiceId')::uuid,
        (v_each->>'amountMinor')::bigint, p_effective_on, p_now);
    END IF;
    -- Takes what was applied before this one back with it.
    IF NOT (v_answer->>'ok')::boolean THEN RAISE EXCEPTION 'refused' USING ERRCODE = 'QT010'; END IF;
    v_count := v_count + (v_answer->>'applied')::boolean::integer;
  END LOOP;
  RETURN jsonb_build_object('ok', true, 'applied', v_count);
EXCEPTION WHEN SQLSTATE 'QT010' THEN
  RETURN v_answer;
END $$;

-- Staff answer a buyer who asked to use credit. Agreeing applies it now, under the request's own id; what cannot be applied any
-- more is refused and the request stays. The same answer again changes nothing.
CREATE FUNCTION decide_credit_request(p_id uuid, p_approve boolean, p_note text, p_decided_by uuid, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_request credit_request;
  v_state request_state := CASE WHEN p_approve THEN 'approved' ELSE 'declined' END;
  v_answer jsonb;
BEGIN
  SELECT * INTO v_request FROM credit_request WHERE id = p_id FOR UPDATE;
  IF NOT FOUND THEN RETURN refusal('REQUEST_NOT_FOUND'); END IF;
  IF v_request.state <> 'requested' THEN
    IF v_request.state = v_state THEN RETURN jsonb_build_object('ok', true, 'changed', false); END IF;
    RETURN refusal('REQUEST_DECIDED');
  END IF;
  IF p_approve THEN
    v_answer := apply_credits(v_request.customer_id, jsonb_build_array(jsonb_build_object('id', v_request.id, 'creditMemoId', v_request.credit_memo_id,
      'paymentId', v_request.payment_id, 'invoiceId', v_request.invoice_id, 'amountMinor', v_request.amount_minor)), business_date(p_now), p_now);
    IF NOT (v_answer->>'ok')::boolean THEN RETURN v_answer; END IF;
  END IF;
  UPDATE credit_request SET state = v_state, decided_by = p_decided_by, decision_note = p_note, decided_at = p_now WHERE id = p_id;
  RETURN jsonb_build_object('ok', true, 'changed', true);
END $$;

-- ------------------------------------------------------------------ write-offs

-- The most that one person gives up on an invoice alone, minor units: the policy's, or the default of its column.
CREATE FUNCTION second_approval_limit(p_currency text) RETURNS bigint LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT coalesce((SELECT second_approval_minor FROM payment_policy WHERE currency = p_currency), 50000)
$$;

-- Staff give up part of an invoice, at most what is payable. What one person has given up on it alone, with this, is at most the
-- policy's limit; beyond it a second person decides. p_id is the form's: the same id again changes nothing.
CREATE FUNCTION request_write_off(p_id uuid, p_invoice_id uuid, p_amount bigint, p_reason text, p_requested_by uuid, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_invoice invoice;
  v_known write_off_request;
  v_alone bigint;
  v_state request_state;
BEGIN
  SELECT * INTO v_invoice FROM invoice WHERE id = p_invoice_id FOR UPDATE;
  IF NOT FOUND THEN RETURN refusal('INVOICE_NOT_FOUND'); END IF;
  SELECT * INTO v_known FROM write_off_request WHERE id = p_id;
  IF FOUND THEN RETURN jsonb_build_object('ok', true, 'created', false, 'state', v_known.state); END IF;
  IF p_amount <= 0 THEN RETURN refusal('AMOUNT_NOT_POSITIVE'); END IF;
  IF p_amount > v_invoice.open_minor - v_invoice.held_minor THEN
    RETURN refusal('WRITE_OFF_EXCEEDS_PAYABLE', jsonb_build_object('payableMinor', (v_invoice.open_minor - v_invoice.held_minor)::text));
  END IF;
  SELECT coalesce(sum(amount_minor), 0) INTO v_alone FROM adjustment WHERE invoice_id = p_invoice_id AND kind = 'write_off' AND approved_by IS NULL;
  v_state := CASE WHEN v_alone + p_amount > second_approval_limit(v_invoice.currency) THEN 'requested' ELSE 'approved' END;
  IF v_state = 'approved' THEN
    PERFORM write_adjustment(p_id, 'write_off', p_invoice_id, p_amount, p_reason, NULL, p_requested_by, NULL, business_date(p_now), p_now);
  END IF;
  INSERT INTO write_off_request (id, invoice_id, amount_minor, currency, reason, state, requested_by, adjustment_id, created_at, decided_at)
  VALUES (p_id, p_invoice_id, p_amount, v_invoice.currency, p_reason, v_state, p_requested_by,
    CASE v_state WHEN 'approved' THEN p_id END, p_now, CASE v_state WHEN 'approved' THEN p_now END);
  RETURN jsonb_build_object('ok', true, 'created', true, 'state', v_state);
END $$;

-- The second person says yes or no to a write-off. The same answer again changes nothing.
CREATE FUNCTION decide_write_off(p_id uuid, p_approve boolean, p_note text, p_decided_by uuid, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_request write_off_request;
  v_invoice invoice;
  v_state request_state := CASE WHEN p_approve THEN 'approved' ELSE 'declined' END;
BEGIN
  SELECT * INTO v_request FROM write_off_request WHERE id = p_id;
  IF NOT FOUND THEN RETURN refusal('REQUEST_NOT_FOUND'); END IF;
  SELECT * INTO STRICT v_invoice FROM invoice WHERE id = v_request.invoice_id FOR UPDATE;
  SELECT * INTO STRICT v_request FROM write_off_request WHERE id = p_id FOR UPDATE;
  IF v_request.state <> 'requested' THEN
    IF v_request.state = v_state AND v_request.decided_by = p_decided_by THEN RETURN jsonb_build_object('ok', true, 'changed', false); END IF;
    RETURN refusal('REQUEST_DECIDED');
  END IF;
  IF v_request.requested_by = p_decided_by THEN RETURN refusal('SECOND_PERSON_NEEDED'); END IF;
  IF p_approve THEN
    IF v_request.amount_minor > v_invoice.open_minor - v_invoice.held_minor THEN
      RETURN refusal('WRITE_OFF_EXCEEDS_PAYABLE', jsonb_build_object('payableMinor', (v_invoice.open_minor - v_invoice.held_minor)::text));
    END IF;
    PERFORM write_adjustment(p_id, 'write_off', v_request.invoice_id, v_request.amount_minor, v_request.reason, NULL, v_request.requested_by,
      p_decided_by, business_date(p_now), p_now);
  END IF;
  UPDATE write_off_request SET state = v_state, decided_by = p_decided_by, decision_note = p_note, decided_at = p_now,
      adjustment_id = CASE WHEN p_approve THEN p_id END
    WHERE id = p_id;
  RETURN jsonb_build_object('ok', true, 'changed', true);
END $$;

-- ------------------------------------------------------------------ grants

DO $$
BEGIN
  REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'quittance_app') THEN RETURN; END IF;
  GRANT SELECT ON manual_payment, known_payer TO quittance_app;
  GRANT EXECUTE ON FUNCTION record_manual_payment(jsonb, timestamptz), take_back_payment(uuid, text, timestamptz), payer_key(text),
    match_bank_line(jsonb, timestamptz), ignore_bank_line(uuid, text, uuid, timestamptz), reopen_bank_line(uuid, uuid, timestamptz),
    apply_unapplied(uuid, uuid, uuid, bigint, date, timestamptz), lock_credits(uuid, text, uuid[], uuid),
    apply_credits(uuid, jsonb, date, timestamptz), decide_credit_request(uuid, boolean, text, uuid, timestamptz),
    request_write_off(uuid, uuid, bigint, text, uuid, timestamptz), decide_write_off(uuid, boolean, text, uuid, timestamptz)
    TO quittance_app;
  -- What money depends on is decided by the functions above alone.
  REVOKE UPDATE ON bank_line, credit_request, write_off_request FROM quittance_app;
  REVOKE INSERT ON write_off_request FROM quittance_app;
END $$;
