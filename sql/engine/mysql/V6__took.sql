-- How long the rows of a chunk took, for the reports. A worker may have died after this and before it was recorded, and
-- MySQL has no ADD COLUMN IF NOT EXISTS.

SET @turnout_there = (SELECT count(*) FROM information_schema.columns
                      WHERE table_schema = 'turnout' AND table_name = 'chunk' AND column_name = 'took_ms');
SET @turnout_add = CASE WHEN @turnout_there > 0 THEN 'DO 0' ELSE
  'ALTER TABLE turnout.chunk ADD COLUMN took_ms bigint NOT NULL DEFAULT 0 COMMENT ''real time of its batches, added up; over all lanes'''
  END;
PREPARE turnout_add FROM @turnout_add;
EXECUTE turnout_add;
DEALLOCATE PREPARE turnout_add;
