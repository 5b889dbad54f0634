-- Deterministic rows at any scale: SELECT sample(users). A clinic for every 50 users, two dashboards for each user, four
-- providers for each clinic, and one dashboard in a thousand whose user is gone.

CREATE FUNCTION sample(people int) RETURNS void LANGUAGE sql AS $$
  INSERT INTO users (id, email, name)
  SELECT 'user' || n, 'user' || n || '@example.org', 'User ' || n FROM generate_series(1, people) AS n;

  INSERT INTO clinics (id, name)
  SELECT 'clinic' || n, 'Clinic ' || n FROM generate_series(1, greatest(1, people / 50)) AS n;

  INSERT INTO dashboards (id, user_id, title)
  SELECT 'dash' || n, CASE WHEN n % 1000 = 500 THEN 'gone' || n ELSE 'user' || (1 + n % people) END, 'Dashboard ' || n
  FROM generate_series(1, 2 * people) AS n;

  INSERT INTO providers (id, clinic_id, name)
  SELECT 'provider' || n, 'clinic' || (1 + n % greatest(1, people / 50)), 'Provider ' || n
  FROM generate_series(1, 4 * greatest(1, people / 50)) AS n;
$$;
