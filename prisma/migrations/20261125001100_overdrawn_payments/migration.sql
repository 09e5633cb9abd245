-- Money that is taken of a payment which has less left: a bank returns a debit that was refunded, or a chargeback takes what a refund
-- had given back. All of it is booked; what exceeds the payment rests in chargebacks pending, a claim on the customer, until it comes
-- back, until the payment has something again, or until a person has seen to it. Two new small tables; replaces functions; renames the
-- cases of one kind, a handful of rows.

-- CreateTable
CREATE TABLE "payment_overdraft" (
    "id" UUID NOT NULL,
    "payment_id" UUID NOT NULL,
    "kind" "reversal_kind" NOT NULL,
    "provider_id" TEXT NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "reason" TEXT,
    "journal_id" UUID,
    "effective_on" DATE NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "payment_overdraft_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "payment_overdraft_end" (
    "overdraft_id" UUID NOT NULL,
    "journal_id" UUID NOT NULL,
    "effective_on" DATE NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "payment_overdraft_end_pkey" PRIMARY KEY ("overdraft_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "payment_overdraft_provider_id_key" ON "payment_overdraft"("provider_id");

-- CreateIndex
CREATE UNIQUE INDEX "payment_overdraft_journal_id_key" ON "payment_overdraft"("journal_id");

-- CreateIndex
CREATE INDEX "payment_overdraft_payment_id_idx" ON "payment_overdraft"("payment_id");

-- CreateIndex
CREATE UNIQUE INDEX "payment_overdraft_end_journal_id_key" ON "payment_overdraft_end"("journal_id");

-- AddForeignKey
ALTER TABLE "payment_overdraft" ADD CONSTRAINT "payment_overdraft_payment_id_fkey" FOREIGN KEY ("payment_id") REFERENCES "payment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment_overdraft" ADD CONSTRAINT "payment_overdraft_journal_id_fkey" FOREIGN KEY ("journal_id") REFERENCES "journal"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment_overdraft_end" ADD CONSTRAINT "payment_overdraft_end_overdraft_id_fkey" FOREIGN KEY ("overdraft_id") REFERENCES "payment_overdraft"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment_overdraft_end" ADD CONSTRAINT "payment_overdraft_end_journal_id_fkey" FOREIGN KEY ("journal_id") REFERENCES "journal"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE payment_overdraft ADD CONSTRAINT payment_overdraft_amount CHECK (amount_minor > 0);

CREATE TRIGGER payment_overdraft_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payment_overdraft FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER payment_overdraft_end_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payment_overdraft_end FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- ------------------------------------------------------------------ taking and giving back

-- The reversals by which a payment has taken part of an overdraft on itself, and that stand.
CREATE FUNCTION overdraft_reversals(p_overdraft payment_overdraft)
RETURNS SETOF payment_reversal LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT r.* FROM payment_reversal r
   WHERE r.payment_id = p_overdraft.payment_id AND r.provider_id LIKE 'overdrawn:' || p_overdraft.id || ':%'
     AND NOT EXISTS (SELECT FROM payment_restoration x WHERE x.reversal_id = r.id)
$$;

-- Minor units of an overdraft that are still out: neither given back nor taken on by the payment.
CREATE FUNCTION overdraft_standing(p_overdraft payment_overdraft) RETURNS bigint LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT CASE WHEN EXISTS (SELECT FROM payment_overdraft_end e WHERE e.overdraft_id = p_overdraft.id) THEN 0
    ELSE p_overdraft.amount_minor - (SELECT coalesce(sum(amount_minor), 0) FROM overdraft_reversals(p_overdraft)) END::bigint
$$;

-- Books money that was taken of a payment, however much is left of it: what there is by reverse_payment, the rest as an overdraft:
-- Dr chargebacks pending / Cr where the money went. Once per provider id. A person is told of an overdraft.
CREATE FUNCTION take_from_payment(p_reversal jsonb, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_provider text := p_reversal->>'providerId';
  v_amount bigint := (p_reversal->>'amountMinor')::bigint;
  v_contra integer := coalesce((p_reversal->>'contra')::integer, 1200);
  v_on date := (p_reversal->>'effectiveOn')::date;
  v_id uuid := new_id();
  v_payment payment;
  v_left bigint;
  v_over bigint;
  v_answer jsonb;
  v_journal uuid;
BEGIN
  SELECT * INTO v_payment FROM payment WHERE id = (p_reversal->>'paymentId')::uuid FOR UPDATE;
  IF NOT FOUND THEN RETURN refusal('PAYMENT_NOT_FOUND'); END IF;
  IF EXISTS (SELECT FROM payment_overdraft WHERE provider_id = v_provider) OR EXISTS (SELECT FROM payment_reversal WHERE provider_id = v_provider) THEN
    RETURN jsonb_build_object('ok', true, 'reversed', false);
  END IF;
  v_left := v_payment.received_minor - v_payment.reversed_minor;
  IF v_amount <= v_left THEN RETURN reverse_payment(p_reversal, p_now); END IF;

  IF v_left > 0 THEN
    v_answer := reverse_payment(p_reversal || jsonb_build_object('amountMinor', v_left), p_now);
    IF NOT (v_answer->>'ok')::boolean THEN RAISE EXCEPTION 'payment % cannot give what it has left: %', v_payment.id, v_answer USING ERRCODE = 'QT004'; END IF;
  END IF;
  v_over := v_amount - v_left;
  -- What a chargeback has withdrawn rests there already.
  IF v_contra <> 1400 THEN
    v_journal := write_journal('payment.overdrawn', 'payment.overdrawn:' || v_id, v_payment.customer_id, v_payment.id, NULL, v_on, v_payment.currency,
      jsonb_build_array(jsonb_build_object('account', 1400, 'amount', v_over), jsonb_build_object('account', v_contra, 'amount', -v_over)), p_now);
  END IF;
  INSERT INTO payment_overdraft (id, payment_id, kind, provider_id, amount_minor, reason, journal_id, effective_on, recorded_at)
  VALUES (v_id, v_payment.id, (p_reversal->>'kind')::reversal_kind, v_provider, v_over, p_reversal->>'reason', v_journal, v_on, p_now);
  PERFORM open_exception('payment.overdrawn', 'payment.overdrawn:' || v_provider, jsonb_build_object('subjectId', v_payment.id,
    'customerId', v_payment.customer_id, 'providerId', v_provider, 'takenMinor', v_amount::text, 'overdrawnMinor', v_over::text), p_now);
  RETURN jsonb_build_object('ok', true, 'reversed', true);
END $$;

-- Lets a payment that has something left again take on what was taken of it too much, oldest first: Dr receivable and so on / Cr
-- chargebacks pending. The payment must be locked.
CREATE FUNCTION settle_overdrafts(p_payment_id uuid, p_on date, p_now timestamptz)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_over payment_overdraft;
  v_standing bigint;
  v_take bigint;
  v_answer jsonb;
BEGIN
  FOR v_over IN SELECT * FROM payment_overdraft WHERE payment_id = p_payment_id ORDER BY recorded_at, id
  LOOP
    v_standing := overdraft_standing(v_over);
    SELECT least(v_standing, received_minor - reversed_minor) INTO v_take FROM payment WHERE id = p_payment_id;
    CONTINUE WHEN v_take <= 0;
    v_answer := reverse_payment(jsonb_build_object('id', new_id(), 'paymentId', p_payment_id, 'kind', v_over.kind, 'amountMinor', v_take,
      'providerId', 'overdrawn:' || v_over.id || ':' || (SELECT count(*) FROM payment_reversal WHERE payment_id = p_payment_id),
      'reason', v_over.reason, 'effectiveOn', p_on, 'contra', 1400), p_now);
    IF NOT (v_answer->>'ok')::boolean THEN RAISE EXCEPTION 'payment % cannot take its overdraft on: %', p_payment_id, v_answer USING ERRCODE = 'QT004'; END IF;
    IF v_take = v_standing THEN
      PERFORM resolve_exception('payment.overdrawn:' || v_over.provider_id, 'What was taken too much is covered by the payment again.', p_now);
    END IF;
  END LOOP;
END $$;

-- Money that was taken of a payment and did not stay away: what was reversed is the payment's again, what was an overdraft ends:
-- Dr where the money is again / Cr chargebacks pending. Once per provider id.
CREATE FUNCTION give_back_to_payment(p_restoration jsonb, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_provider text := p_restoration->>'providerId';
  v_contra integer := coalesce((p_restoration->>'contra')::integer, 1200);
  v_on date := (p_restoration->>'effectiveOn')::date;
  v_over payment_overdraft;
  v_payment payment;
  v_reversal payment_reversal;
  v_journal uuid;
  v_answer jsonb;
BEGIN
  SELECT * INTO v_payment FROM payment WHERE id = coalesce((SELECT payment_id FROM payment_reversal WHERE provider_id = v_provider),
    (SELECT payment_id FROM payment_overdraft WHERE provider_id = v_provider)) FOR UPDATE;
  IF NOT FOUND THEN RETURN refusal('REVERSAL_NOT_FOUND'); END IF;
  v_answer := restore_payment(p_restoration, p_now);
  -- Nothing was left of the payment when it was taken.
  IF NOT (v_answer->>'ok')::boolean THEN v_answer := jsonb_build_object('ok', true, 'restored', false); END IF;
  SELECT * INTO v_over FROM payment_overdraft WHERE provider_id = v_provider;
  IF FOUND AND NOT EXISTS (SELECT FROM payment_overdraft_end WHERE overdraft_id = v_over.id) THEN
    FOR v_reversal IN SELECT * FROM overdraft_reversals(v_over) ORDER BY recorded_at DESC, id DESC
    LOOP
      PERFORM restore_payment(jsonb_build_object('id', new_id(), 'providerId', v_reversal.provider_id, 'effectiveOn', v_on, 'contra', 1400), p_now);
    END LOOP;
    v_journal := write_journal('payment.overdraft_ended', 'payment.overdraft_ended:' || v_over.id, v_payment.customer_id, v_payment.id, v_over.journal_id, v_on,
      v_payment.currency, jsonb_build_array(jsonb_build_object('account', v_contra, 'amount', v_over.amount_minor),
        jsonb_build_object('account', 1400, 'amount', -v_over.amount_minor)), p_now);
    INSERT INTO payment_overdraft_end (overdraft_id, journal_id, effective_on, recorded_at) VALUES (v_over.id, v_journal, v_on, p_now);
    PERFORM resolve_exception('payment.overdrawn:' || v_provider, 'What was taken too much came back.', p_now);
    v_answer := jsonb_build_object('ok', true, 'restored', true);
  END IF;
  PERFORM settle_overdrafts(v_payment.id, v_on, p_now);
  RETURN v_answer;
END $$;

-- ------------------------------------------------------------------ what the provider says

-- Books what the provider says of a refund of ours. Under way: Dr receivable, unapplied credit and surcharge / Cr refunds payable.
-- Arrived: Dr refunds payable / Cr provider clearing. Failed: both again the other way round. Stale news changes nothing.
CREATE OR REPLACE FUNCTION sync_refund(p_reading jsonb, p_now timestamptz)
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
  -- One that a person had given up as never sent is there after all.
  v_from := CASE WHEN v_refund.state = 'approved' OR (v_refund.state = 'failed' AND v_refund.failure_code = 'never_reached') THEN 'sent' ELSE v_refund.state END;
  IF NOT refund_may_move(v_from, v_new) THEN
    IF v_refund.state IN ('requested', 'declined') THEN
      RAISE EXCEPTION 'refund % is % and has gone out', v_refund.id, v_refund.state USING ERRCODE = 'QT004';
    END IF;
    RETURN jsonb_build_object('ok', true, 'changed', false, 'state', v_refund.state);
  END IF;

  IF v_new IN ('pending', 'succeeded') AND v_from = 'sent' THEN
    v_answer := take_from_payment(jsonb_build_object('id', new_id(), 'paymentId', v_payment.id, 'kind', 'refund', 'amountMinor', v_refund.amount_minor::text,
      'providerId', v_provider, 'reason', v_refund.reason, 'effectiveOn', v_on, 'contra', 2400, 'invoiceId', v_refund.invoice_id), p_now);
    IF NOT (v_answer->>'ok')::boolean THEN RETURN v_answer; END IF;
    PERFORM resolve_exception('refund.failed:' || v_refund.id, 'It reached the customer after all.', p_now);
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
      PERFORM give_back_to_payment(jsonb_build_object('id', new_id(), 'providerId', v_provider, 'effectiveOn', v_on, 'contra', 2400), p_now);
    END IF;
    PERFORM report_failed_refund(v_payment, v_refund, p_reading->>'failureCode', p_now);
  END IF;
  UPDATE refund SET state = v_new, provider_refund_id = v_provider, failure_code = p_reading->>'failureCode', updated_at = p_now WHERE id = v_refund.id;
  RETURN jsonb_build_object('ok', true, 'changed', true, 'state', v_new);
END $$;

-- Books what the provider says of a chargeback. Withdrawn: Dr chargebacks pending / Cr provider clearing, and the invoices stay paid
-- while the bank decides. Lost: they open again out of chargebacks pending. Reinstated: Dr provider clearing / Cr chargebacks pending.
-- What cannot be contested (bank debits; a charge that the network took back) opens the invoices at once. An inquiry moves nothing.
-- `moved` says which of these this reading did.
CREATE OR REPLACE FUNCTION record_chargeback(p_reading jsonb, p_now timestamptz)
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
      v_answer := take_from_payment(jsonb_build_object('id', new_id(), 'paymentId', v_payment.id, 'amountMinor', v_known.amount_minor::text,
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
      PERFORM give_back_to_payment(jsonb_build_object('id', new_id(), 'providerId', v_provider, 'effectiveOn', v_today, 'contra', 1200), p_now);
    END IF;
    v_known.money := 'reinstated';
    v_moved := 'won';
    UPDATE chargeback SET money = v_known.money, updated_at = p_now WHERE id = v_known.id;
  END IF;
  IF v_known.money = 'withdrawn' AND v_known.state IN ('lost', 'prevented') THEN
    v_answer := take_from_payment(jsonb_build_object('id', new_id(), 'paymentId', v_payment.id, 'kind', 'chargeback', 'amountMinor', v_known.amount_minor::text,
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

UPDATE exception_case SET kind = 'payment.overdrawn' WHERE kind = 'payment.reversal-refused';

-- ------------------------------------------------------------------ grants

DO $$
BEGIN
  REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'quittance_app') THEN RETURN; END IF;
  GRANT SELECT ON payment_overdraft, payment_overdraft_end TO quittance_app;
  GRANT EXECUTE ON FUNCTION take_from_payment(jsonb, timestamptz), give_back_to_payment(jsonb, timestamptz), overdraft_standing(payment_overdraft),
    overdraft_reversals(payment_overdraft) TO quittance_app;
END $$;
