-- Tables and columns for every way to pay: saved methods and mandates, autopay, refunds, chargebacks, bank statements, the
-- processor's own books, pay links. New columns have constant defaults, so no row is rewritten; the locks are short.

-- CreateEnum
CREATE TYPE "payment_channel" AS ENUM ('portal', 'guest', 'autopay', 'staff', 'imported');

-- CreateEnum
CREATE TYPE "adjustment_kind" AS ENUM ('discount', 'write_off', 'tolerance');

-- CreateEnum
CREATE TYPE "discount_basis" AS ENUM ('settled', 'initiated');

-- CreateEnum
CREATE TYPE "saved_method_kind" AS ENUM ('card', 'us_bank_account', 'link');

-- CreateEnum
CREATE TYPE "saved_method_state" AS ENUM ('active', 'suspended', 'removed');

-- CreateEnum
CREATE TYPE "method_setup_state" AS ENUM ('recorded', 'open', 'unknown', 'finished', 'expired', 'failed');

-- CreateEnum
CREATE TYPE "mandate_state" AS ENUM ('pending', 'active', 'inactive');

-- CreateEnum
CREATE TYPE "bank_link_state" AS ENUM ('started', 'exited', 'review', 'linked', 'needs_reauth', 'disconnecting', 'gone');

-- CreateEnum
CREATE TYPE "autopay_state" AS ENUM ('active', 'paused', 'ended');

-- CreateEnum
CREATE TYPE "autopay_run_state" AS ENUM ('noticed', 'skipped', 'in_progress', 'success', 'error');

-- CreateEnum
CREATE TYPE "refund_state" AS ENUM ('requested', 'declined', 'approved', 'sent', 'pending', 'succeeded', 'failed');

-- CreateEnum
CREATE TYPE "chargeback_state" AS ENUM ('inquiry', 'needs_response', 'under_review', 'won', 'lost', 'prevented');

-- CreateEnum
CREATE TYPE "chargeback_money" AS ENUM ('none', 'withdrawn', 'lost', 'reinstated');

-- CreateEnum
CREATE TYPE "request_state" AS ENUM ('requested', 'approved', 'declined');

-- CreateEnum
CREATE TYPE "bank_line_state" AS ENUM ('open', 'matched', 'ignored');

-- This migration adds more than one value to an enum.
-- With PostgreSQL versions 11 and earlier, this is not possible
-- in a single migration. This can be worked around by creating
-- multiple migrations, each migration adding only one value to
-- the enum.

-- AlterTable
ALTER TABLE "payment" ADD COLUMN     "bank_name" TEXT,
ADD COLUMN     "channel" "payment_channel" NOT NULL DEFAULT 'portal',
ADD COLUMN     "expected_on" DATE,
ADD COLUMN     "initiated_on" DATE,
ADD COLUMN     "on_account_minor" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "pay_link_id" UUID,
ADD COLUMN     "saved_method_id" UUID,
ADD COLUMN     "surcharge_minor" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "wallet" TEXT;

-- AlterTable
ALTER TABLE "payment_item" ADD COLUMN     "discount_basis" "discount_basis",
ADD COLUMN     "discount_minor" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "discount_until" DATE,
ADD COLUMN     "short_reason" TEXT;

-- AlterTable
ALTER TABLE "payment_reversal" ADD COLUMN     "surcharge_minor" BIGINT NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "allocation" ADD COLUMN     "adjustment_id" UUID;

