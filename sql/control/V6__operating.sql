-- How operators steer a backfill while it runs, and what they see of the rows that are put aside.

ALTER TABLE run
  ADD COLUMN tuning          jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN retries_wanted  bigint NOT NULL DEFAULT 0,
  ADD COLUMN retries_done    bigint NOT NULL DEFAULT 0,
  ADD COLUMN rejected_total  bigint NOT NULL DEFAULT 0,
  ADD COLUMN rejected_at     timestamptz;
COMMENT ON COLUMN run.tuning IS 'words by name, as the spec and the API write them; what is absent the engine decides';
COMMENT ON COLUMN run.retries_wanted IS 'how often an operator has wanted the rows put aside to be tried again';
COMMENT ON COLUMN run.retries_done IS 'the newest of those wishes that a worker has fulfilled';
COMMENT ON COLUMN run.rejected_total IS 'rows put aside, as the worker saw them at rejected_at; null there: none has looked yet';

-- The first of them, replaced as a whole by the worker: the server may have no way to the migrated database.
CREATE TABLE rejected_row (
  run         bigint NOT NULL REFERENCES run (id),
  id          bigint NOT NULL,
  table_name  text NOT NULL,
  key         jsonb NOT NULL,
  phase       text NOT NULL,
  sqlstate    text NOT NULL,
  message     text NOT NULL,
  at          timestamptz NOT NULL,
  PRIMARY KEY (run, id)
);
COMMENT ON COLUMN rejected_row.at IS 'real time of the migrated database';
