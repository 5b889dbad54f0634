-- What the servers of an installation share to sign tickets with.

CREATE TABLE secret (
  name        text PRIMARY KEY,
  value       bytea NOT NULL,
  created_at  timestamptz NOT NULL
);
COMMENT ON TABLE secret IS 'never leaves the servers; delete a row to make all that was signed with it void';
