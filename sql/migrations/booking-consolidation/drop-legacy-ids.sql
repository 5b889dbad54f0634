-- Nothing looks for a row by what it was any more.
ALTER TABLE webhook_events DROP CONSTRAINT webhook_events_source_legacy_id, DROP COLUMN legacy_id;
ALTER TABLE calcom_event_types DROP CONSTRAINT calcom_event_types_origin_legacy_id, DROP COLUMN origin, DROP COLUMN legacy_id;
