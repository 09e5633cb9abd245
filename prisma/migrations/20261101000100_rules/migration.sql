-- The rules that the database holds by itself: signs and sums, append-only records, balanced journals, the chart.
-- Runs on new tables; locks nothing that is in use.

CREATE EXTENSION IF NOT EXISTS pgcrypto;

-- ------------------------------------------------------------------ signs and sums

ALTER TABLE supplier ADD CONSTRAINT supplier_single CHECK (singleton);

ALTER TABLE invoice
  ADD CONSTRAINT invoice_currency CHECK (currency ~ '^[A-Z]{3}$'),
  ADD CONSTRAINT invoice_total CHECK (total_minor > 0 AND net_minor + tax_minor + rounding_minor = total_minor),
  ADD CONSTRAINT invoice_open CHECK (open_minor BETWEEN 0 AND total_minor),
  -- Payable = open - held is never below zero: no minor unit is held twice.
  ADD CONSTRAINT invoice_held CHECK (held_minor BETWEEN 0 AND open_minor),
  ADD CONSTRAINT invoice_settled CHECK ((settled_on IS NOT NULL) = (open_minor = 0));

ALTER TABLE credit_memo
  ADD CONSTRAINT credit_memo_currency CHECK (currency ~ '^[A-Z]{3}$'),
  ADD CONSTRAINT credit_memo_total CHECK (total_minor > 0 AND net_minor + tax_minor = total_minor),
  ADD CONSTRAINT credit_memo_remaining CHECK (remaining_minor BETWEEN 0 AND total_minor);

ALTER TABLE payment
  ADD CONSTRAINT payment_currency CHECK (currency ~ '^[A-Z]{3}$'),
  ADD CONSTRAINT payment_amount CHECK (amount_minor > 0),
  ADD CONSTRAINT payment_received CHECK (received_minor >= 0 AND (received_minor > 0) = (state = 'settled')),
  ADD CONSTRAINT payment_unallocated CHECK (unallocated_minor BETWEEN 0 AND received_minor),
  ADD CONSTRAINT payment_reversed CHECK (reversed_minor BETWEEN 0 AND received_minor),
  ADD CONSTRAINT payment_settled CHECK ((settled_on IS NOT NULL) = (state = 'settled'));

ALTER TABLE payment_item ADD CONSTRAINT payment_item_amount CHECK (amount_minor > 0);
ALTER TABLE payment_reversal ADD CONSTRAINT payment_reversal_amount CHECK (amount_minor > 0);
ALTER TABLE hold ADD CONSTRAINT hold_amount CHECK (amount_minor > 0);
ALTER TABLE dispute ADD CONSTRAINT dispute_amount CHECK (amount_minor > 0);
ALTER TABLE dispute ADD CONSTRAINT dispute_closed CHECK ((closed_on IS NULL) = (outcome IS NULL));

ALTER TABLE allocation
  ADD CONSTRAINT allocation_source CHECK ((payment_id IS NULL) <> (credit_memo_id IS NULL)),
  ADD CONSTRAINT allocation_sign CHECK (CASE WHEN reverses_id IS NULL THEN amount_minor > 0 ELSE amount_minor < 0 END);

ALTER TABLE posting
  ADD CONSTRAINT posting_amount CHECK (amount_minor <> 0),
  ADD CONSTRAINT posting_line CHECK (line_no >= 1),
  ADD CONSTRAINT posting_currency CHECK (currency ~ '^[A-Z]{3}$');

ALTER TABLE ledger_event
  ADD CONSTRAINT ledger_event_sequence CHECK (sequence >= 1),
  ADD CONSTRAINT ledger_event_subject CHECK (subject_kind IN ('invoice', 'customer', 'supplier')),
  ADD CONSTRAINT ledger_event_certainty CHECK (certainty IN ('asserted', 'confirmed', 'countersigned', 'irrevocable')),
  ADD CONSTRAINT ledger_event_money CHECK ((currency IS NULL) = (amount_minor IS NULL)),
  ADD CONSTRAINT ledger_event_type CHECK (type IN (
    'invoice.issued', 'invoice.corrected', 'invoice.cancelled', 'credit.issued', 'credit.applied', 'payment.applied',
    'payment.reversed', 'dispute.opened', 'dispute.resolved', 'plan.agreed', 'plan.ended', 'writeoff',
    'placement.granted', 'placement.revoked', 'disclosure.granted', 'disclosure.revoked', 'payee.changed', 'audit.head'));

ALTER TABLE ledger_salt
  ADD CONSTRAINT ledger_salt_length CHECK (octet_length(salt) = 32),
  ADD CONSTRAINT ledger_salt_kind CHECK (owner_kind IN ('event', 'subject', 'text'));

ALTER TABLE commitment
  ADD CONSTRAINT commitment_length CHECK (octet_length(commitment) = 32 AND octet_length(subject_key) = 32);

