-- Once a move is written on the new side, what the old side still feeds has to be told from what came too late.
-- A worker may have died after this and before it was recorded, and MySQL has no ADD COLUMN IF NOT EXISTS.

SET @turnout_there = (SELECT count(*) FROM information_schema.columns
                      WHERE table_schema = 'turnout' AND table_name = 'changelog' AND column_name = 'fed');
SET @turnout_add = CASE WHEN @turnout_there > 0 THEN 'DO 0' ELSE
  'ALTER TABLE turnout.changelog ADD COLUMN fed smallint NOT NULL DEFAULT 0 COMMENT ''1 on the old side: not the row itself was changed, but one that it is made of; on the new side: a column was written that the old side feeds'''
  END;
PREPARE turnout_add FROM @turnout_add;
EXECUTE turnout_add;
DEALLOCATE PREPARE turnout_add;
