-- Writes that applications leave to the workers.

CREATE TABLE outbox (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  migration        text NOT NULL,
  idempotency_key  text NOT NULL CHECK (idempotency_key ~ '^[!-~]{1,128}$'),
  run              bigint NOT NULL REFERENCES run (id),
  row_hash         bigint NOT NULL,
  request          jsonb NOT NULL,
  accepted_at      timestamptz NOT NULL,
  accepted_from    text NOT NULL,
  state            text NOT NULL DEFAULT 'WAITING' CHECK (state IN ('WAITING', 'APPLIED', 'ASIDE', 'REFUSED')),
  sqlstate         text NOT NULL DEFAULT '',
  because          text NOT NULL DEFAULT '',
  claim            bigint NOT NULL DEFAULT 0,
  claimed_by       text,
  free_at          timestamptz NOT NULL DEFAULT clock_timestamp(),
  finished_at      timestamptz,
  UNIQUE (migration, idempotency_key)
);
COMMENT ON COLUMN outbox.row_hash IS 'of migration, move and key: writes of one row are done in the order of their ids, one at a time';
COMMENT ON COLUMN outbox.accepted_at IS 'business time';
COMMENT ON COLUMN outbox.accepted_from IS 'name of the token';
COMMENT ON COLUMN outbox.because IS 'what came of it, or what it waits for; never its values, but for what the database said of them';
COMMENT ON COLUMN outbox.claim IS 'fencing token: how often a worker has taken the write up';
COMMENT ON COLUMN outbox.free_at IS 'real time of this database, as is finished_at: from then on a worker may take the write up';
-- The heads of the rows' queues, and what stands before a write in its queue.
CREATE INDEX outbox_waiting_idx ON outbox (id) WHERE state = 'WAITING';
CREATE INDEX outbox_queue_idx ON outbox (row_hash, id) WHERE state = 'WAITING';
CREATE INDEX outbox_finished_idx ON outbox (finished_at) WHERE state <> 'WAITING';
