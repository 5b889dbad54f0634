-- The schema before: one column holds two kinds of id. V1 ids are numbers (calcom_booking_id), V2 ids are UIDs of letters
-- and digits (calcom_v2_booking_id); a bug put V1 ids into the V2 column.
CREATE TABLE appointments (
  id                    bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  calcom_booking_id     bigint NULL,
  calcom_v2_booking_id  varchar(255) NULL,
  source                varchar(32) NOT NULL,
  created_at            timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at            timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  deleted_at            timestamp NULL,
  KEY appointments_v2_idx (calcom_v2_booking_id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
