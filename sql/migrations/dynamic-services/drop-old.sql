-- The point of no return. Brief: every statement changes the catalog only.
DROP INDEX "reservations_preferredDate_service_status_idx";
ALTER TABLE reservations DROP COLUMN service, DROP COLUMN "preferredTime";
DROP TABLE service_reservation_limits;
DROP TYPE "ServiceType";
DROP FUNCTION first_hour(period);
DROP FUNCTION period_of(text);
