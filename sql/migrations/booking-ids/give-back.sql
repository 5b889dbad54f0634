-- Exactly the V1 ids that the move put there; updated_at is the application's.
UPDATE appointments SET calcom_booking_id = NULL, _migration_moved_v1_id = NULL, updated_at = updated_at
WHERE _migration_moved_v1_id IS NOT NULL AND calcom_booking_id = _migration_moved_v1_id;
