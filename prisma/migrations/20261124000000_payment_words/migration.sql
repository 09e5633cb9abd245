-- New words for how money comes and goes. A value of its own transaction: it may be used only after this one has committed.
-- Changes the catalogue only; no table is read or locked for longer than that.
ALTER TYPE "payment_method" ADD VALUE 'cheque';
ALTER TYPE "payment_method" ADD VALUE 'wire';
ALTER TYPE "payment_method" ADD VALUE 'cash';
ALTER TYPE "reversal_kind" ADD VALUE 'correction';
