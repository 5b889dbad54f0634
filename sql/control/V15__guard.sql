-- What a guard saw over time, each decision with all that it was decided by, and how far a rollout goes back.

-- What was suspected begins anew: it is kept in another form, with the last look beside it.
UPDATE guard SET state = (state - 'suspicions') || '{"weighed": {}}';

UPDATE rollout SET plan = jsonb_set(plan, '{terms,onBad}', '"ZERO"');

-- For charts. Each look is added to a point of each width; the narrow ones are kept for a shorter time.
CREATE TABLE guard_point (
  flag_key  text NOT NULL REFERENCES flag (key),
  width_s   int NOT NULL CHECK (width_s IN (10, 60, 3600)),
  at        timestamptz NOT NULL,
  weight    int NOT NULL,
  old_calls bigint NOT NULL,
  old_failures bigint NOT NULL,
  old_slow bigint NOT NULL,
  old_mismatches bigint NOT NULL,
  new_calls bigint NOT NULL,
  new_failures bigint NOT NULL,
  new_slow bigint NOT NULL,
  new_mismatches bigint NOT NULL,
  failures_evidence   double precision NOT NULL,
  slow_evidence       double precision NOT NULL,
  mismatches_evidence double precision NOT NULL,
  PRIMARY KEY (flag_key, width_s, at)
);
COMMENT ON COLUMN guard_point.at IS 'business time at which the point begins';
COMMENT ON COLUMN guard_point.failures_evidence IS 'the greatest within the point, as the other evidence';

CREATE TABLE decision (
  id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  flag_key  text NOT NULL REFERENCES flag (key),
  run       bigint,
  at        timestamptz NOT NULL,
  kind      text NOT NULL,
  because   text NOT NULL,
  evidence  jsonb NOT NULL
);
COMMENT ON COLUMN decision.run IS 'of the rollout; null for a flag without one';
COMMENT ON COLUMN decision.kind IS 'ADVANCE, ROLL_BACK, STAY, COMPLETE …; REFUSED: it should have gone back and could not';
CREATE INDEX decision_flag_idx ON decision (flag_key, id DESC);
CREATE INDEX decision_stay_idx ON decision (flag_key, at) WHERE kind = 'STAY';
