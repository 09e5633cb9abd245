-- An announced debit says how much of each invoice credit and the early-payment discount are to cover, so that its notice and its page
-- can show both and what is debited stays what was announced. Two columns with a constant default on one small table: it is locked
-- for the moment of the change, and no row is rewritten.

ALTER TABLE autopay_run_item
  ADD COLUMN credit_minor bigint NOT NULL DEFAULT 0,
  ADD COLUMN discount_minor bigint NOT NULL DEFAULT 0,
  ADD CONSTRAINT autopay_run_item_parts CHECK (credit_minor >= 0 AND discount_minor >= 0 AND (discount_minor = 0 OR amount_minor > 0));
