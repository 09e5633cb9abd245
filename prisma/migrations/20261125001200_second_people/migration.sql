-- Nobody gets by alone where two have to agree: parts of one payment that a buyer asks back count together whoever of the clerks lets
-- them pass, nobody answers what they asked for themselves, and payouts are written by the function that books them alone. Replaces
-- functions and takes rights away; locks no table.

-- Whether a refund needs a manager who did not ask for it: above the limit, together with what of the same payment was refunded
-- without a manager's decision, so that parts do not slip below it. Without a policy the limit is the column's default.
CREATE OR REPLACE FUNCTION refund_needs_manager(p_payment payment, p_amount bigint, p_except uuid) RETURNS boolean LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT p_amount + coalesce((SELECT sum(r.amount_minor) FROM refund r WHERE r.payment_id = p_payment.id AND r.state NOT IN ('requested', 'declined', 'failed')
           AND r.id IS DISTINCT FROM p_except
           AND NOT EXISTS (SELECT FROM staff_member s WHERE s.person_id = r.decided_by AND s.role = 'manager')), 0)
       > coalesce((SELECT second_approval_minor FROM payment_policy WHERE currency = p_payment.currency), 50000)
$$;

-- Staff answer a buyer who asked to use credit. Agreeing applies it now, under the request's own id; what cannot be applied any
-- more is refused and the request stays. Who asked, as a buyer, does not answer, as staff. The same answer again changes nothing.
CREATE OR REPLACE FUNCTION decide_credit_request(p_id uuid, p_approve boolean, p_note text, p_decided_by uuid, p_now timestamptz)
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
  IF v_request.requested_by = p_decided_by THEN RETURN refusal('SECOND_PERSON_NEEDED'); END IF;
  IF p_approve THEN
    v_answer := apply_credits(v_request.customer_id, jsonb_build_array(jsonb_build_object('id', v_request.id, 'creditMemoId', v_request.credit_memo_id,
      'paymentId', v_request.payment_id, 'invoiceId', v_request.invoice_id, 'amountMinor', v_request.amount_minor)), business_date(p_now), p_now);
    IF NOT (v_answer->>'ok')::boolean THEN RETURN v_answer; END IF;
  END IF;
  UPDATE credit_request SET state = v_state, decided_by = p_decided_by, decision_note = p_note, decided_at = p_now WHERE id = p_id;
  RETURN jsonb_build_object('ok', true, 'changed', true);
END $$;

DO $$
BEGIN
  REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'quittance_app') THEN RETURN; END IF;
  REVOKE INSERT, UPDATE ON provider_payout FROM quittance_app;
  REVOKE UPDATE ON bank_statement FROM quittance_app;
END $$;
