-- What was done to the schema, in the transaction that did it. Unlike a step it stays when it is taken back.

CREATE TABLE turnout.ddl (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run        bigint NOT NULL,
  phase      text NOT NULL,
  ordinal    int NOT NULL,
  title      text NOT NULL,
  undone     smallint NOT NULL CHECK (undone IN (0, 1)),
  state      text NOT NULL CHECK (state IN ('BEGUN', 'FAILED', 'APPLIED', 'ADOPTED', 'CUT')),
  failures   int NOT NULL DEFAULT 0,
  message    text NOT NULL DEFAULT '',
  at         timestamptz NOT NULL,
  begun_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  took_ms    bigint
);
CREATE INDEX ddl_run_idx ON turnout.ddl (run, id);
COMMENT ON COLUMN turnout.ddl.undone IS '1: it was taken back';
COMMENT ON COLUMN turnout.ddl.state IS 'BEGUN and FAILED: it will be tried again; ADOPTED: it was there; CUT: begun, and then taken back';
COMMENT ON COLUMN turnout.ddl.at IS 'business time; begun_at is real time of this database';
COMMENT ON COLUMN turnout.ddl.took_ms IS 'of the attempt that did it, with its wait for locks; null: not done, or nothing had to be';
