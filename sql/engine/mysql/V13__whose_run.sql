-- Control databases number their runs each for itself. Whose run a number is here is told by its migration and this.
-- A worker may have died after this and before it was recorded, and MySQL has no ADD COLUMN IF NOT EXISTS.

SET @turnout_there = (SELECT count(*) FROM information_schema.columns
                      WHERE table_schema = 'turnout' AND table_name = 'run' AND column_name = 'spec_hash');
SET @turnout_add = CASE WHEN @turnout_there > 0 THEN 'DO 0' ELSE
  'ALTER TABLE turnout.run ADD COLUMN spec_hash varchar(64) NOT NULL DEFAULT '''' COMMENT ''SHA-256 of the spec and its files; empty: the run is older than this column'''
  END;
PREPARE turnout_add FROM @turnout_add;
EXECUTE turnout_add;
DEALLOCATE PREPARE turnout_add;