-- CreateTable
CREATE TABLE "payment_restoration" (
    "id" UUID NOT NULL,
    "reversal_id" UUID NOT NULL,
    "journal_id" UUID NOT NULL,
    "effective_on" DATE NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "payment_restoration_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "adjustment" (
    "id" UUID NOT NULL,
    "invoice_id" UUID NOT NULL,
    "kind" "adjustment_kind" NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "reason" TEXT NOT NULL,
    "payment_id" UUID,
    "requested_by" UUID,
    "approved_by" UUID,
    "journal_id" UUID NOT NULL,
    "effective_on" DATE NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "adjustment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "payment_policy" (
    "currency" CHAR(3) NOT NULL,
    "allow_partial" BOOLEAN NOT NULL DEFAULT true,
    "min_partial_minor" BIGINT NOT NULL DEFAULT 0,
    "tolerance_minor" BIGINT NOT NULL DEFAULT 0,
    "short_needs_reason" BOOLEAN NOT NULL DEFAULT false,
    "credits_first" BOOLEAN NOT NULL DEFAULT true,
    "credits_need_approval" BOOLEAN NOT NULL DEFAULT false,
    "allow_overpayment" BOOLEAN NOT NULL DEFAULT true,
    "second_approval_minor" BIGINT NOT NULL DEFAULT 50000,
    "ach_partial_refund" BOOLEAN NOT NULL DEFAULT false,
    "autopay_cap_minor" BIGINT,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "payment_policy_pkey" PRIMARY KEY ("currency")
);

-- CreateTable
CREATE TABLE "discount_term" (
    "id" UUID NOT NULL,
    "customer_id" UUID,
    "rate_bps" INTEGER NOT NULL,
    "days" INTEGER NOT NULL,
    "basis" "discount_basis" NOT NULL,
    "excludes_tax" BOOLEAN NOT NULL DEFAULT true,
    "on_partials" BOOLEAN NOT NULL DEFAULT false,
    "valid_from" DATE NOT NULL,
    "valid_to" DATE,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "discount_term_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "surcharge_rule" (
    "id" UUID NOT NULL,
    "rate_bps" INTEGER NOT NULL,
    "network_caps" JSONB NOT NULL,
    "state_caps" JSONB NOT NULL,
    "valid_from" DATE NOT NULL,
    "valid_to" DATE,
    "review_on" DATE NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "surcharge_rule_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "saved_method" (
    "id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "provider_method_id" TEXT NOT NULL,
    "kind" "saved_method_kind" NOT NULL,
    "brand" TEXT,
    "last4" CHAR(4),
    "exp_month" INTEGER,
    "exp_year" INTEGER,
    "funding" TEXT,
    "billing_state" TEXT,
    "holder_name" TEXT,
    "fingerprint" TEXT,
    "state" "saved_method_state" NOT NULL DEFAULT 'active',
    "suspended_reason" TEXT,
    "is_default" BOOLEAN NOT NULL DEFAULT false,
    "origin" TEXT NOT NULL,
    "bank_link_id" UUID,
    "warned_of_expiry" TEXT,
    "created_by" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "removed_at" TIMESTAMPTZ(3),

    CONSTRAINT "saved_method_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "method_setup" (
    "id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "state" "method_setup_state" NOT NULL,
    "idempotency_key" TEXT NOT NULL,
    "request" JSONB NOT NULL,
    "stripe_checkout_session_id" TEXT,
    "checkout_url" TEXT,
    "saved_method_id" UUID,
    "failure_code" TEXT,
    "created_by" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "first_sent_at" TIMESTAMPTZ(3),
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "method_setup_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "mandate" (
    "id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "saved_method_id" UUID,
    "payment_id" UUID,
    "use" TEXT NOT NULL,
    "state" "mandate_state" NOT NULL,
    "provider_mandate_id" TEXT,
    "text_version" TEXT NOT NULL,
    "text_hash" TEXT,
    "accepted_by" UUID,
    "accepted_at" TIMESTAMPTZ(3) NOT NULL,
    "ip_address" TEXT,
    "user_agent" TEXT,
    "ended_at" TIMESTAMPTZ(3),
    "ended_reason" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "mandate_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "bank_link" (
    "id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "state" "bank_link_state" NOT NULL,
    "link_token" TEXT,
    "link_url" TEXT,
    "link_expires_at" TIMESTAMPTZ(3),
    "item_id" TEXT,
    "access_token" TEXT,
    "institution_name" TEXT,
    "account_id" TEXT,
    "account_name" TEXT,
    "account_mask" TEXT,
    "name_score" INTEGER,
    "disconnect_at" TIMESTAMPTZ(3),
    "error_code" TEXT,
    "created_by" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "bank_link_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "autopay_enrollment" (
    "id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "saved_method_id" UUID NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "state" "autopay_state" NOT NULL,
    "paused_reason" TEXT,
    "scope" TEXT NOT NULL,
    "scope_filter" JSONB,
    "days_before" INTEGER NOT NULL DEFAULT 0,
    "max_minor" BIGINT NOT NULL,
    "text_version" TEXT NOT NULL,
    "text_hash" TEXT NOT NULL,
    "accepted_by" UUID,
    "accepted_at" TIMESTAMPTZ(3) NOT NULL,
    "ip_address" TEXT,
    "user_agent" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "autopay_enrollment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "autopay_run" (
    "id" UUID NOT NULL,
    "enrollment_id" UUID NOT NULL,
    "debit_on" DATE NOT NULL,
    "attempt_no" INTEGER NOT NULL DEFAULT 1,
    "state" "autopay_run_state" NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "reason" TEXT,
    "noticed_at" TIMESTAMPTZ(3) NOT NULL,
    "next_try_at" TIMESTAMPTZ(3),
    "payment_id" UUID,
    "skipped_by" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "autopay_run_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "autopay_run_item" (
    "run_id" UUID NOT NULL,
    "invoice_id" UUID NOT NULL,
    "amount_minor" BIGINT NOT NULL,

    CONSTRAINT "autopay_run_item_pkey" PRIMARY KEY ("run_id","invoice_id")
);

