-- Operators may want rows verified anew. How far that is follows from the chunks, so it cannot be lost or told twice. A worker
-- may have died after this and before it was recorded, and MySQL has no ADD COLUMN IF NOT EXISTS.

SET @turnout_there = (SELECT count(*) FROM information_schema.columns
                      WHERE table_schema = 'turnout' AND table_name = 'chunk' AND column_name = 'demand');
SET @turnout_add = CASE WHEN @turnout_there > 0 THEN 'DO 0' ELSE
  'ALTER TABLE turnout.chunk ADD COLUMN demand bigint NOT NULL DEFAULT 0 COMMENT ''the newest demand of an operator that was known before the newest verification began; 0: none'''
  END;
PREPARE turnout_add FROM @turnout_add;
EXECUTE turnout_add;
DEALLOCATE PREPARE turnout_add;
