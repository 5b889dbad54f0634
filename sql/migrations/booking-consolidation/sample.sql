-- AskPro's data, always the same: set @turnout_rows to the number of appointments (20000 unless set) and run this in one
-- session on the empty schema of legacy.sql. Row n depends on n and the number of rows alone. For MySQL 8 and MariaDB.
--
-- What must be in it, whatever the size: two services of one company with one name, services that are deleted softly, gone
-- or another company's, several working hours a day and days without any, customers that only tenant_id places, calls whose
-- duration stands in each of three columns, webhooks of two tables with equal ids, users of each role, text that is no JSON.

SET time_zone = '+00:00';
SET @rows = COALESCE(@turnout_rows, 20000);
SET @companies = GREATEST(10, @rows DIV 400);
SET @customers = GREATEST(100, @rows DIV 4);
-- Written so, as what a backslash means depends on the session.
SET @backslash = CHAR(92 USING utf8mb4);
SET @start = TIMESTAMP '2024-03-01 00:00:00';

-- CRC32 of n and a salt is the even hash: both products have it, and it never changes.
CREATE TABLE sample_numbers (n BIGINT PRIMARY KEY);
INSERT INTO sample_numbers (n)
SELECT 1 + a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d + 100000 * g.d + 1000000 * h.d
FROM (SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4
      UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9) AS a
JOIN (SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4
      UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9) AS b
JOIN (SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4
      UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9) AS c
JOIN (SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4
      UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9) AS e
  ON 1000 * e.d < GREATEST(@rows, 1000)
JOIN (SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4
      UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9) AS f
  ON 10000 * f.d < GREATEST(@rows, 1000)
JOIN (SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4
      UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9) AS g
  ON 100000 * g.d < GREATEST(@rows, 1000)
JOIN (SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4
      UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9) AS h
  ON 1000000 * h.d < GREATEST(@rows, 1000)
WHERE 1 + a.d + 10 * b.d + 100 * c.d + 1000 * e.d + 10000 * f.d + 100000 * g.d + 1000000 * h.d <= GREATEST(@rows, 1000);

INSERT INTO companies (id, name, slug, email, phone, timezone, is_active, billing_status, credit_balance,
                       created_at, updated_at, deleted_at)
SELECT n, CONCAT(ELT(1 + n % 5, 'Salon', 'Praxis', 'Studio', 'Kanzlei', 'Müller & Söhne'), ' ', n), CONCAT('firma-', n),
       CONCAT('info@firma', n, '.example'), CONCAT('+49 30 ', 100000 + n), ELT(1 + n % 2, 'Europe/Berlin', 'Europe/Vienna'),
       n % 9 <> 0, 'active', n * 1.5, @start + INTERVAL n MINUTE, @start + INTERVAL n HOUR,
       CASE WHEN n % 10 = 0 THEN @start + INTERVAL 300 DAY END
FROM sample_numbers WHERE n <= @companies;

-- Two branches for each company.
INSERT INTO branches (id, company_id, name, city, phone_number, notification_email, active, created_at, updated_at)
SELECT INSERT(INSERT(INSERT(INSERT(MD5(CONCAT('branch', n)), 9, 0, '-'), 14, 0, '-'), 19, 0, '-'), 24, 0, '-'),
       (n + 1) DIV 2, CONCAT(ELT(1 + n % 3, 'Mitte', 'Süd', 'Außenstelle'), ' ', n), ELT(1 + n % 3, 'Berlin', 'München', 'Köln'),
       CONCAT('+49 30 2', n), CASE WHEN n % 4 <> 0 THEN CONCAT('branch', n, '@example.org') END, n % 7 <> 0,
       @start + INTERVAL n MINUTE, @start + INTERVAL n HOUR
FROM sample_numbers WHERE n <= 2 * @companies;

-- A break at noon makes two rows a weekday, the later one first; Saturday for every other branch, Sunday for none; every
-- seventh branch has no hours at all. Some rows are no hours: without a time, or of a day that is none.
INSERT INTO working_hours (branch_id, weekday, opens, closes, created_at)
SELECT b.id, d.n,
       SEC_TO_TIME(CASE WHEN part.n = 1 THEN 48600 ELSE 28800 + 900 * (CRC32(CONCAT(b.id, d.n)) % 6) END),
       SEC_TO_TIME(CASE WHEN part.n = 1 THEN 64800 + 1800 * (CRC32(CONCAT(d.n, b.id)) % 5) ELSE 45000 END),
       b.created_at
