-- What was done to the schema: BEGUN before, the rest after it. Unlike a step it stays when it is taken back.

CREATE TABLE IF NOT EXISTS turnout.ddl (
  id         bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  run        bigint NOT NULL,
  phase      varchar(16) NOT NULL,
  ordinal    int NOT NULL,
  title      longtext NOT NULL,
  undone     smallint NOT NULL COMMENT '1: it was taken back' CHECK (undone IN (0, 1)),
  state      varchar(16) NOT NULL COMMENT 'BEGUN and FAILED: it will be tried again; ADOPTED: it was there; CUT: begun, and then taken back'
             CHECK (state IN ('BEGUN', 'FAILED', 'APPLIED', 'ADOPTED', 'CUT')),
  failures   int NOT NULL DEFAULT 0,
  message    longtext NOT NULL,
  at         datetime(6) NOT NULL COMMENT 'business time; begun_at is real time of this server',
  begun_at   datetime(6) NOT NULL DEFAULT (UTC_TIMESTAMP(6)),
  took_ms    bigint COMMENT 'of the attempt that did it, with its wait for locks; null: not done, or nothing had to be',
  KEY ddl_run_idx (run, id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
