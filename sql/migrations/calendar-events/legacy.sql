-- The calendar application before the migration: users and the calendars that they have connected, but no events.

CREATE TYPE calendar_provider AS ENUM ('GOOGLE', 'MICROSOFT');

CREATE TABLE users (
  id          text PRIMARY KEY,
  email       text NOT NULL UNIQUE,
  created_at  timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE calendar_connections (
  id                text PRIMARY KEY,
  user_id           text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  provider          calendar_provider NOT NULL,
  account_email     text NOT NULL,
  access_token      text NOT NULL,
  refresh_token     text,
  token_expires_at  timestamptz,
  is_active         boolean NOT NULL DEFAULT true,
  created_at        timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at        timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
  UNIQUE (user_id, provider, account_email)
);
