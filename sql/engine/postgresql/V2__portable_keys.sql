-- Keys and names as JSON arrays in texts: the same SQL reads and writes them on every product.

ALTER TABLE turnout.step ALTER COLUMN made DROP DEFAULT;
ALTER TABLE turnout.step ALTER COLUMN made TYPE text USING array_to_json(made)::text;
ALTER TABLE turnout.step ALTER COLUMN made SET DEFAULT '[]';

ALTER TABLE turnout.chunk
  ALTER COLUMN lo TYPE text USING array_to_json(lo)::text,
  ALTER COLUMN hi TYPE text USING array_to_json(hi)::text,
  ALTER COLUMN watermark TYPE text USING array_to_json(watermark)::text;
COMMENT ON COLUMN turnout.chunk.lo IS 'key columns as a JSON array of texts, exact; null: from the first row';
