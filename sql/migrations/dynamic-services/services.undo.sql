DROP FUNCTION first_hour(period);
DROP FUNCTION period_of(text);
DROP TABLE clinic_time_slots;
DROP TABLE services;
DROP TYPE period;
