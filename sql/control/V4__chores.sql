-- Scheduled SQL of a migration, and what its last runs gave. No rollout reads these tables.

CREATE TABLE chore (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run           bigint NOT NULL REFERENCES run (id),
  name          text NOT NULL,
  definition    jsonb NOT NULL,
  due_at        timestamptz NOT NULL,
  claim         bigint NOT NULL DEFAULT 0,
  claimed_by    text,
  claimed_until timestamptz,
  UNIQUE (run, name)
);
COMMENT ON COLUMN chore.claimed_until IS 'real time of this database';

CREATE TABLE chore_round (
  id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  chore     bigint NOT NULL REFERENCES chore (id),
  at        timestamptz NOT NULL,
  took_ms   bigint NOT NULL,
  failed    boolean NOT NULL,
  because   text NOT NULL,
  rows      bigint NOT NULL,
  listed    jsonb NOT NULL
);
CREATE INDEX chore_round_chore_idx ON chore_round (chore, at DESC, id DESC);
