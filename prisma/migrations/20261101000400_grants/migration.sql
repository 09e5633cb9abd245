-- What the role that web and worker use may do: read everything, write only what is not money. Where that role does not
-- exist (one role for everything), nothing changes.

DO $$
DECLARE
  v_table text;
BEGIN
  REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
  -- The posting functions run as their owner; nobody may put tables with triggers of their own into their way.
  IF (SELECT pg_has_role(datdba, 'MEMBER') FROM pg_database WHERE datname = current_database()) THEN
    EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'quittance_app') THEN RETURN; END IF;

  GRANT USAGE ON SCHEMA public TO quittance_app;
  GRANT SELECT ON ALL TABLES IN SCHEMA public TO quittance_app;
  GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO quittance_app;
  -- Only the posting functions call these, as their owner.
  REVOKE EXECUTE ON FUNCTION write_ledger_event(text, text, uuid, integer, date, text, bigint, bigint, uuid, uuid, uuid, timestamptz) FROM quittance_app;
  REVOKE EXECUTE ON FUNCTION write_account_event(text, uuid, date, text, bigint, uuid, uuid, timestamptz) FROM quittance_app;
  REVOKE EXECUTE ON FUNCTION write_journal(text, text, uuid, uuid, uuid, date, text, jsonb, timestamptz) FROM quittance_app;
  REVOKE EXECUTE ON FUNCTION write_invoice_versions(jsonb, timestamptz) FROM quittance_app;
  REVOKE EXECUTE ON FUNCTION write_payment_state(uuid, payment_state, payment_state, text, text, timestamptz) FROM quittance_app;
  REVOKE EXECUTE ON FUNCTION release_holds(uuid, timestamptz) FROM quittance_app;

  -- People, sessions, queues, imports and the chain's moving parts.
  FOREACH v_table IN ARRAY ARRAY['person', 'session', 'credential', 'verification', 'two_factor', 'buyer_right', 'staff_member',
    'import_profile', 'import_batch', 'import_row', 'rate_limit', 'provider_cursor',
    'chain_account', 'chain_block', 'chain_transaction_status']
  LOOP
    EXECUTE format('GRANT INSERT, UPDATE, DELETE ON %I TO quittance_app', v_table);
  END LOOP;
  -- Records that are written once, and kept from change by their triggers.
  FOREACH v_table IN ARRAY ARRAY['customer', 'document', 'commitment', 'ledger_entry', 'chain_transaction', 'chain_deployment', 'supplier']
  LOOP
    EXECUTE format('GRANT INSERT ON %I TO quittance_app', v_table);
  END LOOP;
  GRANT UPDATE (name, email, address_lines, country_code, stripe_customer_id, requires_totp) ON customer TO quittance_app;
  GRANT UPDATE (name, legal_name, address_lines, country_code, tax_number, email, phone, time_zone, locale) ON supplier TO quittance_app;
  GRANT UPDATE (synced_at) ON payment TO quittance_app;
  GRANT UPDATE (payment_id, processed_at, outcome, attempts, last_error) ON webhook_inbox TO quittance_app;
  -- Letters that no posting causes, such as sign-in links.
  GRANT INSERT, UPDATE (sent_at, message_id, attempts, last_error) ON mail_outbox TO quittance_app;
END $$;
