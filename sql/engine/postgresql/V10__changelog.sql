-- What carries changes to another server. A trigger names the row that changed, in the transaction that changes it; whoever
-- applies the change reads the row anew. So the log needs neither values nor an order: it is a queue of names.

CREATE TABLE turnout.changelog (
  run       bigint NOT NULL,
  move      text NOT NULL,
  seq       bigint GENERATED ALWAYS AS IDENTITY,
  of_table  text NOT NULL,
  key       text,
  at        timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (run, move, seq)
);
COMMENT ON TABLE turnout.changelog IS 'rows that may differ between the servers; a row goes away once both are alike';
COMMENT ON COLUMN turnout.changelog.seq IS 'an order to work in, nothing more: rows become visible in another';
COMMENT ON COLUMN turnout.changelog.of_table IS 'empty: the table of the move; otherwise the table that touches it';
COMMENT ON COLUMN turnout.changelog.key IS 'the columns that tell which rows, as a JSON array of texts; null: every row';
COMMENT ON COLUMN turnout.changelog.at IS 'real time of this database';

CREATE TABLE turnout.flow (
  run    bigint NOT NULL REFERENCES turnout.run (run),
  move   text NOT NULL,
  state  text NOT NULL CHECK (state IN ('OPEN', 'CLOSED')),
  hash   text NOT NULL,
  since  timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (run, move)
);
COMMENT ON TABLE turnout.flow IS 'per move to or from another server: how its table on this one stands';
COMMENT ON COLUMN turnout.flow.state IS 'OPEN: applications may write the table; CLOSED: a trigger refuses them';
COMMENT ON COLUMN turnout.flow.hash IS 'SHA-256 of the triggers that were made, as the catalogue has them';

CREATE TABLE turnout.authority (
  run    bigint PRIMARY KEY REFERENCES turnout.run (run),
  side   text NOT NULL CHECK (side IN ('OLD', 'NEW')),
  since  timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE turnout.authority IS 'the side that takes the writes of a run whose sides are on two servers; the one in the old database counts';
