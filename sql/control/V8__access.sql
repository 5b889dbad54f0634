-- What tokens may reach and how often, their rotation, and requests that are to be done once.

ALTER TABLE token
  ADD COLUMN scopes               text[] NOT NULL DEFAULT '{}',
  ADD COLUMN requests_per_second  int CHECK (requests_per_second > 0),
  ADD COLUMN previous_hash        bytea UNIQUE,
  ADD COLUMN previous_until       timestamptz,
  ADD COLUMN version              bigint NOT NULL DEFAULT 1;
COMMENT ON COLUMN token.scopes IS 'prefixes of the keys of the flags that it reaches; none: all flags';
COMMENT ON COLUMN token.requests_per_second IS 'null: what the server allows every token';
COMMENT ON COLUMN token.previous_hash IS 'what it was before its rotation, which is taken until previous_until (business time)';

CREATE TABLE idempotent_request (
  actor       text NOT NULL,
  key         text NOT NULL CHECK (key ~ '^[!-~]{1,128}$'),
  request     bytea NOT NULL,
  begun_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
  status      int,
  headers     jsonb NOT NULL DEFAULT '{}',
  body        text,
  PRIMARY KEY (actor, key)
);
CREATE INDEX idempotent_request_begun_idx ON idempotent_request (begun_at);
COMMENT ON TABLE idempotent_request IS 'one a request that was done, or is being done: then without a status';
COMMENT ON COLUMN idempotent_request.request IS 'SHA-256 of method, path and body';
COMMENT ON COLUMN idempotent_request.begun_at IS 'real time of this database; it is forgotten a day later';
COMMENT ON COLUMN idempotent_request.body IS 'what was answered; null when that was a secret';
