-- What became of the writes that applications left to Turnout: committed with the write, so that it is done once.

CREATE TABLE IF NOT EXISTS turnout.applied_write (
  run              bigint NOT NULL,
  idempotency_key  varchar(128) NOT NULL COMMENT 'compared byte by byte',
  outcome          varchar(10) NOT NULL CHECK (outcome IN ('APPLIED', 'ASIDE', 'REFUSED')),
  "sqlstate"       varchar(5) NOT NULL,
  because          varchar(2000) NOT NULL,
  at               datetime(6) NOT NULL DEFAULT (UTC_TIMESTAMP(6)),
  PRIMARY KEY (run, idempotency_key)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'a row goes only after its write has been taken out of the outbox''s queue';
