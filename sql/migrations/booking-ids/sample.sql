-- 128 live appointments: 102 with a V1 id in the V2 column, 3 with a proper UID there, 2 of which have a V1 id as well, and
-- 23 with neither. Row 512 is one of the 102, row 636 holds both. 12 more are soft-deleted, with numbers in the V2 column.
INSERT INTO appointments (id, calcom_booking_id, calcom_v2_booking_id, source, created_at, updated_at, deleted_at)
WITH RECURSIVE n AS (SELECT 509 AS id UNION ALL SELECT id + 1 FROM n WHERE id < 648)
SELECT id,
       CASE id WHEN 636 THEN 11244795 WHEN 572 THEN 11244801 END,
       CASE WHEN id = 636 THEN '1DFF95BCdYNCiG33tPL8mK'
            WHEN id = 572 THEN 'kQ7pZ2mVtRx9LwYb4NcHsE'
            WHEN id = 600 THEN '8fJ2uWqXoT5rGzMk3VbDnA'
            WHEN id > 636 THEN CAST(9000000 + id AS CHAR)
            WHEN id <= 612 THEN CAST(11240000 + id AS CHAR) END,
       CASE WHEN id % 5 = 0 THEN 'phone' WHEN id % 3 = 0 THEN 'app' ELSE 'cal.com' END,
       TIMESTAMP '2025-09-01 08:00:00' + INTERVAL id HOUR,
       TIMESTAMP '2025-09-02 09:30:00' + INTERVAL id HOUR,
       CASE WHEN id > 636 THEN TIMESTAMP '2025-09-20 12:00:00' END
FROM n;
