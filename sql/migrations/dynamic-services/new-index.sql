-- The new side of reservations_preferredDate_service_status_idx, and the statistics to go with it.
CREATE INDEX CONCURRENTLY "reservations_preferredDate_period_serviceId_status_idx"
  ON reservations ("preferredDate", period, "serviceId", status);
ANALYZE reservations;
