-- The hospital's reservations of two years, always the same ones: set turnout.rows (200000 unless set) and run this in
-- one session on the empty schema of legacy.sql. Row n depends on n and the number of rows alone.

-- An even 32-bit number from n, another one for each salt. PostgreSQL keeps these hashes for ever: partitions hang on them.
CREATE FUNCTION pg_temp.spread(n bigint, salt bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT hashint8extended(n, salt) & 4294967295
$$;

-- A time between 09:00 and 19:30 as one of the hospital's desks writes it; half_hour counts from 09:00.
CREATE FUNCTION pg_temp.as_written(style bigint, half_hour bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN style < 520 THEN lpad(hour::text, 2, '0') || ':' || minute
    WHEN style < 560 THEN hour || ':' || minute
    WHEN style < 660 THEN korean || ' ' || hour12 || '시'
    WHEN style < 760 THEN korean || ' ' || hour12 || ':' || minute
    WHEN style < 840 THEN upper(half) || ' ' || hour12 || ':' || minute
    WHEN style < 900 THEN hour12 || half
    WHEN style < 940 THEN CASE WHEN hour < 12 THEN 'morning' WHEN hour < 18 THEN 'afternoon' ELSE 'evening' END
    WHEN style < 970 THEN CASE WHEN hour < 12 THEN '오전' WHEN hour < 18 THEN '오후' ELSE '저녁' END
    WHEN style < 990 THEN 'anytime'
    ELSE ''
  END
  FROM (
    SELECT hour, (hour + 11) % 12 + 1 AS hour12, CASE WHEN half_hour % 2 = 0 THEN '00' ELSE '30' END AS minute,
           CASE WHEN hour < 12 THEN 'am' ELSE 'pm' END AS half, CASE WHEN hour < 12 THEN '오전' ELSE '오후' END AS korean
    FROM (SELECT 9 + half_hour / 2 AS hour) h) parts
$$;

INSERT INTO reservations (
  id, "patientId", patient_name, phone, birth_date, gender, treatment_type, service, "preferredDate", "preferredTime",
  status, "createdAt", "updatedAt")
SELECT
  n,
  'P' || lpad(patient::text, 7, '0'),
  (ARRAY['김', '이', '박', '최', '정', '강', '조', '윤'])[1 + patient % 8] || '환자' || patient,
  '010-' || lpad((pg_temp.spread(patient, 2) % 10000)::text, 4, '0')
    || '-' || lpad((pg_temp.spread(patient, 3) % 10000)::text, 4, '0'),
  date '1950-01-01' + (pg_temp.spread(patient, 4) % 20000)::integer,
  (ARRAY['F', 'M', 'F', 'M', 'F', 'M', 'F', 'X'])[1 + pg_temp.spread(patient, 5) % 8],
  (ARRAY['FIRST_VISIT', 'FOLLOW_UP']::"TreatmentType"[])[1 + pg_temp.spread(n, 6) % 2],
  (enum_range(NULL::"ServiceType"))[1 + pg_temp.spread(n, 7) % 6],
  (made AT TIME ZONE 'UTC')::date + 1 + (pg_temp.spread(n, 8) % 30)::integer,
  pg_temp.as_written(pg_temp.spread(n, 9) % 1000, pg_temp.spread(n, 10) % 22),
  CASE
    WHEN fate < 15 THEN 'PENDING'
    WHEN fate < 70 THEN 'CONFIRMED'
    WHEN fate < 85 THEN 'COMPLETED'
    WHEN fate < 97 THEN 'CANCELLED'
    ELSE 'NO_SHOW'
  END::"ReservationStatus",
  made,
  made
FROM (
  SELECT n,
         1 + pg_temp.spread(n, 1) % greatest(rows / 5, 50) AS patient,
         pg_temp.spread(n, 11) % 100 AS fate,
         timestamptz '2024-03-01 00:00:00+00' + interval '730 days' * (n::double precision / rows) AS made
  FROM (SELECT coalesce(nullif(current_setting('turnout.rows', true), ''), '200000')::bigint AS rows) wanted,
       generate_series(1, rows) AS n) drawn;

SELECT setval(pg_get_serial_sequence('reservations', 'id'), (SELECT greatest(max(id), 1) FROM reservations));
ANALYZE reservations;
