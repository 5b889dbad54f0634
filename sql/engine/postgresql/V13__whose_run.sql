-- Control databases number their runs each for itself. Whose run a number is here is told by its migration and this.

ALTER TABLE turnout.run ADD COLUMN spec_hash text NOT NULL DEFAULT '';
COMMENT ON COLUMN turnout.run.spec_hash IS 'SHA-256 of the spec and its files; empty: the run is older than this column';
