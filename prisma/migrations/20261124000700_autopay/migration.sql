-- Autopay keeps the text that was agreed to as it was shown (names in it may change later), and notes which invoices a debit left
-- out because of its limit: items of nothing. Two small tables, locked for a moment each; no row is rewritten.

ALTER TABLE autopay_enrollment ADD COLUMN agreed_text text NOT NULL DEFAULT '';
ALTER TABLE autopay_run_item DROP CONSTRAINT autopay_run_item_amount,
  ADD CONSTRAINT autopay_run_item_amount CHECK (amount_minor >= 0);
