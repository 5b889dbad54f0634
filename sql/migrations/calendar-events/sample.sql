-- Users with two calendars each, always the same ones: set turnout.rows to a number of events (200000 unless set) and run
-- this in one session on the empty schema of legacy.sql. There is a user to every 200 events, and never fewer than 20.

INSERT INTO users (id, email, created_at)
SELECT 'user-' || lpad(n::text, 6, '0'), 'user' || n || '@example.org',
       timestamptz '2025-01-01 00:00:00+00' + n * interval '1 minute'
FROM generate_series(1, greatest(
  coalesce(nullif(current_setting('turnout.rows', true), ''), '200000')::bigint / 200, 20)) AS n;

INSERT INTO calendar_connections (id, user_id, provider, account_email, access_token, refresh_token, token_expires_at)
SELECT 'conn-' || lpad(n::text, 6, '0'), 'user-' || lpad(((n + 1) / 2)::text, 6, '0'),
       (ARRAY['GOOGLE', 'MICROSOFT']::calendar_provider[])[1 + n % 2],
       'calendar' || n || '@example.org', 'access-' || md5(n::text), 'refresh-' || md5((n + 1)::text),
       timestamptz '2026-01-01 00:00:00+00' + (hashint8extended(n, 1) & 4294967295) % 86400 * interval '1 second'
FROM generate_series(1, 2 * greatest(
  coalesce(nullif(current_setting('turnout.rows', true), ''), '200000')::bigint / 200, 20)) AS n;
