ALTER TABLE appointments DROP COLUMN _migration_backup_v2_id, ALGORITHM=INPLACE, LOCK=NONE;
ALTER TABLE appointments DROP COLUMN _migration_moved_v1_id, ALGORITHM=INPLACE, LOCK=NONE;
