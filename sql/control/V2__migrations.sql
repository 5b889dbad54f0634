-- Runs of migrations: what is wanted, where they stand, who drives them.

CREATE TABLE run (
  id                 bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  migration          text NOT NULL,
  database           text NOT NULL,
  flag_key           text NOT NULL REFERENCES flag (key),
  spec_hash          text NOT NULL,
  bundle             jsonb NOT NULL,
  phase              text NOT NULL,
  phase_entered_at   timestamptz NOT NULL,
  paused_from        text,
  because            text NOT NULL,
  wish               text NOT NULL CHECK (wish IN ('RUN', 'PAUSE', 'ROLL_BACK')),
  waiting_for        text NOT NULL DEFAULT '',
  next_action        text NOT NULL DEFAULT '',
  problems           jsonb NOT NULL DEFAULT '[]',
  progress           jsonb NOT NULL DEFAULT '{}',
  reports            jsonb NOT NULL DEFAULT '{}',
  verified_from      timestamptz,
  mismatches         bigint NOT NULL DEFAULT 0,
  contract_approved_by  text,
  contract_approved_at  timestamptz,
  backup             text,
  backup_at          timestamptz,
  epoch              bigint NOT NULL DEFAULT 0,
  claimed_by         text,
  claimed_until      timestamptz,
  created_at         timestamptz NOT NULL,
  created_by         text NOT NULL
);
-- A migration has at most one run that is alive.
CREATE UNIQUE INDEX run_alive_idx ON run (migration) WHERE phase NOT IN ('DONE', 'ROLLED_BACK');
COMMENT ON COLUMN run.claimed_until IS 'real time of this database; all other instants are business time';
COMMENT ON COLUMN run.verified_from IS 'every row has been verified since then; null before the first full pass';

CREATE TABLE phase_log (
  id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run     bigint NOT NULL REFERENCES run (id),
  at      timestamptz NOT NULL,
  from_phase  text NOT NULL,
  to_phase    text NOT NULL,
  because     text NOT NULL
);
CREATE INDEX phase_log_run_idx ON phase_log (run, id);