-- CreateTable
CREATE TABLE "refund" (
    "id" UUID NOT NULL,
    "payment_id" UUID NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "reason" TEXT NOT NULL,
    "state" "refund_state" NOT NULL,
    "requested_by" UUID,
    "decided_by" UUID,
    "decision_note" TEXT,
    "attempt_id" UUID,
    "provider_refund_id" TEXT,
    "failure_code" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "refund_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "chargeback" (
    "id" UUID NOT NULL,
    "payment_id" UUID NOT NULL,
    "provider_dispute_id" TEXT NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "reason" TEXT NOT NULL,
    "network_code" TEXT,
    "state" "chargeback_state" NOT NULL,
    "money" "chargeback_money" NOT NULL DEFAULT 'none',
    "evidence_due_at" TIMESTAMPTZ(3),
    "evidence_text" TEXT,
    "evidence_sent_at" TIMESTAMPTZ(3),
    "accepted_at" TIMESTAMPTZ(3),
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "chargeback_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "credit_request" (
    "id" UUID NOT NULL,
    "customer_id" UUID NOT NULL,
    "credit_memo_id" UUID,
    "payment_id" UUID,
    "invoice_id" UUID NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "state" "request_state" NOT NULL,
    "requested_by" UUID,
    "decided_by" UUID,
    "decision_note" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "decided_at" TIMESTAMPTZ(3),

    CONSTRAINT "credit_request_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "write_off_request" (
    "id" UUID NOT NULL,
    "invoice_id" UUID NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "reason" TEXT NOT NULL,
    "state" "request_state" NOT NULL,
    "requested_by" UUID NOT NULL,
    "decided_by" UUID,
    "decision_note" TEXT,
    "adjustment_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "decided_at" TIMESTAMPTZ(3),

    CONSTRAINT "write_off_request_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "bank_statement" (
    "id" UUID NOT NULL,
    "file_name" TEXT NOT NULL,
    "file_sha256" TEXT NOT NULL,
    "format" TEXT NOT NULL,
    "account_last4" TEXT,
    "currency" CHAR(3) NOT NULL,
    "from_on" DATE,
    "to_on" DATE,
    "opening_minor" BIGINT,
    "closing_minor" BIGINT,
    "created_by" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "bank_statement_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "bank_line" (
    "id" UUID NOT NULL,
    "statement_id" UUID NOT NULL,
    "line_no" INTEGER NOT NULL,
    "line_key" TEXT NOT NULL,
    "booked_on" DATE NOT NULL,
    "value_on" DATE,
    "amount_minor" BIGINT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "counterparty" TEXT,
    "reference" TEXT,
    "description" TEXT,
    "state" "bank_line_state" NOT NULL DEFAULT 'open',
    "matched_kind" TEXT,
    "matched_id" TEXT,
    "note" TEXT,
    "decided_by" UUID,
    "decided_at" TIMESTAMPTZ(3),

    CONSTRAINT "bank_line_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "provider_transaction" (
    "id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "reporting_category" TEXT NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "fee_minor" BIGINT NOT NULL,
    "net_minor" BIGINT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "source_id" TEXT,
    "payout_id" TEXT,
    "status" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "available_on" TIMESTAMPTZ(3) NOT NULL,
    "read_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "provider_transaction_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "provider_payout" (
    "id" TEXT NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "status" TEXT NOT NULL,
    "arrival_on" DATE NOT NULL,
    "is_automatic" BOOLEAN NOT NULL,
    "is_itemised" BOOLEAN NOT NULL DEFAULT false,
    "failure_code" TEXT,
    "trace_id" TEXT,
    "journal_id" UUID,
    "failure_journal_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "read_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "provider_payout_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "reconciliation_run" (
    "id" UUID NOT NULL,
    "from_on" DATE NOT NULL,
    "to_on" DATE NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),
    "counts" JSONB NOT NULL,
    "differences" INTEGER NOT NULL DEFAULT 0,
    "failure" TEXT,

    CONSTRAINT "reconciliation_run_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "pay_link" (
    "id" UUID NOT NULL,
    "token_hash" TEXT NOT NULL,
    "customer_id" UUID NOT NULL,
    "invoice_id" UUID,
    "recipient" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),
    "renewed_at" TIMESTAMPTZ(3),
    "created_by" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "pay_link_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "payment_restoration_reversal_id_key" ON "payment_restoration"("reversal_id");

