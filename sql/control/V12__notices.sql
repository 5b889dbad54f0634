-- What is told to the outside, and where it has arrived.

CREATE TABLE notice (
  id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at        timestamptz NOT NULL,
  kind      text NOT NULL,
  flag_key  text NOT NULL REFERENCES flag (key),
  text      text NOT NULL,
  details   jsonb NOT NULL,
  once      text UNIQUE,
  made_at   timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON COLUMN notice.at IS 'business time; made_at is real time of this database';
COMMENT ON COLUMN notice.once IS 'of several notices with one such text the first is made; null: each is';
CREATE INDEX notice_made_idx ON notice (made_at);

CREATE TABLE notice_target (
  name     text PRIMARY KEY,
  seen_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE notice_target IS 'where servers are set to send notices; one that none has been set to for a day gets no more';

CREATE TABLE delivery (
  notice      bigint NOT NULL REFERENCES notice (id) ON DELETE CASCADE,
  target      text NOT NULL,
  state       text NOT NULL DEFAULT 'WAITING' CHECK (state IN ('WAITING', 'DELIVERED', 'GIVEN_UP')),
  attempts    int NOT NULL DEFAULT 0,
  free_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  claimed_by  text,
  because     text NOT NULL DEFAULT '',
  finished_at timestamptz,
  PRIMARY KEY (notice, target)
);
COMMENT ON COLUMN delivery.attempts IS 'also fences: whoever finishes an attempt names it';
COMMENT ON COLUMN delivery.free_at IS 'from when it may be claimed; real time of this database';
CREATE INDEX delivery_waiting_idx ON delivery (free_at) WHERE state = 'WAITING';
