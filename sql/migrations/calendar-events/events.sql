-- Events of a year in the calendars of sample.sql, always the same ones: set turnout.rows (200000 unless set). Row n depends
-- on n and the number of rows alone. One in fifty is deleted, one in ten recurs, one in forty belongs to the series before it.

INSERT INTO calendar_events (
  id, calendar_connection_id, external_event_id, ical_uid, title, start_time, end_time, status, organizer_email,
  is_recurring, frequency, parent_event_id, sync_status, last_synced_at, created_at, updated_at, deleted_at)
SELECT
  'event-' || lpad(n::text, 8, '0'),
  'conn-' || lpad((1 + spread_1 % calendars)::text, 6, '0'),
  'ext-' || n,
  md5(n::text) || '@example.org',
  'Meeting ' || n,
  starts,
  starts + interval '15 minutes' * (1 + spread_2 % 8),
  (ARRAY['CONFIRMED', 'CONFIRMED', 'CONFIRMED', 'TENTATIVE', 'CANCELLED']::event_status[])[1 + spread_3 % 5],
  'user' || (1 + spread_2 % 5000) || '@example.org',
  n % 10 = 0,
  CASE WHEN n % 10 = 0 THEN (enum_range(NULL::recurrence_frequency))[1 + spread_3 % 4] END,
  CASE WHEN n % 40 = 1 AND n > 1 THEN 'event-' || lpad((n - 1)::text, 8, '0') END,
  (ARRAY['SYNCED', 'SYNCED', 'SYNCED', 'SYNCED', 'PENDING', 'FAILED']::sync_status[])[1 + spread_2 % 6],
  starts - interval '1 day',
  starts - interval '7 days',
  starts - interval '1 day',
  CASE WHEN n % 50 = 0 THEN starts - interval '12 hours' END
FROM (
  SELECT n, calendars,
         hashint8extended(n, 1) & 4294967295 AS spread_1,
         hashint8extended(n, 2) & 4294967295 AS spread_2,
         hashint8extended(n, 3) & 4294967295 AS spread_3,
         timestamptz '2025-01-01 00:00:00+00'
           + (hashint8extended(n, 4) & 4294967295) % (365 * 96) * interval '15 minutes' AS starts
  FROM (SELECT rows, 2 * greatest(rows / 200, 20) AS calendars
        FROM (SELECT coalesce(nullif(current_setting('turnout.rows', true), ''), '200000')::bigint AS rows) wanted) sized,
       generate_series(1, rows) AS n) drawn;
