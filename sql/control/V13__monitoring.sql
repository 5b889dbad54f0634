-- Monitors learn of Prometheus, of arms, baselines and limits; what is counted on a step is kept beside its monitor.

UPDATE monitor m SET definition = jsonb_build_object(
  'name', m.name,
  'schedule', jsonb_build_object(
    'interval', m.definition -> 'interval', 'young', m.definition -> 'young', 'initialDelay', 'PT0S',
    'timeout', m.definition -> 'timeout', 'window', m.definition -> 'interval'),
  'query', jsonb_build_object(
    'language', 'SQL', 'source', r.database, 'texts', jsonb_build_object('sql', m.definition -> 'sql')),
  'rule', jsonb_build_object(
    'failureCondition', m.definition -> 'failureCondition', 'successCondition', m.definition -> 'successCondition',
    'baseline', NULL, 'arms', false, 'minSample', m.definition -> 'minSample'),
  'limits', jsonb_build_object(
    'count', 1, 'failures', m.definition -> 'failureLimit', 'inconclusives', 0,
    'errors', m.definition -> 'consecutiveErrorLimit'),
  'dryRun', m.definition -> 'dryRun')
FROM run r WHERE r.id = m.run;

ALTER TABLE monitor
  ADD COLUMN step_entered_at timestamptz,
  ADD COLUMN inconclusives int NOT NULL DEFAULT 0,
  ADD COLUMN successes     int NOT NULL DEFAULT 0,
  ADD COLUMN succeeded_at  timestamptz,
  ADD COLUMN counted_until timestamptz,
  ADD COLUMN comparison    jsonb;
COMMENT ON COLUMN monitor.step_entered_at IS 'the entry into the step that the counts beside it belong to';
COMMENT ON COLUMN monitor.counted_until IS 'of a monitor that compares arms: up to here nothing is counted again';
