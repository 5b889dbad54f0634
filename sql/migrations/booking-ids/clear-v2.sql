-- What is quarantined stays: there the number in the V2 column is all there is.
UPDATE appointments SET calcom_v2_booking_id = NULL, updated_at = updated_at
WHERE deleted_at IS NULL AND calcom_v2_booking_id REGEXP '^[1-9][0-9]{0,18}\z'
  AND CAST(calcom_booking_id AS CHAR) COLLATE utf8mb4_bin = calcom_v2_booking_id;
