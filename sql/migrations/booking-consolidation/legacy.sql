-- AskPro as it has grown: the tables that the consolidation reads, with the columns that nobody dares to drop, and some
-- of those that it leaves behind. References are by habit only: there is no foreign key. For MySQL 8 and MariaDB.

CREATE TABLE companies (
  id               BIGINT AUTO_INCREMENT PRIMARY KEY,
  name             VARCHAR(255) NOT NULL,
  slug             VARCHAR(255) NULL,
  email            VARCHAR(255) NULL,
  phone            VARCHAR(50) NULL,
  address          TEXT NULL,
  timezone         VARCHAR(50) NOT NULL DEFAULT 'Europe/Berlin',
  is_active        TINYINT(1) NOT NULL DEFAULT 1,
  billing_status   VARCHAR(30) NULL,
  credit_balance   DECIMAL(10,2) NOT NULL DEFAULT 0,
  calcom_api_key   TEXT NULL,
  calcom_team_slug VARCHAR(255) NULL,
  retell_api_key   TEXT NULL,
  created_at       TIMESTAMP NULL DEFAULT NULL,
  updated_at       TIMESTAMP NULL DEFAULT NULL,
  deleted_at       TIMESTAMP NULL DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE branches (
  id                 CHAR(36) PRIMARY KEY,
  company_id         BIGINT NOT NULL,
  name               VARCHAR(255) NOT NULL,
  city               VARCHAR(255) NULL,
  phone_number       VARCHAR(50) NULL,
  notification_email VARCHAR(255) NULL,
  active             TINYINT(1) NOT NULL DEFAULT 1,
  calcom_api_key     TEXT NULL,
  retell_agent_id    VARCHAR(255) NULL,
  invoice_recipient  TINYINT(1) NOT NULL DEFAULT 0,
  created_at         TIMESTAMP NULL DEFAULT NULL,
  updated_at         TIMESTAMP NULL DEFAULT NULL,
  deleted_at         TIMESTAMP NULL DEFAULT NULL,
  KEY branches_company_id_index (company_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE working_hours (
  id         BIGINT AUTO_INCREMENT PRIMARY KEY,
  branch_id  CHAR(36) NOT NULL,
  staff_id   CHAR(36) NULL,
  weekday    TINYINT NOT NULL COMMENT '1 is Monday, 7 is Sunday',
  opens      TIME NULL,
  closes     TIME NULL,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  KEY working_hours_branch_id_weekday_index (branch_id, weekday)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE customers (
  id             BIGINT AUTO_INCREMENT PRIMARY KEY,
  company_id     BIGINT NULL,
  tenant_id      BIGINT NULL COMMENT 'what company_id was called before',
  name           VARCHAR(255) NOT NULL,
  email          VARCHAR(255) NULL,
  phone          VARCHAR(50) NULL,
  birthdate      DATE NULL,
  preferences    JSON NULL,
  skills         TEXT NULL COMMENT 'a JSON array, or whatever somebody typed',
  notes          TEXT NULL,
  is_vip         TINYINT(1) NOT NULL DEFAULT 0,
  loyalty_points INT UNSIGNED NOT NULL DEFAULT 0,
  no_show_count  INT UNSIGNED NOT NULL DEFAULT 0,
  created_at     TIMESTAMP NULL DEFAULT NULL,
  updated_at     TIMESTAMP NULL DEFAULT NULL,
  deleted_at     TIMESTAMP NULL DEFAULT NULL,
  KEY customers_company_id_index (company_id),
  KEY customers_phone_index (phone)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE staff (
  id             CHAR(36) PRIMARY KEY,
  company_id     BIGINT NOT NULL,
  branch_id      CHAR(36) NULL COMMENT 'before home_branch_id; not kept',
  home_branch_id CHAR(36) NULL,
  name           VARCHAR(255) NOT NULL,
  email          VARCHAR(255) NULL,
  phone          VARCHAR(50) NULL,
  active         TINYINT(1) NOT NULL DEFAULT 1,
  is_bookable    TINYINT(1) NOT NULL DEFAULT 1,
  calcom_user_id BIGINT NULL,
  created_at     TIMESTAMP NULL DEFAULT NULL,
  updated_at     TIMESTAMP NULL DEFAULT NULL,
  deleted_at     TIMESTAMP NULL DEFAULT NULL,
  KEY staff_company_id_index (company_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE services (
  id                   BIGINT AUTO_INCREMENT PRIMARY KEY,
  company_id           BIGINT NOT NULL,
  branch_id            CHAR(36) NULL,
  name                 VARCHAR(255) NOT NULL,
  description          TEXT NULL,
  price                DECIMAL(10,2) NULL,
  duration             INT NOT NULL DEFAULT 30 COMMENT 'minutes',
  calcom_event_type_id BIGINT NULL,
  active               TINYINT(1) NOT NULL DEFAULT 1,
  created_at           TIMESTAMP NULL DEFAULT NULL,
  updated_at           TIMESTAMP NULL DEFAULT NULL,
  deleted_at           TIMESTAMP NULL DEFAULT NULL,
  KEY services_company_id_index (company_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE staff_service_assignments (
  id         BIGINT AUTO_INCREMENT PRIMARY KEY,
  staff_id   CHAR(36) NOT NULL,
  service_id BIGINT NOT NULL,
  created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  UNIQUE KEY staff_service_unique (staff_id, service_id),
  KEY staff_service_assignments_service_id_index (service_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE appointments (
  id                   BIGINT AUTO_INCREMENT PRIMARY KEY,
  company_id           BIGINT NOT NULL,
  customer_id          BIGINT NULL,
  branch_id            CHAR(36) NULL,
  staff_id             CHAR(36) NULL,
  service_id           BIGINT NULL,
  starts_at            DATETIME NOT NULL,
  ends_at              DATETIME NULL,
  status               VARCHAR(50) NOT NULL DEFAULT 'scheduled',
  price                DECIMAL(10,2) NULL,
  notes                TEXT NULL,
  source               VARCHAR(50) NULL,
  calcom_booking_id    BIGINT NULL,
  calcom_v2_booking_id VARCHAR(255) NULL,
  reminder_24h_sent_at TIMESTAMP NULL DEFAULT NULL,
  version              INT UNSIGNED NOT NULL DEFAULT 0,
  created_at           TIMESTAMP NULL DEFAULT NULL,
  updated_at           TIMESTAMP NULL DEFAULT NULL,
  deleted_at           TIMESTAMP NULL DEFAULT NULL,
  KEY appointments_company_id_index (company_id),
  KEY appointments_service_id_index (service_id),
  KEY appointments_created_at_index (created_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE calls (
  id               BIGINT AUTO_INCREMENT PRIMARY KEY,
  company_id       BIGINT NOT NULL,
  customer_id      BIGINT NULL,
  call_id          VARCHAR(255) NULL COMMENT 'before retell_call_id',
  retell_call_id   VARCHAR(255) NULL,
  from_number      VARCHAR(50) NULL,
  to_number        VARCHAR(50) NULL,
  status           VARCHAR(30) NULL,
  duration_seconds INT NULL,
  duration_sec     INT NULL,
  duration_minutes DECIMAL(8,1) NULL,
  customer_name    VARCHAR(255) NULL,
  requested_date   DATE NULL,
  requested_time   VARCHAR(20) NULL,
  service_type     VARCHAR(255) NULL,
  sentiment        VARCHAR(30) NULL,
  tags             JSON NULL,
  transcript       MEDIUMTEXT NULL,
  cost             DECIMAL(10,4) NULL,
  disconnection    VARCHAR(100) NULL,
  created_at       TIMESTAMP NULL DEFAULT NULL,
  updated_at       TIMESTAMP NULL DEFAULT NULL,
  KEY calls_company_id_index (company_id),
  KEY calls_created_at_index (created_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE phone_numbers (
  id              BIGINT AUTO_INCREMENT PRIMARY KEY,
  company_id      BIGINT NOT NULL,
  branch_id       CHAR(36) NULL,
  number          VARCHAR(50) NOT NULL,
  type            VARCHAR(20) NOT NULL DEFAULT 'direct',
  active          TINYINT(1) NOT NULL DEFAULT 1,
  retell_agent_id VARCHAR(255) NULL,
  sms_enabled     TINYINT(1) NOT NULL DEFAULT 0,
  created_at      TIMESTAMP NULL DEFAULT NULL,
  updated_at      TIMESTAMP NULL DEFAULT NULL,
  UNIQUE KEY phone_numbers_number_unique (number)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE users (
  id             BIGINT AUTO_INCREMENT PRIMARY KEY,
  company_id     BIGINT NULL,
  name           VARCHAR(255) NOT NULL,
  email          VARCHAR(255) NOT NULL,
  password       VARCHAR(255) NOT NULL DEFAULT '',
  role           VARCHAR(50) NULL,
  is_super_admin TINYINT(1) NULL DEFAULT 0,
  remember_token VARCHAR(100) NULL,
  created_at     TIMESTAMP NULL DEFAULT NULL,
  updated_at     TIMESTAMP NULL DEFAULT NULL,
  UNIQUE KEY users_email_unique (email)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE retell_webhooks (
  id         BIGINT AUTO_INCREMENT PRIMARY KEY,
  company_id BIGINT NULL,
  event_type VARCHAR(100) NOT NULL,
  call_id    VARCHAR(255) NULL,
  payload    JSON NOT NULL,
  status     VARCHAR(20) NULL,
  attempts   INT NOT NULL DEFAULT 0,
  error      TEXT NULL,
  created_at TIMESTAMP NULL DEFAULT NULL,
  KEY retell_webhooks_created_at_index (created_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE webhook_logs (
  id         BIGINT AUTO_INCREMENT PRIMARY KEY,
  company_id BIGINT NULL,
  type       VARCHAR(20) NOT NULL,
  event      VARCHAR(100) NOT NULL,
  payload    LONGTEXT NOT NULL COMMENT 'as it came in: not always JSON',
  status     VARCHAR(20) NOT NULL,
  ip         VARCHAR(45) NULL,
  created_at TIMESTAMP NULL DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- What stays behind: two of the seventy tables that nothing reads any more.
CREATE TABLE tenants (
  id   BIGINT AUTO_INCREMENT PRIMARY KEY,
  name VARCHAR(255) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE activity_log (
  id          BIGINT AUTO_INCREMENT PRIMARY KEY,
  log_name    VARCHAR(255) NULL,
  description TEXT NOT NULL,
  properties  JSON NULL,
  created_at  TIMESTAMP NULL DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
