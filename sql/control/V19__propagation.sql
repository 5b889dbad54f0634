-- When the newest change was made, so that each server can tell how late it learnt of it.

ALTER TABLE flag_set ADD COLUMN changed_at timestamptz NOT NULL DEFAULT clock_timestamp();
COMMENT ON COLUMN flag_set.changed_at IS 'real time by the clock of this database, whatever the pace of business time';
