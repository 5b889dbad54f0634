UPDATE appointments SET calcom_v2_booking_id = _migration_backup_v2_id, updated_at = updated_at
WHERE calcom_v2_booking_id IS NULL AND _migration_backup_v2_id REGEXP '^[1-9][0-9]{0,18}\z'
  AND deleted_at IS NULL;
