-- Services as rows, the clinic's time slots, and the period of a day that replaces the free text.

CREATE TYPE period AS ENUM ('MORNING', 'AFTERNOON', 'EVENING');

CREATE TABLE services (
  id          integer PRIMARY KEY,
  code        text NOT NULL UNIQUE,
  name        text NOT NULL,
  minutes     integer NOT NULL CHECK (minutes > 0),
  "isActive"  boolean NOT NULL DEFAULT true
);
INSERT INTO services (id, code, name, minutes) VALUES
  (1, 'WRINKLE_BOTOX', '주름 보톡스', 30),
  (2, 'VOLUME_FILLER', '볼륨 필러', 40),
  (3, 'SKIN_LASER', '피부 레이저', 50),
  (4, 'LIFTING', '리프팅', 90),
  (5, 'ACNE_CARE', '여드름 관리', 60),
  (6, 'HAIR_REMOVAL', '레이저 제모', 45);

CREATE TABLE clinic_time_slots (
  id          integer PRIMARY KEY,
  period      period NOT NULL,
  "startsAt"  time NOT NULL UNIQUE,
  "isActive"  boolean NOT NULL DEFAULT true
);
INSERT INTO clinic_time_slots (id, period, "startsAt") VALUES
  (1, 'MORNING', '09:00'), (2, 'MORNING', '10:00'), (3, 'MORNING', '11:00'),
  (4, 'AFTERNOON', '12:00'), (5, 'AFTERNOON', '13:00'), (6, 'AFTERNOON', '14:00'),
  (7, 'AFTERNOON', '15:00'), (8, 'AFTERNOON', '16:00'), (9, 'AFTERNOON', '17:00'),
  (10, 'EVENING', '18:00'), (11, 'EVENING', '19:00');

-- NULL for what cannot be placed. Plain SQL and immutable, so that the planner puts it into the statement that
-- uses it; a text cast to the type would not be immutable and would stop that.
CREATE FUNCTION period_of(written text) RETURNS period LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE
    WHEN written ~ '^([01]?\d|2[0-3]):[0-5]\d$' THEN
      CASE
        WHEN split_part(written, ':', 1)::integer < 12 THEN period 'MORNING'
        WHEN split_part(written, ':', 1)::integer < 18 THEN period 'AFTERNOON'
        ELSE period 'EVENING'
      END
    WHEN written ~ '^((오전|AM) (1[0-2]|[1-9])(시|:[0-5]\d)|(1[0-2]|[1-9])(:[0-5]\d)?am|morning|오전)$' THEN period 'MORNING'
    WHEN written ~ '^((오후|PM) (1[0-2]|[1-9])(시|:[0-5]\d)|(1[0-2]|[1-9])(:[0-5]\d)?pm)$' THEN
      -- 12 is noon, 1 to 5 the afternoon, 6 to 11 the evening.
      CASE WHEN substring(written from '\d+')::integer % 12 < 6 THEN period 'AFTERNOON' ELSE period 'EVENING' END
    WHEN written IN ('afternoon', '오후') THEN period 'AFTERNOON'
    WHEN written IN ('evening', '저녁') THEN period 'EVENING'
  END
$$;

-- What the old application shows for a period: the first slot of it.
CREATE FUNCTION first_hour(wanted period) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE wanted WHEN 'MORNING' THEN '09:00' WHEN 'AFTERNOON' THEN '12:00' WHEN 'EVENING' THEN '18:00' END
$$;
