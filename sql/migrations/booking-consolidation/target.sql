-- The lean schema. Foreign keys come last (foreign-keys.sql): until every row is here, a child may come before its parent.
-- Both sides make ids of their own while both are in use: one with odd numbers, the other with even ones, by
-- auto_increment_increment and auto_increment_offset of their sessions.

CREATE TABLE companies (
  id         BIGINT AUTO_INCREMENT PRIMARY KEY,
  name       VARCHAR(255) NOT NULL,
  slug       VARCHAR(255) NULL,
  email      VARCHAR(255) NULL,
  phone      VARCHAR(50) NULL,
  timezone   VARCHAR(50) NOT NULL,
  is_active  TINYINT(1) NOT NULL DEFAULT 1,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  deleted_at TIMESTAMP NULL DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE branches (
  id             CHAR(36) PRIMARY KEY,
  company_id     BIGINT NOT NULL,
  name           VARCHAR(255) NOT NULL,
  city           VARCHAR(255) NULL,
  phone          VARCHAR(50) NULL,
  email          VARCHAR(255) NULL,
  is_active      TINYINT(1) NOT NULL DEFAULT 1,
  business_hours JSON NOT NULL,
  created_at     TIMESTAMP NULL DEFAULT NULL,
  updated_at     TIMESTAMP NULL DEFAULT NULL,
  deleted_at     TIMESTAMP NULL DEFAULT NULL,
  KEY branches_company_id_idx (company_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE customers (
  id          BIGINT AUTO_INCREMENT PRIMARY KEY,
  company_id  BIGINT NOT NULL,
  name        VARCHAR(255) NOT NULL,
  email       VARCHAR(255) NULL,
  phone       VARCHAR(50) NULL,
  birthdate   DATE NULL,
  preferences JSON NOT NULL,
  notes       TEXT NULL,
  created_at  TIMESTAMP NULL DEFAULT NULL,
  updated_at  TIMESTAMP NULL DEFAULT NULL,
  deleted_at  TIMESTAMP NULL DEFAULT NULL,
  KEY customers_company_id_idx (company_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE staff (
  id         CHAR(36) PRIMARY KEY,
  company_id BIGINT NOT NULL,
  branch_id  CHAR(36) NULL,
  name       VARCHAR(255) NOT NULL,
  email      VARCHAR(255) NULL,
  phone      VARCHAR(50) NULL,
  is_active  TINYINT(1) NOT NULL DEFAULT 1,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  deleted_at TIMESTAMP NULL DEFAULT NULL,
  KEY staff_company_id_idx (company_id),
  KEY staff_branch_id_idx (branch_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- origin and legacy_id tell an event type by what it was; they go with the old side.
CREATE TABLE calcom_event_types (
  id          BIGINT AUTO_INCREMENT PRIMARY KEY,
  origin      VARCHAR(10) NULL,
  legacy_id   BIGINT NULL,
  company_id  BIGINT NOT NULL,
  calcom_id   BIGINT NULL,
  name        VARCHAR(255) NOT NULL,
  slug        VARCHAR(255) NOT NULL,
  description TEXT NULL,
  length      INT NOT NULL,
  price       DECIMAL(10,2) NULL,
  currency    VARCHAR(3) NOT NULL DEFAULT 'EUR',
  is_active   TINYINT(1) NOT NULL DEFAULT 1,
  is_archive  TINYINT(1) NOT NULL DEFAULT 0,
  created_at  TIMESTAMP NULL DEFAULT NULL,
  updated_at  TIMESTAMP NULL DEFAULT NULL,
  CONSTRAINT calcom_event_types_origin_legacy_id UNIQUE (origin, legacy_id),
  KEY calcom_event_types_company_id_idx (company_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE staff_event_type_assignments (
  id            BIGINT AUTO_INCREMENT PRIMARY KEY,
  staff_id      CHAR(36) NOT NULL,
  event_type_id BIGINT NULL,
  is_primary    TINYINT(1) NOT NULL DEFAULT 0,
  created_at    TIMESTAMP NULL DEFAULT NULL,
  KEY staff_event_type_assignments_staff_id_idx (staff_id),
  KEY staff_event_type_assignments_event_type_id_idx (event_type_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE appointments (
  id            BIGINT AUTO_INCREMENT PRIMARY KEY,
  company_id    BIGINT NOT NULL,
  customer_id   BIGINT NULL,
  branch_id     CHAR(36) NULL,
  staff_id      CHAR(36) NULL,
  event_type_id BIGINT NULL,
  starts_at     DATETIME NOT NULL,
  ends_at       DATETIME NULL,
  status        VARCHAR(50) NOT NULL DEFAULT 'scheduled',
  price         DECIMAL(10,2) NULL,
  notes         TEXT NULL,
  source        VARCHAR(50) NULL,
  created_at    TIMESTAMP NULL DEFAULT NULL,
  updated_at    TIMESTAMP NULL DEFAULT NULL,
  deleted_at    TIMESTAMP NULL DEFAULT NULL,
  KEY appointments_company_id_starts_at_idx (company_id, starts_at),
  KEY appointments_customer_id_idx (customer_id),
  KEY appointments_branch_id_idx (branch_id),
  KEY appointments_staff_id_idx (staff_id),
  KEY appointments_event_type_id_idx (event_type_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE calls (
  id               BIGINT AUTO_INCREMENT PRIMARY KEY,
  company_id       BIGINT NOT NULL,
  customer_id      BIGINT NULL,
  retell_call_id   VARCHAR(255) NULL,
  from_number      VARCHAR(50) NULL,
  to_number        VARCHAR(50) NULL,
  status           VARCHAR(30) NULL,
  duration_seconds INT NULL,
  extracted_data   JSON NOT NULL,
  transcript       MEDIUMTEXT NULL,
  cost             DECIMAL(10,4) NULL,
  created_at       TIMESTAMP NULL DEFAULT NULL,
  updated_at       TIMESTAMP NULL DEFAULT NULL,
  KEY calls_company_id_idx (company_id),
  KEY calls_customer_id_idx (customer_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE phone_numbers (
  id         BIGINT AUTO_INCREMENT PRIMARY KEY,
  company_id BIGINT NOT NULL,
  branch_id  CHAR(36) NULL,
  number     VARCHAR(50) NOT NULL,
  type       VARCHAR(20) NOT NULL DEFAULT 'direct',
  is_active  TINYINT(1) NOT NULL DEFAULT 1,
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  KEY phone_numbers_company_id_idx (company_id),
  KEY phone_numbers_branch_id_idx (branch_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

CREATE TABLE users (
  id         BIGINT AUTO_INCREMENT PRIMARY KEY,
  company_id BIGINT NULL,
  name       VARCHAR(255) NOT NULL,
  email      VARCHAR(255) NOT NULL,
  password   VARCHAR(255) NOT NULL,
  role       VARCHAR(20) NOT NULL CHECK (role IN ('super_admin', 'admin', 'staff')),
  created_at TIMESTAMP NULL DEFAULT NULL,
  updated_at TIMESTAMP NULL DEFAULT NULL,
  KEY users_company_id_idx (company_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Two tables become one, and their ids are alike: source and legacy_id together tell an event.
CREATE TABLE webhook_events (
  id          BIGINT AUTO_INCREMENT PRIMARY KEY,
  source      VARCHAR(10) NOT NULL,
  legacy_id   BIGINT NULL,
  company_id  BIGINT NULL,
  event_type  VARCHAR(100) NOT NULL,
  payload     JSON NOT NULL,
  status      VARCHAR(20) NOT NULL,
  attempts    INT NOT NULL DEFAULT 0,
  error       TEXT NULL,
  received_at TIMESTAMP NULL DEFAULT NULL,
  CONSTRAINT webhook_events_source_legacy_id UNIQUE (source, legacy_id),
  KEY webhook_events_company_id_idx (company_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
