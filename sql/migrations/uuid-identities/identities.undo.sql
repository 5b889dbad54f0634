DROP TABLE id_mappings;
DROP FUNCTION known(uuid, text, text);
DROP FUNCTION identity_of(text, text);
