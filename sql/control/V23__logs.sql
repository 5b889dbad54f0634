-- What operators see of the work on the migrated database: written by workers, kept short.

CREATE TABLE schema_log (
  run        bigint NOT NULL REFERENCES run (id),
  nr         int NOT NULL,
  database   text NOT NULL,
  phase      text NOT NULL,
  title      text NOT NULL,
  undo       boolean NOT NULL,
  state      text NOT NULL,
  failures   int NOT NULL,
  message    text NOT NULL,
  at         timestamptz NOT NULL,
  took_ms    bigint,
  PRIMARY KEY (run, nr)
);
COMMENT ON TABLE schema_log IS 'the newest of turnout.ddl, replaced as a whole: the server may have no way to the migrated database';
COMMENT ON COLUMN schema_log.at IS 'business time';

CREATE TABLE batch_log (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run         bigint NOT NULL REFERENCES run (id),
  table_name  text NOT NULL,
  at          timestamptz NOT NULL,
  rows        bigint NOT NULL,
  took_ms     bigint NOT NULL,
  aside       boolean NOT NULL,
  worker      text NOT NULL,
  lane        int NOT NULL,
  waited_ms   bigint NOT NULL,
  waited_for  text NOT NULL
);
CREATE INDEX batch_log_idx ON batch_log (run, table_name, id);
COMMENT ON TABLE batch_log IS 'the newest batches of each table; what a killed worker had not told yet is not in it';
COMMENT ON COLUMN batch_log.at IS 'business time of its end; took_ms and waited_ms are real time';
COMMENT ON COLUMN batch_log.waited_for IS 'why its lane waited before, the last reason; empty: it did not';
