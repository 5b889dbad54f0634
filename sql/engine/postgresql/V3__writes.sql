-- What became of the writes that applications left to Turnout: committed with the write, so that it is done once.

CREATE TABLE turnout.applied_write (
  run              bigint NOT NULL,
  idempotency_key  varchar(128) NOT NULL,
  outcome          varchar(10) NOT NULL CHECK (outcome IN ('APPLIED', 'ASIDE', 'REFUSED')),
  sqlstate         varchar(5) NOT NULL,
  because          varchar(2000) NOT NULL,
  at               timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (run, idempotency_key)
);
COMMENT ON TABLE turnout.applied_write IS 'a row goes only after its write has been taken out of the outbox''s queue';
COMMENT ON COLUMN turnout.applied_write.idempotency_key IS 'compared byte by byte';
