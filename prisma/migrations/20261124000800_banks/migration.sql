-- What is known of a bank link while it is made and kept: who works on it, what the checks found, which mandate was agreed to;
-- the words of a mandate that we showed ourselves; and events of the bank link service get a job of their own.
-- Adds nullable columns to small tables and replaces one function: the locks last for a moment.

ALTER TABLE "bank_link"
    ADD COLUMN "account_verification" TEXT,
    ADD COLUMN "holder_check" TEXT,
    ADD COLUMN "holder_names" TEXT[],
    ADD COLUMN "decided_by" UUID,
    ADD COLUMN "decision_note" TEXT,
    ADD COLUMN "mandate_id" UUID,
    ADD COLUMN "bank_token" TEXT,
    ADD COLUMN "keep_attempt" INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN "repaired_at" TIMESTAMPTZ(3),
    ADD COLUMN "checked_at" TIMESTAMPTZ(3),
    ADD COLUMN "claimed_at" TIMESTAMPTZ(3);
ALTER TABLE "mandate" ADD COLUMN "text" TEXT;

CREATE UNIQUE INDEX "bank_link_mandate_id_key" ON "bank_link"("mandate_id");
CREATE INDEX "bank_link_state_checked_at_idx" ON "bank_link"("state", "checked_at");
ALTER TABLE "bank_link" ADD CONSTRAINT "bank_link_mandate_id_fkey" FOREIGN KEY ("mandate_id") REFERENCES "mandate"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE bank_link ADD CONSTRAINT bank_link_verification CHECK (account_verification IN ('ready', 'pending', 'failed'));
ALTER TABLE bank_link ADD CONSTRAINT bank_link_holder_check CHECK (holder_check IN ('passed', 'review', 'refused', 'approved'));
ALTER TABLE bank_link ADD CONSTRAINT bank_link_name_score CHECK (name_score BETWEEN 0 AND 100);
-- Only the last digits of an account may ever come here.
ALTER TABLE bank_link ADD CONSTRAINT bank_link_mask CHECK (length(account_mask) <= 6);

-- Stores a verified webhook once and queues its processing, by the provider that sent it.
CREATE OR REPLACE FUNCTION record_webhook(p_event jsonb, p_now timestamptz)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_job text := CASE p_event->>'provider' WHEN 'plaid' THEN 'banks:process-webhook' ELSE 'payments:process-webhook' END;
BEGIN
  INSERT INTO webhook_inbox (id, provider, type, object_id, payment_id, payload, event_at, received_at)
  VALUES (p_event->>'id', p_event->>'provider', p_event->>'type', p_event->>'objectId', (p_event->>'paymentId')::uuid,
    p_event->'payload', (p_event->>'eventAt')::timestamptz, p_now) ON CONFLICT (id) DO NOTHING;
  IF NOT FOUND THEN RETURN jsonb_build_object('ok', true, 'fresh', false); END IF;
  PERFORM graphile_worker.add_job(v_job, json_build_object('eventId', p_event->>'id'),
    job_key := v_job || ':' || (p_event->>'id'), max_attempts := 25);
  RETURN jsonb_build_object('ok', true, 'fresh', true);
END $$;

REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'quittance_app') THEN RETURN; END IF;
  GRANT EXECUTE ON FUNCTION record_webhook(jsonb, timestamptz) TO quittance_app;
END $$;
