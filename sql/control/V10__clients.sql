-- Applications that write to both sides by themselves, and up to which flags all of them have come.

CREATE TABLE client (
  id            text PRIMARY KEY,
  acknowledged  bigint NOT NULL,
  seen_at       timestamptz NOT NULL
);
COMMENT ON COLUMN client.acknowledged IS 'no write of this client decided by an older flag set is under way';
COMMENT ON COLUMN client.seen_at IS 'by the clock of this database, so that servers need not agree';

-- One row: every live client has acknowledged this version. It only grows.
CREATE TABLE settled (
  one      boolean PRIMARY KEY DEFAULT true CHECK (one),
  version  bigint NOT NULL
);
INSERT INTO settled (version) VALUES (0);
