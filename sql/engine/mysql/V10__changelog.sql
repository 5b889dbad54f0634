-- What carries changes to another server. A trigger names the row that changed, in the transaction that changes it; whoever
-- applies the change reads the row anew. So the log needs neither values nor an order: it is a queue of names.

CREATE TABLE IF NOT EXISTS turnout.changelog (
  seq       bigint NOT NULL AUTO_INCREMENT PRIMARY KEY COMMENT 'an order to work in, nothing more: rows become visible in another',
  run       bigint NOT NULL,
  move      varchar(255) NOT NULL,
  of_table  varchar(255) NOT NULL COMMENT 'empty: the table of the move; otherwise the table that touches it',
  "key"     longtext COMMENT 'the columns that tell which rows, as a JSON array of texts; null: every row',
  at        datetime(6) NOT NULL DEFAULT (UTC_TIMESTAMP(6)) COMMENT 'real time of this server, UTC',
  KEY changelog_next_idx (run, move, seq)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'rows that may differ between the servers; a row goes away once both are alike';

CREATE TABLE IF NOT EXISTS turnout.flow (
  run    bigint NOT NULL,
  move   varchar(255) NOT NULL,
  state  varchar(16) NOT NULL COMMENT 'OPEN: applications may write the table; CLOSED: a trigger refuses them'
         CHECK (state IN ('OPEN', 'CLOSED')),
  hash   varchar(64) NOT NULL COMMENT 'SHA-256 of the triggers that were made, as the catalogue has them',
  since  datetime(6) NOT NULL DEFAULT (UTC_TIMESTAMP(6)),
  PRIMARY KEY (run, move),
  CONSTRAINT flow_run_fkey FOREIGN KEY (run) REFERENCES turnout.run (run)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'per move to or from another server: how its table on this one stands; its lock is the gate between those who write there';

CREATE TABLE IF NOT EXISTS turnout.authority (
  run    bigint NOT NULL PRIMARY KEY,
  side   varchar(16) NOT NULL CHECK (side IN ('OLD', 'NEW')),
  since  datetime(6) NOT NULL DEFAULT (UTC_TIMESTAMP(6)),
  CONSTRAINT authority_run_fkey FOREIGN KEY (run) REFERENCES turnout.run (run)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
  COMMENT 'the side that takes the writes of a run whose sides are on two servers; the one in the old database counts';
