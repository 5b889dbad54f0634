-- A name-based identity (UUID version 3): the same text gives the same UUID in every run, on every server, and two kinds of
-- things that share a text get two. The namespace is a random UUID made once for this migration.
CREATE FUNCTION identity_of(kind text, id text) RETURNS uuid LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CAST(encode(set_byte(set_byte(digest, 6, (get_byte(digest, 6) & 15) | 48), 8, (get_byte(digest, 8) & 63) | 128),
                     'hex') AS uuid)
  FROM decode(md5(decode('8f14a45fceea467f9a2f1d3c5b7e9a01', 'hex') || convert_to(kind || '/' || id, 'UTF8')), 'hex') AS digest
$$;

-- Fails where there is no identity, so that the row is put aside with this message instead of losing its reference.
CREATE FUNCTION known(identity uuid, kind text, id text) RETURNS uuid LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF identity IS NULL THEN
    RAISE EXCEPTION 'there is no % %', kind, id;
  END IF;
  RETURN identity;
END
$$;

CREATE TABLE id_mappings (
  table_name  text NOT NULL,
  old_id      text NOT NULL,
  new_id      uuid NOT NULL,
  PRIMARY KEY (table_name, old_id)
);
CREATE UNIQUE INDEX id_mappings_new_id_idx ON id_mappings (table_name, new_id);