FROM branches b JOIN sample_numbers d ON d.n <= 6 JOIN sample_numbers part ON part.n <= 2
WHERE CRC32(b.id) % 7 <> 0 AND (d.n <= 5 OR CRC32(b.id) % 2 = 0)
ORDER BY b.id, d.n, part.n;
INSERT INTO working_hours (branch_id, weekday, opens, closes, created_at)
SELECT id, 7, NULL, NULL, created_at FROM branches WHERE CRC32(id) % 5 = 0 ORDER BY id;
INSERT INTO working_hours (branch_id, weekday, opens, closes, created_at)
SELECT id, 0, '09:00:00', '17:00:00', created_at FROM branches WHERE CRC32(id) % 6 = 0 ORDER BY id;

INSERT INTO customers (id, company_id, tenant_id, name, email, phone, birthdate, preferences, skills, notes, is_vip,
                       created_at, updated_at, deleted_at)
SELECT n,
       CASE WHEN style < 70 THEN company END,
       CASE WHEN style >= 70 THEN company WHEN style < 20 THEN 1 + company % @companies END,
       CONCAT(ELT(1 + CRC32(CONCAT('first', n)) % 6, 'Ayşe', 'Jürgen', 'Zoë', 'Łukasz', 'Özil', 'O''Neil'), ' ', n),
       CASE WHEN n % 5 <> 0 THEN CONCAT('kunde', n, '@example.com') END,
       CONCAT('+49 151 ', LPAD(CRC32(CONCAT('phone', n)) % 10000000, 7, '0')),
       CASE WHEN n % 3 = 0 THEN DATE '1960-01-01' + INTERVAL CRC32(CONCAT('born', n)) % 16000 DAY END,
       CASE n % 4 WHEN 0 THEN NULL WHEN 1 THEN '{}'
         WHEN 2 THEN JSON_OBJECT('language', ELT(1 + n % 2, 'de', 'tr'), 'reminder', n % 60)
         ELSE JSON_OBJECT('note', CONCAT('mag "', n, '" ', @backslash, ' Tee 🍵'), 'z', JSON_ARRAY(1, 2.50, NULL)) END,
       CASE n % 6 WHEN 0 THEN NULL WHEN 1 THEN '' WHEN 2 THEN '["färben", "schneiden"]' WHEN 3 THEN 'färben, "schneiden"'
         WHEN 4 THEN '{"level": 3}' ELSE '12' END,
       CASE WHEN n % 10 = 0 THEN CONCAT('Notiz', CHAR(10 USING utf8mb4), n) END,
       n % 20 = 0,
       @start + INTERVAL n MINUTE, @start + INTERVAL n MINUTE,
       CASE WHEN n % 50 = 0 THEN @start + INTERVAL 400 DAY END
FROM (SELECT n, 1 + (n - 1) % @companies AS company, CRC32(CONCAT('place', n)) % 100 AS style
      FROM sample_numbers WHERE n <= @customers) AS drawn;

-- Five for each company, at one of its two branches; some without a home.
INSERT INTO staff (id, company_id, branch_id, home_branch_id, name, email, active, calcom_user_id, created_at, updated_at,
                   deleted_at)
SELECT INSERT(INSERT(INSERT(INSERT(MD5(CONCAT('staff', n)), 9, 0, '-'), 14, 0, '-'), 19, 0, '-'), 24, 0, '-'),
       company, NULL,
       CASE WHEN n % 11 <> 0 THEN
         INSERT(INSERT(INSERT(INSERT(MD5(CONCAT('branch', 2 * company - n % 2)), 9, 0, '-'), 14, 0, '-'), 19, 0, '-'), 24, 0, '-')
       END,
       CONCAT('Mitarbeiter ', n), CONCAT('staff', n, '@example.com'), n % 8 <> 0, CASE WHEN n % 2 = 0 THEN 5000 + n END,
       @start + INTERVAL n MINUTE, @start + INTERVAL n MINUTE, CASE WHEN n % 17 = 0 THEN @start + INTERVAL 200 DAY END
FROM (SELECT n, (n + 4) DIV 5 AS company FROM sample_numbers WHERE n <= 5 * @companies) AS drawn;

-- Eight for each company. The second is called as the first, the fifth and the eighth are deleted, and the eighth was
-- called as the first, too. Service 8 of each company has an id that no later one can take.
INSERT INTO services (id, company_id, name, description, price, duration, calcom_event_type_id, active, created_at,
                      updated_at, deleted_at)
SELECT n, (n + 7) DIV 8,
       ELT(1 + n % 8, 'Haarschnitt Herren', 'Haarschnitt Herren', 'Haarschnitt Herren', 'Färben & Föhnen', 'Beratung ÄÖÜ 30 Min',
           'Alte Massage', '  Doppelte  Leerzeichen', CONCAT('Service ', n)),
       NULL, CASE WHEN n % 5 <> 0 THEN 20 + (n % 90) + 0.50 END, 15 * (1 + n % 6),
       CASE WHEN n % 3 <> 0 THEN 2000000 + n END, n % 12 <> 0,
       @start + INTERVAL n MINUTE, @start + INTERVAL n MINUTE,
       CASE WHEN n % 8 IN (0, 5) THEN @start + INTERVAL 100 DAY END
