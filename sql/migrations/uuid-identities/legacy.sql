-- The schema before: every table is known by a text such as user123, and only one reference is a foreign key.

CREATE TABLE users (
  id          text PRIMARY KEY,
  email       text NOT NULL UNIQUE,
  name        text NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE clinics (
  id          text PRIMARY KEY,
  name        text NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now()
);

-- Without a foreign key: some dashboards outlived their users.
CREATE TABLE dashboards (
  id          text PRIMARY KEY,
  user_id     text NOT NULL,
  title       text NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX dashboards_user_id_idx ON dashboards (user_id);

CREATE TABLE providers (
  id          text PRIMARY KEY,
  clinic_id   text NOT NULL REFERENCES clinics (id),
  name        text NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now()
);
