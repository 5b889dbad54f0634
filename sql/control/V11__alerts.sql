-- What alerting sends, by which rules it acts, and when flags last sent more units to the new side.

ALTER TABLE flag ADD COLUMN increased_at timestamptz;
COMMENT ON COLUMN flag.increased_at IS 'business time at which it last may have sent more units to the new side';
-- Of a flag that is there already nobody knows whether its last change was an increase: it may have been.
UPDATE flag SET increased_at = changed_at;

CREATE TABLE alert_rule (
  name        text PRIMARY KEY CHECK (name ~ '^[A-Za-z0-9._-]{1,100}$'),
  position    int NOT NULL,
  version     bigint NOT NULL DEFAULT 1,
  definition  jsonb NOT NULL,
  changed_at  timestamptz NOT NULL,
  changed_by  text NOT NULL
);
COMMENT ON COLUMN alert_rule.position IS 'the first rule in this order that an alert fits decides about it';

-- Flyway takes a dollar and a brace for a placeholder of its own.
INSERT INTO alert_rule (name, position, definition, changed_at, changed_by)
SELECT name, position, jsonb_build_object('enabled', true, 'match', match, 'flag', '$' || '{labels.flag}',
         'attribution', 'LATEST', 'action', action, 'bounds', jsonb_build_object('actionWindow', 'PT1H',
         'maxAlertAge', 'PT5M', 'cooldown', 'PT10M'), 'arm', jsonb_build_object('label', 'variant', 'required', false),
         'noData', false), now(), 'turnout'
  FROM (VALUES
    ('critical', 1000, '{"flag": ".+", "severity": "critical|page"}'::jsonb, 'ROLLBACK'),
    ('warning', 1010, '{"flag": ".+"}', 'PAUSE')) AS usual (name, position, match, action);

CREATE TABLE alert (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  fingerprint  text NOT NULL,
  starts_at    timestamptz NOT NULL,
  flag_key     text NOT NULL,
  firing       boolean NOT NULL,
  source       text NOT NULL CHECK (source IN ('ALERTMANAGER', 'GRAFANA')),
  first_at     timestamptz NOT NULL,
  last_at      timestamptz NOT NULL,
  times        bigint NOT NULL DEFAULT 1,
  labels       jsonb NOT NULL,
  annotations  jsonb NOT NULL,
  rule         text NOT NULL DEFAULT '',
  outcome      text NOT NULL DEFAULT 'IGNORED'
                 CHECK (outcome IN ('ROLLED_BACK', 'PAUSED', 'NOTIFIED', 'REFUSED', 'IGNORED')),
  reason       text NOT NULL DEFAULT 'UNDECIDED',
  because      text NOT NULL DEFAULT '',
  acted_at     timestamptz,
  UNIQUE (fingerprint, starts_at, flag_key, firing)
);
COMMENT ON TABLE alert IS 'what was done about an alert and a flag, once, however often it is sent';
COMMENT ON COLUMN alert.flag_key IS 'empty when it names none; may be a key that no flag has';
COMMENT ON COLUMN alert.times IS 'how often it was sent';
COMMENT ON COLUMN alert.first_at IS 'business time, as last_at and acted_at; starts_at is what alerting says';
CREATE INDEX alert_acted_idx ON alert (rule, flag_key, acted_at) WHERE acted_at IS NOT NULL;
CREATE INDEX alert_last_idx ON alert (last_at);
