-- Rollouts, what was reported and measured, and what came of it.

CREATE TABLE rollout (
  run            bigint PRIMARY KEY REFERENCES run (id),
  flag_key       text NOT NULL REFERENCES flag (key),
  plan           jsonb NOT NULL,
  verify_max_age_seconds bigint NOT NULL,
  state          text NOT NULL CHECK (state IN ('IDLE', 'RUNNING', 'LATCHED', 'COMPLETE', 'ENDED')),
  step           int NOT NULL DEFAULT -1,
  entered_at     timestamptz NOT NULL,
  approved_step  int NOT NULL DEFAULT -1,
  paused         boolean NOT NULL DEFAULT false,
  full_since     timestamptz,
  gates          jsonb NOT NULL DEFAULT '[]',
  because        text NOT NULL DEFAULT '',
  version        bigint NOT NULL DEFAULT 0
);
COMMENT ON COLUMN rollout.step IS '-1 before the first step';
COMMENT ON COLUMN rollout.approved_step IS 'the highest step an operator has approved to enter; back to -1 on a rollback';
CREATE INDEX rollout_flag_idx ON rollout (flag_key);

CREATE TABLE monitor (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run           bigint NOT NULL REFERENCES run (id),
  name          text NOT NULL,
  definition    jsonb NOT NULL,
  due_at        timestamptz NOT NULL,
  claim         bigint NOT NULL DEFAULT 0,
  claimed_by    text,
  claimed_until timestamptz,
  failures      int NOT NULL DEFAULT 0,
  errors        int NOT NULL DEFAULT 0,
  UNIQUE (run, name)
);

CREATE TABLE measurement (
  id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  monitor   bigint NOT NULL REFERENCES monitor (id),
  at        timestamptz NOT NULL,
  took_ms   bigint NOT NULL,
  verdict   text NOT NULL CHECK (verdict IN ('SUCCESS', 'FAILURE', 'INCONCLUSIVE', 'ERROR')),
  because   text NOT NULL,
  readings  jsonb NOT NULL
);
CREATE INDEX measurement_monitor_idx ON measurement (monitor, at DESC, id DESC);

-- Reports of applications wait here until the guard's tick takes them; the key makes a repeated report harmless.
CREATE TABLE outcome_report (
  flag_key     text NOT NULL REFERENCES flag (key),
  reporter     text NOT NULL,
  seq          bigint NOT NULL,
  flag_version bigint NOT NULL,
  received_at  timestamptz NOT NULL,
  body         jsonb NOT NULL,
  PRIMARY KEY (flag_key, reporter, seq)
);
-- The highest sequence number taken per reporter: what is at or below it is a repetition.
CREATE TABLE outcome_reporter (
  flag_key  text NOT NULL REFERENCES flag (key),
  reporter  text NOT NULL,
  seq       bigint NOT NULL,
  seen_at   timestamptz NOT NULL,
  PRIMARY KEY (flag_key, reporter)
);
CREATE TABLE outcome_hour (
  flag_key    text NOT NULL REFERENCES flag (key),
  hour        timestamptz NOT NULL,
  arm         text NOT NULL CHECK (arm IN ('OLD', 'NEW')),
  calls       bigint NOT NULL,
  failures    bigint NOT NULL,
  slow        bigint NOT NULL,
  mismatches  bigint NOT NULL,
  PRIMARY KEY (flag_key, hour, arm)
);
-- What the detector remembers between two ticks; whichever server holds the row lock does the tick.
CREATE TABLE guard (
  flag_key   text PRIMARY KEY REFERENCES flag (key),
  state      jsonb NOT NULL,
  ticked_at  timestamptz NOT NULL
);

CREATE TABLE incident (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  flag_key    text NOT NULL REFERENCES flag (key),
  run         bigint REFERENCES run (id),
  at          timestamptz NOT NULL,
  source      text NOT NULL CHECK (source IN ('OUTCOMES', 'MONITOR', 'ALERT', 'OPERATOR', 'VERIFICATION')),
  because     text NOT NULL,
  weight_before  int NOT NULL,
  weight_after   int NOT NULL,
  evidence    jsonb NOT NULL,
  acknowledged_at  timestamptz,
  acknowledged_by  text,
  acknowledged_because text
);
CREATE INDEX incident_flag_idx ON incident (flag_key, id DESC);
