-- Which event type a service becomes, and which one takes what has no living service of its own company any more: the
-- archived one of each company. Beside the old tables, so that the mapping reads nothing else.
CREATE TABLE event_type_ids (
  origin    VARCHAR(10) NOT NULL,
  legacy_id BIGINT NOT NULL,
  id        BIGINT AUTO_INCREMENT PRIMARY KEY,
  UNIQUE KEY event_type_ids_origin_legacy_id (origin, legacy_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
