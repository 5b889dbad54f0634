-- What is quarantined stays: there the number in the V2 column is all there is. A number that differs from the V1 id but not
-- from the backup is the one before: the new application changed the V1 id when the triggers had just gone.
UPDATE appointments SET calcom_v2_booking_id = NULL, updated_at = updated_at
WHERE deleted_at IS NULL AND calcom_v2_booking_id REGEXP '^[1-9][0-9]{0,18}\z'
  AND (CAST(calcom_booking_id AS CHAR) COLLATE utf8mb4_bin = calcom_v2_booking_id
       OR (calcom_booking_id IS NOT NULL AND _migration_backup_v2_id = calcom_v2_booking_id));
