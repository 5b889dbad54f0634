-- How long the rows of a chunk took, for the reports.

ALTER TABLE turnout.chunk
  ADD COLUMN took_ms bigint NOT NULL DEFAULT 0 COMMENT 'real time of its batches, added up; over all lanes';
