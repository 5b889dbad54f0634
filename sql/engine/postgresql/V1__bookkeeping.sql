-- What the engine remembers inside the database that it migrates, so that a change and its record commit together.
-- Only the role that migrates needs this schema: applications get no right on it, and the sync triggers write to it as
-- their owner. Flyway creates the schema and keeps its own history in it.

REVOKE ALL ON SCHEMA turnout FROM PUBLIC;
COMMENT ON SCHEMA turnout IS 'bookkeeping of Turnout migrations; may be dropped when no run is alive';

CREATE TABLE turnout.run (
  run        bigint PRIMARY KEY,
  migration  text NOT NULL,
  epoch      bigint NOT NULL CHECK (epoch >= 0),
  begun_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON COLUMN turnout.run.epoch IS 'fencing token of whoever drives the run; a write under an older one must change nothing';

CREATE TABLE turnout.step (
  run      bigint NOT NULL REFERENCES turnout.run (run),
  kind     text NOT NULL CHECK (kind IN ('EXPAND', 'SYNC', 'CONTRACT')),
  ordinal  int NOT NULL CHECK (ordinal >= 0),
  title    text NOT NULL,
  hash     text NOT NULL,
  state    text NOT NULL CHECK (state IN ('BEGUN', 'APPLIED', 'ADOPTED')),
  made     text[] NOT NULL DEFAULT '{}',
  at       timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (run, kind, ordinal)
);
COMMENT ON TABLE turnout.step IS 'changes of the schema that stand; the row goes away in the transaction that takes the change back';
COMMENT ON COLUMN turnout.step.hash IS 'SHA-256 of what was run (EXPAND, CONTRACT), of what the catalogue holds since (SYNC)';
COMMENT ON COLUMN turnout.step.state IS 'BEGUN: statements outside a transaction may have run; ADOPTED: it was there before the run and is not taken back';
COMMENT ON COLUMN turnout.step.made IS 'the columns that the step added, the triggers it made; empty for SQL of the operator';

CREATE TABLE turnout.chunk (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run          bigint NOT NULL REFERENCES turnout.run (run),
  table_name   text NOT NULL,
  seq          int NOT NULL CHECK (seq >= 0),
  lo           text[],
  hi           text[],
  watermark    text[],
  state        text NOT NULL DEFAULT 'OPEN' CHECK (state IN ('OPEN', 'DONE')),
  owner        text,
  lease_until  timestamptz,
  epoch        bigint NOT NULL DEFAULT 0,
  rows_done    bigint NOT NULL DEFAULT 0 CHECK (rows_done >= 0),
  verified_at  timestamptz,
  mismatches   bigint NOT NULL DEFAULT 0 CHECK (mismatches >= 0),
  UNIQUE (run, table_name, seq)
);
COMMENT ON TABLE turnout.chunk IS 'half-open key ranges (lo, hi] of a table; every key is in exactly one';
COMMENT ON COLUMN turnout.chunk.lo IS 'key columns as text, exact; null: from the first row';
COMMENT ON COLUMN turnout.chunk.hi IS 'likewise; null: to the last row';
COMMENT ON COLUMN turnout.chunk.watermark IS 'rows up to this key are done; null: none';
COMMENT ON COLUMN turnout.chunk.lease_until IS 'clock_timestamp() of this database';
COMMENT ON COLUMN turnout.chunk.verified_at IS 'business time of the newest verification';
CREATE INDEX chunk_open_idx ON turnout.chunk (run, id) WHERE state = 'OPEN';

CREATE TABLE turnout.rejected (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run          bigint NOT NULL REFERENCES turnout.run (run),
  table_name   text NOT NULL,
  key          jsonb NOT NULL,
  phase        text NOT NULL,
  sqlstate     text NOT NULL,
  message      text NOT NULL,
  at           timestamptz NOT NULL DEFAULT clock_timestamp(),
  row          jsonb,
  resolved_at  timestamptz
);
COMMENT ON TABLE turnout.rejected IS 'rows put aside because the mapping failed on them; never deleted while the run lives';
COMMENT ON COLUMN turnout.rejected.key IS 'key column to value';
COMMENT ON COLUMN turnout.rejected.phase IS 'SYNC: an application wrote it; BACKFILL: it was there before';
COMMENT ON COLUMN turnout.rejected.at IS 'real time of this database, as is resolved_at';
-- A row is put aside at most once at a time; a repetition replaces the error.
CREATE UNIQUE INDEX rejected_open_idx ON turnout.rejected (run, table_name, key) WHERE resolved_at IS NULL;