-- CreateIndex
CREATE UNIQUE INDEX "payment_restoration_journal_id_key" ON "payment_restoration"("journal_id");

-- CreateIndex
CREATE INDEX "adjustment_invoice_id_idx" ON "adjustment"("invoice_id");

-- CreateIndex
CREATE INDEX "adjustment_payment_id_idx" ON "adjustment"("payment_id");

-- CreateIndex
CREATE INDEX "discount_term_customer_id_valid_from_idx" ON "discount_term"("customer_id", "valid_from");

-- CreateIndex
CREATE UNIQUE INDEX "saved_method_provider_method_id_key" ON "saved_method"("provider_method_id");

-- CreateIndex
CREATE INDEX "saved_method_customer_id_state_idx" ON "saved_method"("customer_id", "state");

-- CreateIndex
CREATE UNIQUE INDEX "method_setup_idempotency_key_key" ON "method_setup"("idempotency_key");

-- CreateIndex
CREATE UNIQUE INDEX "method_setup_stripe_checkout_session_id_key" ON "method_setup"("stripe_checkout_session_id");

-- CreateIndex
CREATE INDEX "method_setup_state_updated_at_idx" ON "method_setup"("state", "updated_at");

-- CreateIndex
CREATE UNIQUE INDEX "mandate_provider_mandate_id_key" ON "mandate"("provider_mandate_id");

-- CreateIndex
CREATE INDEX "mandate_customer_id_created_at_idx" ON "mandate"("customer_id", "created_at");

-- CreateIndex
CREATE INDEX "mandate_saved_method_id_idx" ON "mandate"("saved_method_id");

-- CreateIndex
CREATE UNIQUE INDEX "bank_link_link_token_key" ON "bank_link"("link_token");

-- CreateIndex
CREATE UNIQUE INDEX "bank_link_item_id_key" ON "bank_link"("item_id");

-- CreateIndex
CREATE INDEX "bank_link_customer_id_state_idx" ON "bank_link"("customer_id", "state");

-- CreateIndex
CREATE INDEX "autopay_enrollment_customer_id_state_idx" ON "autopay_enrollment"("customer_id", "state");

-- CreateIndex
CREATE INDEX "autopay_enrollment_state_idx" ON "autopay_enrollment"("state");

