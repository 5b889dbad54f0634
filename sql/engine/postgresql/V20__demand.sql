-- Operators may want rows verified anew. How far that is follows from the chunks, so it cannot be lost or told twice.

ALTER TABLE turnout.chunk ADD COLUMN demand bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN turnout.chunk.demand IS 'the newest demand of an operator that was known before the newest verification began; 0: none';