-- ------------------------------------------------------------------ append-only records

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'QT001';
END $$;

DO $$
DECLARE
  v_table text;
BEGIN
  FOREACH v_table IN ARRAY ARRAY['account', 'journal', 'posting', 'allocation', 'ledger_event', 'commitment', 'ledger_entry',
    'chain_transaction', 'chain_deployment', 'audit', 'payment_state_change', 'payment_item', 'payment_reversal',
    'invoice_version', 'invoice_line', 'invoice_tax']
  LOOP
    EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE OR TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
      v_table || '_append_only', v_table);
  END LOOP;
END $$;

-- A subject's events are numbered from 1: whoever makes one cannot begin elsewhere.
CREATE FUNCTION begin_ledger_sequence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.ledger_sequence := 0;
  RETURN NEW;
END $$;

CREATE TRIGGER customer_begins_ledger BEFORE INSERT ON customer FOR EACH ROW EXECUTE FUNCTION begin_ledger_sequence();
CREATE TRIGGER supplier_begins_ledger BEFORE INSERT ON supplier FOR EACH ROW EXECUTE FUNCTION begin_ledger_sequence();

-- ------------------------------------------------------------------ balanced journals

-- A journal is checked when its transaction commits. Later postings cannot join it: a posting carries the id of its
-- own transaction and the foreign key to journal includes it.
CREATE FUNCTION check_journal_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  v_legs integer;
  v_unbalanced text;
BEGIN
  SELECT count(*)::integer INTO v_legs FROM posting WHERE journal_id = NEW.id;
  SELECT string_agg(currency || ' ' || difference, ', ') INTO v_unbalanced
    FROM (SELECT currency, sum(amount_minor) AS difference FROM posting WHERE journal_id = NEW.id
          GROUP BY currency HAVING sum(amount_minor) <> 0) AS each_currency;
  IF v_legs < 2 OR v_unbalanced IS NOT NULL THEN
    RAISE EXCEPTION 'journal % (%) does not balance: % postings, off by %', NEW.id, NEW.kind, v_legs, coalesce(v_unbalanced, 'nothing')
      USING ERRCODE = 'QT002';
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER journal_balances AFTER INSERT ON journal
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_journal_balance();

-- ------------------------------------------------------------------ chart of accounts

INSERT INTO account (code, name, kind) VALUES
  (1000, 'Bank', 'asset'),
  (1100, 'Accounts receivable', 'asset'),
  (1200, 'Provider clearing', 'asset'),
  (1300, 'Stablecoin wallet', 'asset'),
  (1310, 'Stablecoin in escrow', 'asset'),
  (1400, 'Chargebacks pending', 'asset'),
  (2100, 'Tax payable', 'liability'),
  (2200, 'Unapplied credit', 'liability'),
  (2300, 'Escrow liability', 'liability'),
  (2400, 'Refunds payable', 'liability'),
  (3000, 'Opening equity', 'equity'),
  (4000, 'Revenue', 'income'),
  (4100, 'Surcharges', 'income'),
  (4900, 'Discounts', 'income'),
  (5000, 'Provider fees', 'expense'),
  (5100, 'Chain fees', 'expense'),
  (5200, 'Dispute fees', 'expense'),
  (5300, 'Agency commission', 'expense'),
  (5800, 'Write-offs', 'expense'),
  (5900, 'Rounding', 'expense');

-- Payments are numbered in the order in which they are opened; a refused one leaves no gap.
CREATE SEQUENCE payment_number;

-- ------------------------------------------------------------------ small tools of the posting functions

-- UUID version 7. PostgreSQL 18 makes them itself; older servers get the same layout from the clock and random bytes.
DO $$
BEGIN
  IF current_setting('server_version_num')::integer >= 180000 THEN
    EXECUTE 'CREATE FUNCTION new_id() RETURNS uuid LANGUAGE sql VOLATILE AS ''SELECT uuidv7()''';
  ELSE
    EXECUTE $f$
      CREATE FUNCTION new_id() RETURNS uuid LANGUAGE sql VOLATILE AS '
        SELECT encode(set_byte(set_byte(
          substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) || public.gen_random_bytes(10),
          6, (get_byte(public.gen_random_bytes(1), 0) & 15) | 112), 8, (get_byte(public.gen_random_bytes(1), 0) & 63) | 128), ''hex'')::uuid'
    $f$;
  END IF;
END $$;

-- A refusal as the posting functions answer it: nothing was written, and the person can do something about it.
CREATE FUNCTION refusal(p_code text, p_facts jsonb DEFAULT '{}') RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT jsonb_build_object('ok', false, 'refusal', jsonb_build_object('code', p_code) || p_facts)
$$;

-- Today in the supplier's zone at the instant p_now.
CREATE FUNCTION business_date(p_now timestamptz) RETURNS date LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT (p_now AT TIME ZONE coalesce((SELECT time_zone FROM supplier), 'UTC'))::date
$$;
