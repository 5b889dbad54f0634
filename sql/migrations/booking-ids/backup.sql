ALTER TABLE appointments ADD COLUMN _migration_backup_v2_id varchar(255) NULL, ALGORITHM=INSTANT;
ALTER TABLE appointments ADD COLUMN _migration_moved_v1_id bigint NULL, ALGORITHM=INSTANT;
