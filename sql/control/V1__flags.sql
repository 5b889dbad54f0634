-- Flags, the news of their change, and who changed what.

CREATE TABLE flag (
  key         text PRIMARY KEY CHECK (key ~ '^[A-Za-z0-9._-]{1,100}$'),
  version     bigint NOT NULL,
  definition  jsonb NOT NULL,
  changed_at  timestamptz NOT NULL,
  changed_by  text NOT NULL
);
COMMENT ON COLUMN flag.version IS 'the flag-set version that this change made; compare-and-set goes by it';

-- One row: the version of the flag set. Every change of a flag takes it, so versions are ordered as commits are.
CREATE TABLE flag_set (
  one      boolean PRIMARY KEY DEFAULT true CHECK (one),
  version  bigint NOT NULL
);
INSERT INTO flag_set (version) VALUES (0);

CREATE TABLE audit (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at          timestamptz NOT NULL,
  actor       text NOT NULL,
  action      text NOT NULL,
  subject     text NOT NULL,
  before      jsonb,
  after       jsonb,
  reason      text NOT NULL
);
CREATE INDEX audit_subject_idx ON audit (subject, id DESC);

CREATE TABLE token (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name        text NOT NULL UNIQUE,
  hash        bytea NOT NULL UNIQUE,
  roles       text[] NOT NULL,
  created_at  timestamptz NOT NULL,
  expires_at  timestamptz,
  revoked_at  timestamptz
);
COMMENT ON COLUMN token.hash IS 'SHA-256 of the token; the token itself is never stored';
