-- The old side of what was taken over. The tables that nobody reads any more stay: they are not this migration's.
DROP TABLE event_type_ids;
DROP TABLE webhook_logs;
DROP TABLE retell_webhooks;
DROP TABLE users;
DROP TABLE phone_numbers;
DROP TABLE calls;
DROP TABLE appointments;
DROP TABLE staff_service_assignments;
DROP TABLE services;
DROP TABLE staff;
DROP TABLE customers;
DROP TABLE working_hours;
DROP TABLE branches;
DROP TABLE companies;
