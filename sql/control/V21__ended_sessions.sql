-- Sessions of the console that were ended before their time: their cookies, or copies of them, count no more.

CREATE TABLE ended_session (
  id        bytea PRIMARY KEY,
  ends_at   timestamptz NOT NULL
);
CREATE INDEX ended_session_ends_idx ON ended_session (ends_at);
COMMENT ON TABLE ended_session IS 'sessions themselves are kept nowhere but in the cookies of browsers';
COMMENT ON COLUMN ended_session.id IS 'SHA-256 of what only the sealed cookie says';
COMMENT ON COLUMN ended_session.ends_at IS 'real time at which its cookie is void by itself; the row is forgotten an hour later';
