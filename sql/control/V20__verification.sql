-- What operators want verified anew, and how far that is.

CREATE TABLE verification (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run          bigint NOT NULL REFERENCES run (id),
  table_name   text NOT NULL DEFAULT '',
  asked_at     timestamptz NOT NULL,
  asked_by     text NOT NULL,
  reason       text NOT NULL,
  chunks       bigint NOT NULL DEFAULT 0,
  done         bigint NOT NULL DEFAULT 0,
  differences  bigint NOT NULL DEFAULT 0,
  over_at      timestamptz,
  unmet        text,
  CHECK (unmet IS NULL OR over_at IS NOT NULL)
);
-- What is wanted twice is done once.
CREATE UNIQUE INDEX verification_open_idx ON verification (run, table_name) WHERE over_at IS NULL;
CREATE INDEX verification_run_idx ON verification (run, id);
COMMENT ON COLUMN verification.table_name IS 'table or transfer of a move; empty: every one';
COMMENT ON COLUMN verification.chunks IS 'what the worker told last, as are done and differences; a chunk counts once it was verified after the worker knew of the demand';
COMMENT ON COLUMN verification.differences IS 'rows that were found not to be what the mapping says, those that were repaired as well';
COMMENT ON COLUMN verification.unmet IS 'why it ended before every row was verified; null: it did not';