FROM sample_numbers WHERE n <= 8 * @companies;

-- Each of the staff gives the services 1 to 5 of the company, the deleted one among them; some got it first. Two staff got
-- all at the same second. Now and then somebody is assigned to a service of another company.
INSERT INTO staff_service_assignments (staff_id, service_id, created_at)
SELECT s.id, 8 * (s.company_id - 1) + k.n,
       @start + INTERVAL CASE WHEN CRC32(s.id) % 10 = 0 THEN 0 ELSE CRC32(CONCAT(s.id, k.n)) % 500000 END SECOND
FROM staff s JOIN sample_numbers k ON k.n <= 5
ORDER BY CRC32(CONCAT(k.n, s.id)), s.id;
INSERT INTO staff_service_assignments (staff_id, service_id, created_at)
SELECT s.id, 8 * (s.company_id % @companies) + 1, @start
FROM staff s WHERE CRC32(s.id) % 40 = 0 ORDER BY s.id;

INSERT INTO appointments (id, company_id, customer_id, branch_id, staff_id, service_id, starts_at, ends_at, status, price,
                          notes, source, calcom_booking_id, calcom_v2_booking_id, version, created_at, updated_at, deleted_at)
SELECT n, company,
       -- Customers go round the companies, so this is one of the company's own.
       CASE WHEN fate % 31 <> 0 THEN company + @companies * (CRC32(CONCAT('customer', n)) % (@customers DIV @companies)) END,
       INSERT(INSERT(INSERT(INSERT(MD5(CONCAT('branch', 2 * company - fate % 2)), 9, 0, '-'), 14, 0, '-'), 19, 0, '-'), 24, 0, '-'),
       CASE WHEN fate % 7 <> 0 THEN
         INSERT(INSERT(INSERT(INSERT(MD5(CONCAT('staff', 5 * company - fate % 5)), 9, 0, '-'), 14, 0, '-'), 19, 0, '-'), 24, 0, '-')
       END,
       CASE WHEN fate % 100 < 3 THEN NULL
            WHEN fate % 100 = 3 THEN 900000000 + n
            WHEN fate % 100 = 4 THEN 8 * (company % @companies) + 1
            ELSE 8 * (company - 1) + 1 + CRC32(CONCAT('service', n)) % 8 END,
       made + INTERVAL 1 + fate % 30 DAY, made + INTERVAL 1 + fate % 30 DAY + INTERVAL 30 MINUTE,
       ELT(1 + fate % 5, 'scheduled', 'confirmed', 'completed', 'cancelled', 'no_show'),
       CASE WHEN fate % 4 <> 0 THEN (fate % 20000) / 100 END,
       CASE WHEN fate % 9 = 0 THEN CONCAT('Rückruf ', n, ' 📞') WHEN fate % 9 = 1 THEN '' END,
       ELT(1 + fate % 4, 'phone', 'calcom', 'web', NULL),
       CASE WHEN fate % 2 = 0 THEN 11000000 + n END, NULL, fate % 3,
       made, made, CASE WHEN fate % 25 = 0 THEN made + INTERVAL 2 DAY END
FROM (SELECT n, 1 + CRC32(CONCAT('company', n)) % @companies AS company, CRC32(CONCAT('fate', n)) AS fate,
             @start + INTERVAL FLOOR(63072000 * n / @rows) SECOND AS made
      FROM sample_numbers WHERE n <= @rows) AS drawn;

INSERT INTO calls (id, company_id, customer_id, call_id, retell_call_id, from_number, to_number, status, duration_seconds,
                   duration_sec, duration_minutes, customer_name, requested_date, requested_time, service_type, sentiment,
                   tags, transcript, cost, created_at, updated_at)
SELECT n, company,
       CASE WHEN fate % 3 <> 0 THEN company + @companies * (CRC32(CONCAT('caller', n)) % (@customers DIV @companies)) END,
       CASE WHEN fate % 4 IN (0, 1) THEN CONCAT('call_', n) END,
       CASE WHEN fate % 4 IN (1, 2) THEN CONCAT('retell_', n) END,
       CONCAT('+49 151 ', fate % 9999999), CONCAT('+49 30 2', 2 * company), ELT(1 + fate % 3, 'ended', 'error', 'ongoing'),
       CASE WHEN fate % 8 IN (0, 3, 4, 7) THEN fate % 900 END,
       CASE WHEN fate % 8 IN (1, 3, 5, 7) THEN 1000 + fate % 900 END,
       CASE WHEN fate % 8 IN (2, 4, 5, 7) THEN (fate % 300) / 10 END,
       CASE WHEN fate % 5 <> 0 THEN CONCAT('Anrufer "', n, '" ', @backslash, ' 🙂') END,
       CASE WHEN fate % 6 <> 0 THEN DATE '2026-01-01' + INTERVAL fate % 90 DAY END,
       ELT(1 + fate % 5, '10:00', 'nachmittags', '', NULL, '9 Uhr 30'),
       CASE WHEN fate % 7 <> 0 THEN 'Haarschnitt Herren' END, ELT(1 + fate % 4, 'positive', 'neutral', 'negative', NULL),
       CASE fate % 4 WHEN 0 THEN NULL WHEN 1 THEN '[]' WHEN 2 THEN JSON_ARRAY('neu', 'Rückruf') ELSE JSON_OBJECT('b', 1, 'a', 'x') END,
       CONCAT('Guten Tag, hier ist ', n), (fate % 100000) / 10000,
       made, made
