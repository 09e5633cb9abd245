-- A word for an inquiry that ended without a chargeback. A value of its own transaction: it may be used only after this one has
-- committed. Changes the catalogue only; no table is read or locked for longer than that.
ALTER TYPE "chargeback_state" ADD VALUE 'inquiry_closed' AFTER 'inquiry';
