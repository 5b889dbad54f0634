-- What is put aside beyond what a spec allows, and on which side.

ALTER TABLE run ADD COLUMN rejected_beyond text NOT NULL DEFAULT '';
COMMENT ON COLUMN run.rejected_beyond IS 'of which moves more rows are put aside than may be, in words; empty: of none';

-- Each side numbers the rows in its own bookkeeping.
ALTER TABLE rejected_row ADD COLUMN side text NOT NULL DEFAULT 'OLD' CHECK (side IN ('OLD', 'NEW'));
ALTER TABLE rejected_row DROP CONSTRAINT rejected_row_pkey, ADD PRIMARY KEY (run, id, side);
