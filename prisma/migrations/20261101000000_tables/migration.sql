-- Every table of the books and what surrounds them. Runs on an empty database; locks nothing that is in use.
-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "staff_role" AS ENUM ('clerk', 'manager');

-- CreateEnum
CREATE TYPE "invoice_kind" AS ENUM ('invoice', 'fee');

-- CreateEnum
CREATE TYPE "dispute_outcome" AS ENUM ('accepted', 'rejected', 'withdrawn', 'split');

-- CreateEnum
CREATE TYPE "payment_method" AS ENUM ('card', 'us_bank_account', 'link', 'imported');

-- CreateEnum
CREATE TYPE "payment_state" AS ENUM ('created', 'awaiting_customer', 'requires_action', 'processing', 'settled', 'failed', 'expired', 'canceled');

-- CreateEnum
CREATE TYPE "attempt_state" AS ENUM ('recorded', 'sent', 'answered', 'declined', 'unknown');

-- CreateEnum
CREATE TYPE "reversal_kind" AS ENUM ('refund', 'bank_return', 'chargeback');

-- CreateEnum
CREATE TYPE "hold_kind" AS ENUM ('reserved', 'processing', 'disputed', 'escrow', 'protest');

-- CreateEnum
CREATE TYPE "account_kind" AS ENUM ('asset', 'liability', 'equity', 'income', 'expense');

-- CreateEnum
CREATE TYPE "chain_state" AS ENUM ('queued', 'sent', 'recorded', 'final', 'reverted');

-- CreateEnum
CREATE TYPE "import_state" AS ENUM ('staging', 'checked', 'refused', 'committing', 'committed');

