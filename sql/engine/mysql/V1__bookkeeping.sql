-- What the engine remembers on the server that it migrates, so that a batch and its record commit together: the same
-- tables as on PostgreSQL. DDL commits by itself here, so a change of the schema and its record cannot; a step is BEGUN
-- before and APPLIED after. Only the role that migrates needs this database: the sync triggers write to it as their definer.
-- Times are UTC. Texts compare byte by byte.

CREATE TABLE IF NOT EXISTS turnout.run (
  run        bigint PRIMARY KEY,
  migration  varchar(64) NOT NULL,
  epoch      bigint NOT NULL COMMENT 'fencing token of whoever drives the run; a write under an older one must change nothing'
             CHECK (epoch >= 0),
  begun_at   datetime(6) NOT NULL DEFAULT (UTC_TIMESTAMP(6))
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE IF NOT EXISTS turnout.step (
  run      bigint NOT NULL,
  kind     varchar(16) NOT NULL CHECK (kind IN ('EXPAND', 'SYNC', 'CONTRACT')),
  ordinal  int NOT NULL CHECK (ordinal >= 0),
  title    longtext NOT NULL,
  hash     varchar(64) NOT NULL COMMENT 'SHA-256 of what was run (EXPAND, CONTRACT), of what the catalogue holds since (SYNC)',
  state    varchar(16) NOT NULL CHECK (state IN ('BEGUN', 'APPLIED', 'ADOPTED')),
  made     longtext NOT NULL COMMENT 'JSON array: the columns that the step added, the triggers it made; of a script, how many statements have run',
  at       datetime(6) NOT NULL DEFAULT (UTC_TIMESTAMP(6)),
  PRIMARY KEY (run, kind, ordinal),
  CONSTRAINT step_run_fkey FOREIGN KEY (run) REFERENCES turnout.run (run)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'changes of the schema that stand; the row goes away after the change is taken back';

CREATE TABLE IF NOT EXISTS turnout.chunk (
  id           bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  run          bigint NOT NULL,
  table_name   varchar(255) NOT NULL,
  seq          int NOT NULL CHECK (seq >= 0),
  lo           longtext COMMENT 'key columns as a JSON array of texts, exact; null: from the first row',
  hi           longtext COMMENT 'likewise; null: to the last row',
  watermark    longtext COMMENT 'rows up to this key are done; null: none',
  state        varchar(16) NOT NULL DEFAULT 'OPEN' CHECK (state IN ('OPEN', 'DONE')),
  owner        varchar(255),
  lease_until  datetime(6) COMMENT 'by the clock of this server',
  epoch        bigint NOT NULL DEFAULT 0,
  rows_done    bigint NOT NULL DEFAULT 0 CHECK (rows_done >= 0),
  verified_at  datetime(6) COMMENT 'business time of the newest verification',
  mismatches   bigint NOT NULL DEFAULT 0 CHECK (mismatches >= 0),
  UNIQUE KEY chunk_key (run, table_name, seq),
  KEY chunk_open_idx (run, state, id),
  CONSTRAINT chunk_run_fkey FOREIGN KEY (run) REFERENCES turnout.run (run)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'half-open key ranges (lo, hi] of a table; every key is in exactly one';

-- A row is put aside at most once at a time; a repetition replaces the error. A unique key ignores rows with a NULL, so the
-- generated column stands for a partial index.
CREATE TABLE IF NOT EXISTS turnout.rejected (
  id           bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  run          bigint NOT NULL,
  table_name   varchar(255) NOT NULL,
  "key"        json NOT NULL COMMENT 'key column to value',
  phase        varchar(16) NOT NULL COMMENT 'SYNC: an application wrote it; BACKFILL: it was there before',
  "sqlstate"   varchar(16) NOT NULL,
  message      longtext NOT NULL,
  at           datetime(6) NOT NULL DEFAULT (UTC_TIMESTAMP(6)) COMMENT 'real time of this server, as is resolved_at',
  "row"        json,
  resolved_at  datetime(6),
  open_key     binary(32) GENERATED ALWAYS AS
               (CASE WHEN resolved_at IS NULL THEN unhex(sha2(CONVERT("key" USING utf8mb4), 256)) END) STORED,
  UNIQUE KEY rejected_open_idx (run, table_name, open_key),
  CONSTRAINT rejected_run_fkey FOREIGN KEY (run) REFERENCES turnout.run (run)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'rows put aside because the mapping failed on them; never deleted while the run lives';
