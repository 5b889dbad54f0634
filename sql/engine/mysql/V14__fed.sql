-- Once a move is written on the new side, what the old side still feeds has to be told from what came too late.

ALTER TABLE turnout.changelog ADD COLUMN fed smallint NOT NULL DEFAULT 0
  COMMENT '1 on the old side: not the row itself was changed, but one that it is made of; on the new side: a column was written that the old side feeds';
