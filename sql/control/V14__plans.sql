-- Rollouts of flags without a migration, freezes, and what plans say beside their steps.

UPDATE rollout SET plan = plan || '{"terms": {"holdback": 0, "windows": [], "fourEyes": false}}';

-- A rollout without a migration has a number that no run has, from the same sequence; so one number names any rollout.
ALTER TABLE rollout DROP CONSTRAINT rollout_run_fkey;
ALTER TABLE rollout
  ADD COLUMN alone boolean NOT NULL DEFAULT false,
  ADD COLUMN began_by text NOT NULL DEFAULT '',
  ADD COLUMN approved_by text,
  ADD COLUMN of_run bigint GENERATED ALWAYS AS (CASE WHEN alone THEN NULL ELSE run END) STORED REFERENCES run (id);
UPDATE rollout o SET began_by = r.created_by FROM run r WHERE r.id = o.run;
-- A flag has at most one rollout of its own that is not over.
CREATE UNIQUE INDEX rollout_alone_idx ON rollout (flag_key) WHERE alone AND state <> 'ENDED';

-- While a freeze stands, no rollout that it is about takes a step by itself; a way back is always open.
CREATE TABLE frozen (
  flag_key  text REFERENCES flag (key),
  at        timestamptz NOT NULL,
  actor     text NOT NULL,
  reason    text NOT NULL
);
COMMENT ON COLUMN frozen.flag_key IS 'null: every flag';
CREATE UNIQUE INDEX frozen_flag_idx ON frozen (coalesce(flag_key, ''));