-- CreateIndex
CREATE UNIQUE INDEX "autopay_run_payment_id_key" ON "autopay_run"("payment_id");

-- CreateIndex
CREATE INDEX "autopay_run_state_debit_on_idx" ON "autopay_run"("state", "debit_on");

-- CreateIndex
CREATE UNIQUE INDEX "autopay_run_enrollment_id_debit_on_attempt_no_key" ON "autopay_run"("enrollment_id", "debit_on", "attempt_no");

-- CreateIndex
CREATE INDEX "autopay_run_item_invoice_id_idx" ON "autopay_run_item"("invoice_id");

-- CreateIndex
CREATE UNIQUE INDEX "refund_attempt_id_key" ON "refund"("attempt_id");

-- CreateIndex
CREATE UNIQUE INDEX "refund_provider_refund_id_key" ON "refund"("provider_refund_id");

-- CreateIndex
CREATE INDEX "refund_payment_id_idx" ON "refund"("payment_id");

-- CreateIndex
CREATE INDEX "refund_state_created_at_idx" ON "refund"("state", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "chargeback_provider_dispute_id_key" ON "chargeback"("provider_dispute_id");

-- CreateIndex
CREATE INDEX "chargeback_payment_id_idx" ON "chargeback"("payment_id");

-- CreateIndex
CREATE INDEX "chargeback_state_evidence_due_at_idx" ON "chargeback"("state", "evidence_due_at");

-- CreateIndex
CREATE INDEX "credit_request_state_created_at_idx" ON "credit_request"("state", "created_at");

-- CreateIndex
CREATE INDEX "credit_request_customer_id_idx" ON "credit_request"("customer_id");

-- CreateIndex
CREATE UNIQUE INDEX "write_off_request_adjustment_id_key" ON "write_off_request"("adjustment_id");

-- CreateIndex
CREATE INDEX "write_off_request_state_created_at_idx" ON "write_off_request"("state", "created_at");

-- CreateIndex
CREATE INDEX "write_off_request_invoice_id_idx" ON "write_off_request"("invoice_id");

-- CreateIndex
CREATE UNIQUE INDEX "bank_statement_file_sha256_key" ON "bank_statement"("file_sha256");

-- CreateIndex
CREATE INDEX "bank_statement_created_at_idx" ON "bank_statement"("created_at" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "bank_line_line_key_key" ON "bank_line"("line_key");

-- CreateIndex
CREATE INDEX "bank_line_state_booked_on_idx" ON "bank_line"("state", "booked_on");

-- CreateIndex
CREATE INDEX "bank_line_matched_kind_matched_id_idx" ON "bank_line"("matched_kind", "matched_id");

-- CreateIndex
CREATE UNIQUE INDEX "bank_line_statement_id_line_no_key" ON "bank_line"("statement_id", "line_no");

-- CreateIndex
CREATE INDEX "provider_transaction_source_id_idx" ON "provider_transaction"("source_id");

-- CreateIndex
CREATE INDEX "provider_transaction_payout_id_idx" ON "provider_transaction"("payout_id");

-- CreateIndex
CREATE INDEX "provider_transaction_created_at_idx" ON "provider_transaction"("created_at");

-- CreateIndex
CREATE UNIQUE INDEX "provider_payout_journal_id_key" ON "provider_payout"("journal_id");

-- CreateIndex
CREATE UNIQUE INDEX "provider_payout_failure_journal_id_key" ON "provider_payout"("failure_journal_id");

-- CreateIndex
CREATE INDEX "provider_payout_status_arrival_on_idx" ON "provider_payout"("status", "arrival_on");

-- CreateIndex
CREATE INDEX "reconciliation_run_started_at_idx" ON "reconciliation_run"("started_at" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "pay_link_token_hash_key" ON "pay_link"("token_hash");

-- CreateIndex
CREATE INDEX "pay_link_customer_id_idx" ON "pay_link"("customer_id");

-- CreateIndex
CREATE INDEX "pay_link_invoice_id_idx" ON "pay_link"("invoice_id");

-- CreateIndex
CREATE INDEX "allocation_adjustment_id_idx" ON "allocation"("adjustment_id");

-- AddForeignKey
ALTER TABLE "payment" ADD CONSTRAINT "payment_saved_method_id_fkey" FOREIGN KEY ("saved_method_id") REFERENCES "saved_method"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment" ADD CONSTRAINT "payment_pay_link_id_fkey" FOREIGN KEY ("pay_link_id") REFERENCES "pay_link"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment_restoration" ADD CONSTRAINT "payment_restoration_reversal_id_fkey" FOREIGN KEY ("reversal_id") REFERENCES "payment_reversal"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "payment_restoration" ADD CONSTRAINT "payment_restoration_journal_id_fkey" FOREIGN KEY ("journal_id") REFERENCES "journal"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "allocation" ADD CONSTRAINT "allocation_adjustment_id_fkey" FOREIGN KEY ("adjustment_id") REFERENCES "adjustment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "adjustment" ADD CONSTRAINT "adjustment_invoice_id_fkey" FOREIGN KEY ("invoice_id") REFERENCES "invoice"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "adjustment" ADD CONSTRAINT "adjustment_payment_id_fkey" FOREIGN KEY ("payment_id") REFERENCES "payment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "adjustment" ADD CONSTRAINT "adjustment_journal_id_fkey" FOREIGN KEY ("journal_id") REFERENCES "journal"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "discount_term" ADD CONSTRAINT "discount_term_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "saved_method" ADD CONSTRAINT "saved_method_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "saved_method" ADD CONSTRAINT "saved_method_bank_link_id_fkey" FOREIGN KEY ("bank_link_id") REFERENCES "bank_link"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "method_setup" ADD CONSTRAINT "method_setup_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "mandate" ADD CONSTRAINT "mandate_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "mandate" ADD CONSTRAINT "mandate_saved_method_id_fkey" FOREIGN KEY ("saved_method_id") REFERENCES "saved_method"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "bank_link" ADD CONSTRAINT "bank_link_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "autopay_enrollment" ADD CONSTRAINT "autopay_enrollment_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "autopay_enrollment" ADD CONSTRAINT "autopay_enrollment_saved_method_id_fkey" FOREIGN KEY ("saved_method_id") REFERENCES "saved_method"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "autopay_run" ADD CONSTRAINT "autopay_run_enrollment_id_fkey" FOREIGN KEY ("enrollment_id") REFERENCES "autopay_enrollment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "autopay_run" ADD CONSTRAINT "autopay_run_payment_id_fkey" FOREIGN KEY ("payment_id") REFERENCES "payment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "autopay_run_item" ADD CONSTRAINT "autopay_run_item_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "autopay_run"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "autopay_run_item" ADD CONSTRAINT "autopay_run_item_invoice_id_fkey" FOREIGN KEY ("invoice_id") REFERENCES "invoice"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "refund" ADD CONSTRAINT "refund_payment_id_fkey" FOREIGN KEY ("payment_id") REFERENCES "payment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "chargeback" ADD CONSTRAINT "chargeback_payment_id_fkey" FOREIGN KEY ("payment_id") REFERENCES "payment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "credit_request" ADD CONSTRAINT "credit_request_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "credit_request" ADD CONSTRAINT "credit_request_invoice_id_fkey" FOREIGN KEY ("invoice_id") REFERENCES "invoice"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "write_off_request" ADD CONSTRAINT "write_off_request_invoice_id_fkey" FOREIGN KEY ("invoice_id") REFERENCES "invoice"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "bank_line" ADD CONSTRAINT "bank_line_statement_id_fkey" FOREIGN KEY ("statement_id") REFERENCES "bank_statement"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "pay_link" ADD CONSTRAINT "pay_link_customer_id_fkey" FOREIGN KEY ("customer_id") REFERENCES "customer"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "pay_link" ADD CONSTRAINT "pay_link_invoice_id_fkey" FOREIGN KEY ("invoice_id") REFERENCES "invoice"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