-- CreateTable
CREATE TABLE "supplier" (
    "id" UUID NOT NULL,
    "singleton" BOOLEAN NOT NULL DEFAULT true,
    "name" TEXT NOT NULL,
    "legal_name" TEXT NOT NULL,
    "address_lines" TEXT[],
    "country_code" CHAR(2) NOT NULL,
    "tax_number" TEXT,
    "email" TEXT NOT NULL,
    "phone" TEXT,
    "time_zone" TEXT NOT NULL,
    "locale" TEXT NOT NULL DEFAULT 'en-US',
    "ledger_sequence" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "supplier_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "customer" (
    "id" UUID NOT NULL,
    "number" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT,
    "address_lines" TEXT[],
    "country_code" VARCHAR(3),
    "source" TEXT NOT NULL,
    "external_id" TEXT NOT NULL,
    "stripe_customer_id" TEXT,
    "requires_totp" BOOLEAN NOT NULL DEFAULT false,
    "ledger_sequence" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "customer_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "person" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "email_verified" BOOLEAN NOT NULL DEFAULT false,
    "image" TEXT,
    "disabled_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "person_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "session" (
    "id" UUID NOT NULL,
    "token" TEXT NOT NULL,
    "person_id" UUID NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "second_factor_at" TIMESTAMPTZ(3),
    "ip_address" TEXT,
    "user_agent" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "credential" (
    "id" UUID NOT NULL,
    "account_id" TEXT NOT NULL,
    "provider_id" TEXT NOT NULL,
    "person_id" UUID NOT NULL,
    "access_token" TEXT,
    "refresh_token" TEXT,
    "id_token" TEXT,
    "access_token_expires_at" TIMESTAMPTZ(3),
    "refresh_token_expires_at" TIMESTAMPTZ(3),
    "scope" TEXT,
    "password" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "credential_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "verification" (
    "id" UUID NOT NULL,
    "identifier" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "verification_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "two_factor" (
    "id" UUID NOT NULL,
    "person_id" UUID NOT NULL,
    "secret" TEXT NOT NULL,
    "backup_codes" TEXT[],
    "verified" BOOLEAN NOT NULL DEFAULT false,
    "last_used_step" BIGINT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "two_factor_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "buyer_right" (
    "person_id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "can_pay" BOOLEAN NOT NULL DEFAULT false,
    "can_dispute" BOOLEAN NOT NULL DEFAULT false,
    "can_request_plans" BOOLEAN NOT NULL DEFAULT false,
    "can_administer" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "buyer_right_pkey" PRIMARY KEY ("person_id","customer_id")
);

-- CreateTable
CREATE TABLE "staff_member" (
    "person_id" UUID NOT NULL,
    "role" "staff_role" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "staff_member_pkey" PRIMARY KEY ("person_id")
);

-- CreateTable
CREATE TABLE "invoice" (
    "id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "kind" "invoice_kind" NOT NULL DEFAULT 'invoice',
    "number" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "external_number" TEXT NOT NULL,
    "site_id" TEXT,
    "currency" CHAR(3) NOT NULL,
    "issued_on" DATE NOT NULL,
    "due_on" DATE NOT NULL,
    "po_number" TEXT,
    "net_minor" BIGINT NOT NULL,
    "tax_minor" BIGINT NOT NULL,
    "rounding_minor" BIGINT NOT NULL DEFAULT 0,
    "total_minor" BIGINT NOT NULL,
    "open_minor" BIGINT NOT NULL,
    "held_minor" BIGINT NOT NULL DEFAULT 0,
    "settled_on" DATE,
    "document_version" INTEGER NOT NULL DEFAULT 1,
    "ledger_sequence" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "invoice_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "invoice_version" (
    "invoice_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "po_number" TEXT,
    "note" TEXT,
    "content_hash" TEXT NOT NULL,
    "amount_hash" TEXT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "issued_on" DATE NOT NULL,
    "due_on" DATE NOT NULL,
    "net_minor" BIGINT NOT NULL,
    "tax_minor" BIGINT NOT NULL,
    "rounding_minor" BIGINT NOT NULL DEFAULT 0,
    "total_minor" BIGINT NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "invoice_version_pkey" PRIMARY KEY ("invoice_id","version")
);

-- CreateTable
CREATE TABLE "invoice_line" (
    "invoice_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "description" TEXT NOT NULL,
    "quantity" DECIMAL(18,6) NOT NULL,
    "unit" TEXT,
    "unit_price_minor" DECIMAL(20,6) NOT NULL,
    "net_minor" BIGINT NOT NULL,
    "tax_rate_bps" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "invoice_line_pkey" PRIMARY KEY ("invoice_id","version","position")
);

-- CreateTable
CREATE TABLE "invoice_tax" (
    "invoice_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "tax_rate_bps" INTEGER NOT NULL,
    "net_minor" BIGINT NOT NULL,
    "tax_minor" BIGINT NOT NULL,

    CONSTRAINT "invoice_tax_pkey" PRIMARY KEY ("invoice_id","version","tax_rate_bps")
);

-- CreateTable
CREATE TABLE "credit_memo" (
    "id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "number" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "external_number" TEXT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "issued_on" DATE NOT NULL,
    "reason" TEXT NOT NULL,
    "net_minor" BIGINT NOT NULL,
    "tax_minor" BIGINT NOT NULL,
    "total_minor" BIGINT NOT NULL,
    "remaining_minor" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "credit_memo_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "dispute" (
    "id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "invoice_id" UUID NOT NULL,
    "reason" TEXT NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "opened_on" DATE NOT NULL,
    "closed_on" DATE,
    "outcome" "dispute_outcome",
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "dispute_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "document" (
    "id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "parameters" JSONB NOT NULL,
    "known_at" TIMESTAMPTZ(3) NOT NULL,
    "sha256" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "document_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "payment" (
    "id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "number" TEXT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "received_minor" BIGINT NOT NULL DEFAULT 0,
    "unallocated_minor" BIGINT NOT NULL DEFAULT 0,
    "reversed_minor" BIGINT NOT NULL DEFAULT 0,
    "method" "payment_method" NOT NULL,
    "state" "payment_state" NOT NULL,
    "request_hash" TEXT NOT NULL,
    "created_by" UUID,
    "stripe_checkout_session_id" TEXT,
    "checkout_url" TEXT,
    "stripe_payment_intent_id" TEXT,
    "stripe_charge_id" TEXT,
    "card_brand" TEXT,
    "card_last4" CHAR(4),
    "failure_code" TEXT,
    "settled_on" DATE,
    "settled_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "synced_at" TIMESTAMPTZ(3),

    CONSTRAINT "payment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "payment_item" (
    "payment_id" UUID NOT NULL,
    "invoice_id" UUID NOT NULL,
    "amount_minor" BIGINT NOT NULL,

    CONSTRAINT "payment_item_pkey" PRIMARY KEY ("payment_id","invoice_id")
);

-- CreateTable
CREATE TABLE "payment_state_change" (
    "payment_id" UUID NOT NULL,
    "sequence" INTEGER NOT NULL,
    "from_state" "payment_state",
    "to_state" "payment_state" NOT NULL,
    "cause" TEXT NOT NULL,
    "detail" TEXT,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "payment_state_change_pkey" PRIMARY KEY ("payment_id","sequence")
);

-- CreateTable
CREATE TABLE "payment_attempt" (
    "id" UUID NOT NULL,
    "payment_id" UUID NOT NULL,
    "attempt_no" INTEGER NOT NULL,
    "operation" TEXT NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "request" JSONB NOT NULL,
    "request_hash" TEXT NOT NULL,
    "state" "attempt_state" NOT NULL,
    "response_id" TEXT,
    "error_code" TEXT,
    "error_text" TEXT,
    "provider_request_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "first_sent_at" TIMESTAMPTZ(3),
    "last_sent_at" TIMESTAMPTZ(3),
    "answered_at" TIMESTAMPTZ(3),

    CONSTRAINT "payment_attempt_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "payment_reversal" (
    "id" UUID NOT NULL,
    "payment_id" UUID NOT NULL,
    "kind" "reversal_kind" NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "provider_id" TEXT NOT NULL,
    "reason" TEXT,
    "journal_id" UUID NOT NULL,
    "effective_on" DATE NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "payment_reversal_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "hold" (
    "id" UUID NOT NULL,
    "invoice_id" UUID NOT NULL,
    "payment_id" UUID,
    "dispute_id" UUID,
    "kind" "hold_kind" NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "released_at" TIMESTAMPTZ(3),

    CONSTRAINT "hold_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "allocation" (
    "id" UUID NOT NULL,
    "invoice_id" UUID NOT NULL,
    "payment_id" UUID,
    "credit_memo_id" UUID,
    "amount_minor" BIGINT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "reverses_id" UUID,
    "journal_id" UUID NOT NULL,
    "effective_on" DATE NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "allocation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "account" (
    "code" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "kind" "account_kind" NOT NULL,

    CONSTRAINT "account_pkey" PRIMARY KEY ("code")
);

-- CreateTable
CREATE TABLE "journal" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "posting_key" TEXT NOT NULL,
    "customer_id" UUID,
    "record_id" UUID NOT NULL,
    "corrects_id" UUID,
    "effective_on" DATE NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,
    "transaction_id" BIGINT NOT NULL DEFAULT ((pg_current_xact_id())::text)::bigint,

    CONSTRAINT "journal_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "posting" (
    "journal_id" UUID NOT NULL,
    "line_no" INTEGER NOT NULL,
    "account_code" INTEGER NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "customer_id" UUID,
    "invoice_id" UUID,
    "effective_on" DATE NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,
    "transaction_id" BIGINT NOT NULL DEFAULT ((pg_current_xact_id())::text)::bigint,

    CONSTRAINT "posting_pkey" PRIMARY KEY ("journal_id","line_no")
);

-- CreateTable
CREATE TABLE "ledger_event" (
    "id" UUID NOT NULL,
    "number" BIGSERIAL NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "type" TEXT NOT NULL,
    "subject_kind" TEXT NOT NULL,
    "subject_id" UUID NOT NULL,
    "sequence" INTEGER NOT NULL,
    "occurred_on" DATE NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,
    "currency" CHAR(3),
    "amount_minor" BIGINT,
    "open_after_minor" BIGINT,
    "relates_to" UUID,
    "certainty" TEXT NOT NULL,
    "text_hash" TEXT,
    "customer_id" UUID,
    "journal_id" UUID,

    CONSTRAINT "ledger_event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ledger_salt" (
    "owner_id" UUID NOT NULL,
    "owner_kind" TEXT NOT NULL,
    "salt" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ledger_salt_pkey" PRIMARY KEY ("owner_id")
);

-- CreateTable
CREATE TABLE "commitment" (
    "ledger_event_id" UUID NOT NULL,
    "canonical" BYTEA NOT NULL,
    "subject_key" BYTEA NOT NULL,
    "commitment" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "commitment_pkey" PRIMARY KEY ("ledger_event_id")
);

-- CreateTable
CREATE TABLE "chain_deployment" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "chain_id" BIGINT NOT NULL,
    "address" CHAR(42) NOT NULL,
    "writer_address" CHAR(42) NOT NULL,
    "chain_transaction_id" UUID,
    "from_block" BIGINT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "chain_deployment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "chain_account" (
    "chain_id" BIGINT NOT NULL,
    "address" CHAR(42) NOT NULL,
    "next_nonce" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "chain_account_pkey" PRIMARY KEY ("chain_id","address")
);

-- CreateTable
CREATE TABLE "chain_transaction" (
    "id" UUID NOT NULL,
    "chain_id" BIGINT NOT NULL,
    "sender" CHAR(42) NOT NULL,
    "nonce" INTEGER NOT NULL,
    "purpose" TEXT NOT NULL,
    "raw" BYTEA NOT NULL,
    "hash" CHAR(66) NOT NULL,
    "replaces_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "chain_transaction_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "chain_transaction_status" (
    "chain_transaction_id" UUID NOT NULL,
    "state" "chain_state" NOT NULL,
    "block_number" BIGINT,
    "block_hash" CHAR(66),
    "gas_used" BIGINT,
    "sent_at" TIMESTAMPTZ(3),
    "recorded_at" TIMESTAMPTZ(3),
    "final_at" TIMESTAMPTZ(3),
    "last_error" TEXT,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "chain_transaction_status_pkey" PRIMARY KEY ("chain_transaction_id")
);

-- CreateTable
CREATE TABLE "ledger_entry" (
    "ledger_event_id" UUID NOT NULL,
    "chain_deployment_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "chain_transaction_id" UUID NOT NULL,

    CONSTRAINT "ledger_entry_pkey" PRIMARY KEY ("ledger_event_id")
);

-- CreateTable
CREATE TABLE "chain_block" (
    "chain_id" BIGINT NOT NULL,
    "number" BIGINT NOT NULL,
    "hash" CHAR(66) NOT NULL,
    "parent_hash" CHAR(66) NOT NULL,

    CONSTRAINT "chain_block_pkey" PRIMARY KEY ("chain_id","number")
);

-- CreateTable
CREATE TABLE "webhook_inbox" (
    "id" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "object_id" TEXT NOT NULL,
    "payment_id" UUID,
    "payload" JSONB NOT NULL,
    "event_at" TIMESTAMPTZ(3) NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "processed_at" TIMESTAMPTZ(3),
    "outcome" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "last_error" TEXT,

    CONSTRAINT "webhook_inbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "provider_cursor" (
    "provider" TEXT NOT NULL,
    "read_until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "provider_cursor_pkey" PRIMARY KEY ("provider")
);

-- CreateTable
CREATE TABLE "exception_case" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "case_key" TEXT NOT NULL,
    "customer_id" UUID,
    "subject_id" TEXT,
    "detail" JSONB NOT NULL,
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "resolved_at" TIMESTAMPTZ(3),
    "resolution" TEXT,

    CONSTRAINT "exception_case_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "mail_outbox" (
    "id" UUID NOT NULL,
    "mail_key" TEXT NOT NULL,
    "template" TEXT NOT NULL,
    "recipient" TEXT NOT NULL,
    "customer_id" UUID,
    "parameters" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "sent_at" TIMESTAMPTZ(3),
    "message_id" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "last_error" TEXT,

    CONSTRAINT "mail_outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit" (
    "number" BIGSERIAL NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,
    "actor_kind" TEXT NOT NULL,
    "actor_id" UUID,
    "action" TEXT NOT NULL,
    "customer_id" UUID,
    "subject_id" TEXT,
    "detail" JSONB NOT NULL,
    "previous_hash" BYTEA NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "audit_pkey" PRIMARY KEY ("number")
);

-- CreateTable
CREATE TABLE "import_profile" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "mapping" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "import_profile_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "import_batch" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "file_name" TEXT NOT NULL,
    "file_sha256" TEXT NOT NULL,
    "mapping" JSONB NOT NULL,
    "correct" BOOLEAN NOT NULL DEFAULT false,
    "state" "import_state" NOT NULL,
    "rows_total" INTEGER NOT NULL DEFAULT 0,
    "rows_staged" INTEGER NOT NULL DEFAULT 0,
    "rows_done" INTEGER NOT NULL DEFAULT 0,
    "rows_bad" INTEGER NOT NULL DEFAULT 0,
    "totals" JSONB NOT NULL,
    "created_by" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "committed_at" TIMESTAMPTZ(3),

    CONSTRAINT "import_batch_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "import_row" (
    "batch_id" UUID NOT NULL,
    "line_no" INTEGER NOT NULL,
    "data" JSONB,
    "errors" JSONB NOT NULL,
    "effect" TEXT,

    CONSTRAINT "import_row_pkey" PRIMARY KEY ("batch_id","line_no")
);

-- CreateTable
CREATE TABLE "rate_limit" (
    "key" TEXT NOT NULL,
    "points" INTEGER NOT NULL DEFAULT 0,
    "expire" BIGINT,

    CONSTRAINT "rate_limit_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE UNIQUE INDEX "supplier_singleton_key" ON "supplier"("singleton");

-- CreateIndex
CREATE UNIQUE INDEX "customer_number_key" ON "customer"("number");

-- CreateIndex
CREATE UNIQUE INDEX "customer_stripe_customer_id_key" ON "customer"("stripe_customer_id");

-- CreateIndex
CREATE INDEX "customer_name_id_idx" ON "customer"("name", "id");

-- CreateIndex
CREATE UNIQUE INDEX "customer_source_external_id_key" ON "customer"("source", "external_id");

-- CreateIndex
CREATE UNIQUE INDEX "person_email_key" ON "person"("email");

-- CreateIndex
CREATE UNIQUE INDEX "session_token_key" ON "session"("token");

-- CreateIndex
CREATE INDEX "session_person_id_idx" ON "session"("person_id");

-- CreateIndex
CREATE INDEX "credential_person_id_idx" ON "credential"("person_id");

-- CreateIndex
CREATE INDEX "verification_identifier_idx" ON "verification"("identifier");

-- CreateIndex
CREATE UNIQUE INDEX "two_factor_person_id_key" ON "two_factor"("person_id");

-- CreateIndex
CREATE INDEX "buyer_right_customer_id_idx" ON "buyer_right"("customer_id");

-- CreateIndex
CREATE INDEX "invoice_customer_id_issued_on_id_idx" ON "invoice"("customer_id", "issued_on" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "invoice_customer_id_due_on_id_idx" ON "invoice"("customer_id", "due_on", "id");

-- CreateIndex
CREATE INDEX "invoice_issued_on_id_idx" ON "invoice"("issued_on" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "invoice_number_idx" ON "invoice"("number");

-- CreateIndex
CREATE UNIQUE INDEX "invoice_source_external_number_key" ON "invoice"("source", "external_number");

-- CreateIndex
CREATE INDEX "credit_memo_customer_id_issued_on_id_idx" ON "credit_memo"("customer_id", "issued_on" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "credit_memo_source_external_number_key" ON "credit_memo"("source", "external_number");

-- CreateIndex
CREATE INDEX "dispute_invoice_id_idx" ON "dispute"("invoice_id");

-- CreateIndex
CREATE INDEX "dispute_customer_id_idx" ON "dispute"("customer_id");

-- CreateIndex
CREATE INDEX "document_customer_id_created_at_idx" ON "document"("customer_id", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "document_kind_sha256_key" ON "document"("kind", "sha256");

-- CreateIndex
CREATE UNIQUE INDEX "payment_number_key" ON "payment"("number");

-- CreateIndex
CREATE UNIQUE INDEX "payment_stripe_checkout_session_id_key" ON "payment"("stripe_checkout_session_id");

-- CreateIndex
CREATE UNIQUE INDEX "payment_stripe_payment_intent_id_key" ON "payment"("stripe_payment_intent_id");

-- CreateIndex
CREATE INDEX "payment_customer_id_created_at_id_idx" ON "payment"("customer_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "payment_state_updated_at_idx" ON "payment"("state", "updated_at");

-- CreateIndex
CREATE INDEX "payment_created_at_id_idx" ON "payment"("created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "payment_item_invoice_id_idx" ON "payment_item"("invoice_id");

-- CreateIndex
CREATE UNIQUE INDEX "payment_attempt_idempotency_key_key" ON "payment_attempt"("idempotency_key");

-- CreateIndex
CREATE INDEX "payment_attempt_state_created_at_idx" ON "payment_attempt"("state", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "payment_attempt_payment_id_operation_attempt_no_key" ON "payment_attempt"("payment_id", "operation", "attempt_no");

-- CreateIndex
CREATE UNIQUE INDEX "payment_reversal_provider_id_key" ON "payment_reversal"("provider_id");

-- CreateIndex
CREATE UNIQUE INDEX "payment_reversal_journal_id_key" ON "payment_reversal"("journal_id");

-- CreateIndex
CREATE INDEX "payment_reversal_payment_id_idx" ON "payment_reversal"("payment_id");

-- CreateIndex
CREATE INDEX "hold_invoice_id_idx" ON "hold"("invoice_id");

-- CreateIndex
CREATE INDEX "hold_payment_id_idx" ON "hold"("payment_id");

-- CreateIndex
CREATE INDEX "allocation_invoice_id_idx" ON "allocation"("invoice_id");

-- CreateIndex
CREATE INDEX "allocation_payment_id_idx" ON "allocation"("payment_id");

-- CreateIndex
CREATE INDEX "allocation_credit_memo_id_idx" ON "allocation"("credit_memo_id");

-- CreateIndex
CREATE UNIQUE INDEX "journal_posting_key_key" ON "journal"("posting_key");

-- CreateIndex
CREATE INDEX "journal_record_id_idx" ON "journal"("record_id");

-- CreateIndex
CREATE INDEX "journal_customer_id_effective_on_idx" ON "journal"("customer_id", "effective_on");

-- CreateIndex
CREATE UNIQUE INDEX "journal_id_transaction_id_key" ON "journal"("id", "transaction_id");

-- CreateIndex
CREATE INDEX "posting_customer_id_account_code_currency_effective_on_idx" ON "posting"("customer_id", "account_code", "currency", "effective_on");

-- CreateIndex
CREATE INDEX "posting_invoice_id_account_code_idx" ON "posting"("invoice_id", "account_code");

-- CreateIndex
CREATE INDEX "posting_account_code_currency_idx" ON "posting"("account_code", "currency");

-- CreateIndex
CREATE UNIQUE INDEX "ledger_event_number_key" ON "ledger_event"("number");

-- CreateIndex
CREATE INDEX "ledger_event_relates_to_idx" ON "ledger_event"("relates_to");

-- CreateIndex
CREATE INDEX "ledger_event_journal_id_idx" ON "ledger_event"("journal_id");

-- CreateIndex
CREATE UNIQUE INDEX "ledger_event_subject_id_sequence_key" ON "ledger_event"("subject_id", "sequence");

-- CreateIndex
CREATE UNIQUE INDEX "commitment_commitment_key" ON "commitment"("commitment");

-- CreateIndex
CREATE UNIQUE INDEX "chain_deployment_chain_id_address_key" ON "chain_deployment"("chain_id", "address");

-- CreateIndex
CREATE INDEX "chain_transaction_chain_id_sender_nonce_idx" ON "chain_transaction"("chain_id", "sender", "nonce");

-- CreateIndex
CREATE UNIQUE INDEX "chain_transaction_chain_id_hash_key" ON "chain_transaction"("chain_id", "hash");

-- CreateIndex
CREATE INDEX "chain_transaction_status_state_idx" ON "chain_transaction_status"("state");

-- CreateIndex
CREATE INDEX "ledger_entry_chain_transaction_id_idx" ON "ledger_entry"("chain_transaction_id");

-- CreateIndex
CREATE UNIQUE INDEX "ledger_entry_chain_deployment_id_position_key" ON "ledger_entry"("chain_deployment_id", "position");

-- CreateIndex
CREATE INDEX "webhook_inbox_processed_at_received_at_idx" ON "webhook_inbox"("processed_at", "received_at");

-- CreateIndex
CREATE INDEX "webhook_inbox_payment_id_idx" ON "webhook_inbox"("payment_id");

-- CreateIndex
CREATE UNIQUE INDEX "exception_case_case_key_key" ON "exception_case"("case_key");

-- CreateIndex
CREATE INDEX "exception_case_resolved_at_opened_at_idx" ON "exception_case"("resolved_at", "opened_at");

-- CreateIndex
CREATE UNIQUE INDEX "mail_outbox_mail_key_key" ON "mail_outbox"("mail_key");

-- CreateIndex
CREATE INDEX "mail_outbox_sent_at_created_at_idx" ON "mail_outbox"("sent_at", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "audit_hash_key" ON "audit"("hash");

-- CreateIndex
CREATE INDEX "audit_subject_id_idx" ON "audit"("subject_id");

-- CreateIndex
CREATE UNIQUE INDEX "import_profile_name_key" ON "import_profile"("name");

-- CreateIndex
CREATE INDEX "import_batch_created_at_idx" ON "import_batch"("created_at" DESC);

-- AddForeignKey
ALTER TABLE "session" ADD CONSTRAINT "session_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "credential" ADD CONSTRAINT "credential_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "two_factor" ADD CONSTRAINT "two_factor_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "buyer_right" ADD CONSTRAINT "buyer_right_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "buyer_right" ADD CONSTRAINT "buyer_right_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "staff_member" ADD CONSTRAINT "staff_member_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invoice" ADD CONSTRAINT "invoice_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invoice_version" ADD CONSTRAINT "invoice_version_invoice_id_fkey" FOREIGN KEY ("invoice_id") REFERENCES "invoice"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invoice_line" ADD CONSTRAINT "invoice_line_invoice_id_version_fkey" FOREIGN KEY ("invoice_id", "version") REFERENCES "invoice_version"("invoice_id", "version") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invoice_tax" ADD CONSTRAINT "invoice_tax_invoice_id_version_fkey" FOREIGN KEY ("invoice_id", "version") REFERENCES "invoice_version"("invoice_id", "version") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "credit_memo" ADD CONSTRAINT "credit_memo_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "dispute" ADD CONSTRAINT "dispute_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "dispute" ADD CONSTRAINT "dispute_invoice_id_fkey" FOREIGN KEY ("invoice_id") REFERENCES "invoice"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment" ADD CONSTRAINT "payment_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment_item" ADD CONSTRAINT "payment_item_payment_id_fkey" FOREIGN KEY ("payment_id") REFERENCES "payment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment_item" ADD CONSTRAINT "payment_item_invoice_id_fkey" FOREIGN KEY ("invoice_id") REFERENCES "invoice"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment_state_change" ADD CONSTRAINT "payment_state_change_payment_id_fkey" FOREIGN KEY ("payment_id") REFERENCES "payment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment_attempt" ADD CONSTRAINT "payment_attempt_payment_id_fkey" FOREIGN KEY ("payment_id") REFERENCES "payment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment_reversal" ADD CONSTRAINT "payment_reversal_payment_id_fkey" FOREIGN KEY ("payment_id") REFERENCES "payment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment_reversal" ADD CONSTRAINT "payment_reversal_journal_id_fkey" FOREIGN KEY ("journal_id") REFERENCES "journal"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "hold" ADD CONSTRAINT "hold_invoice_id_fkey" FOREIGN KEY ("invoice_id") REFERENCES "invoice"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "hold" ADD CONSTRAINT "hold_payment_id_fkey" FOREIGN KEY ("payment_id") REFERENCES "payment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "allocation" ADD CONSTRAINT "allocation_invoice_id_fkey" FOREIGN KEY ("invoice_id") REFERENCES "invoice"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "allocation" ADD CONSTRAINT "allocation_payment_id_fkey" FOREIGN KEY ("payment_id") REFERENCES "payment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "allocation" ADD CONSTRAINT "allocation_credit_memo_id_fkey" FOREIGN KEY ("credit_memo_id") REFERENCES "credit_memo"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "allocation" ADD CONSTRAINT "allocation_journal_id_fkey" FOREIGN KEY ("journal_id") REFERENCES "journal"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "allocation" ADD CONSTRAINT "allocation_reverses_id_fkey" FOREIGN KEY ("reverses_id") REFERENCES "allocation"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "posting" ADD CONSTRAINT "posting_journal_id_transaction_id_fkey" FOREIGN KEY ("journal_id", "transaction_id") REFERENCES "journal"("id", "transaction_id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "posting" ADD CONSTRAINT "posting_account_code_fkey" FOREIGN KEY ("account_code") REFERENCES "account"("code") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ledger_event" ADD CONSTRAINT "ledger_event_journal_id_fkey" FOREIGN KEY ("journal_id") REFERENCES "journal"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "commitment" ADD CONSTRAINT "commitment_ledger_event_id_fkey" FOREIGN KEY ("ledger_event_id") REFERENCES "ledger_event"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "chain_deployment" ADD CONSTRAINT "chain_deployment_chain_transaction_id_fkey" FOREIGN KEY ("chain_transaction_id") REFERENCES "chain_transaction"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "chain_transaction" ADD CONSTRAINT "chain_transaction_replaces_id_fkey" FOREIGN KEY ("replaces_id") REFERENCES "chain_transaction"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "chain_transaction_status" ADD CONSTRAINT "chain_transaction_status_chain_transaction_id_fkey" FOREIGN KEY ("chain_transaction_id") REFERENCES "chain_transaction"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ledger_entry" ADD CONSTRAINT "ledger_entry_ledger_event_id_fkey" FOREIGN KEY ("ledger_event_id") REFERENCES "ledger_event"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ledger_entry" ADD CONSTRAINT "ledger_entry_chain_deployment_id_fkey" FOREIGN KEY ("chain_deployment_id") REFERENCES "chain_deployment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ledger_entry" ADD CONSTRAINT "ledger_entry_chain_transaction_id_fkey" FOREIGN KEY ("chain_transaction_id") REFERENCES "chain_transaction"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "import_row" ADD CONSTRAINT "import_row_batch_id_fkey" FOREIGN KEY ("batch_id") REFERENCES "import_batch"("id") ON DELETE CASCADE ON UPDATE CASCADE;
