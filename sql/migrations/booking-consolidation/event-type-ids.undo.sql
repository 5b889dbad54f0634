DROP TABLE event_type_ids;