FROM (SELECT n, 1 + CRC32(CONCAT('called', n)) % @companies AS company, CRC32(CONCAT('call', n)) AS fate,
             @start + INTERVAL FLOOR(63072000 * n / @rows) SECOND AS made
      FROM sample_numbers WHERE n <= @rows DIV 2) AS drawn;

INSERT INTO phone_numbers (id, company_id, branch_id, number, type, active, retell_agent_id, created_at, updated_at)
SELECT n, (n + 1) DIV 2,
       CASE WHEN n % 2 = 0 THEN
         INSERT(INSERT(INSERT(INSERT(MD5(CONCAT('branch', n)), 9, 0, '-'), 14, 0, '-'), 19, 0, '-'), 24, 0, '-') END,
       CONCAT('+49 30 2', n), ELT(1 + n % 2, 'hotline', 'direct'), n % 6 <> 0, CASE WHEN n % 3 = 0 THEN CONCAT('agent_', n) END,
       @start + INTERVAL n MINUTE, @start + INTERVAL n MINUTE
FROM sample_numbers WHERE n <= 2 * @companies;

-- Of each role, and of those that only look like one; the super admins belong to no company.
INSERT INTO users (id, company_id, name, email, password, role, is_super_admin, created_at, updated_at)
SELECT n, CASE WHEN n % 12 <> 0 THEN 1 + n % @companies END, CONCAT('User ', n), CONCAT('user', n, '@example.com'),
       CONCAT('$2y$10$', MD5(n)),
       ELT(1 + n % 8, 'admin', 'staff', 'manager', 'Admin', 'ädmin', 'administrator', '', NULL),
       CASE WHEN n % 12 = 0 THEN 1 WHEN n % 5 = 0 THEN NULL ELSE 0 END,
       @start + INTERVAL n MINUTE, @start + INTERVAL n MINUTE
FROM sample_numbers WHERE n <= 6 * @companies;

INSERT INTO retell_webhooks (id, company_id, event_type, call_id, payload, status, attempts, error, created_at)
SELECT n, CASE WHEN fate % 10 <> 0 THEN 1 + fate % @companies END, ELT(1 + fate % 3, 'call_started', 'call_ended', 'call_analyzed'),
       CONCAT('retell_', n), JSON_OBJECT('event', 'call', 'n', n, 'text', CONCAT('Ärger ', @backslash, ' "x"')),
       ELT(1 + fate % 5, 'processed', 'failed', 'processing', 'pending', NULL), fate % 4,
       CASE WHEN fate % 5 = 1 THEN CONCAT('timeout after ', n, ' ms') END, @start + INTERVAL n MINUTE
FROM (SELECT n, CRC32(CONCAT('retell', n)) AS fate FROM sample_numbers WHERE n <= @rows DIV 4) AS drawn;

INSERT INTO webhook_logs (id, company_id, type, event, payload, status, ip, created_at)
SELECT n, CASE WHEN fate % 10 <> 0 THEN 1 + fate % @companies END, ELT(1 + fate % 3, 'calcom', 'calcom', 'stripe'),
       ELT(1 + fate % 2, 'BOOKING_CREATED', 'BOOKING_CANCELLED'),
       CASE fate % 4 WHEN 0 THEN CONCAT('triggerEvent=', n, '&name=M%C3%BCller') WHEN 1 THEN ''
         ELSE CONCAT('{"n": ', n, ', "b": "', @backslash, 'u00e4"}') END,
       ELT(1 + fate % 3, 'success', 'error', 'ignored'), '203.0.113.9', @start + INTERVAL n MINUTE
FROM (SELECT n, CRC32(CONCAT('log', n)) AS fate FROM sample_numbers WHERE n <= @rows DIV 4) AS drawn;

INSERT INTO tenants (id, name) SELECT id, name FROM companies;
INSERT INTO activity_log (description, properties) SELECT CONCAT('login ', n), '{}' FROM sample_numbers WHERE n <= 100;
DROP TABLE sample_numbers;
