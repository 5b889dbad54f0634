-- What the new side needs, each statement a step of its own. Whatever is there already in this very form is adopted.

ALTER TYPE calendar_provider ADD VALUE 'APPLE';
CREATE TYPE event_status AS ENUM ('TENTATIVE', 'CONFIRMED', 'CANCELLED');
CREATE TYPE sync_status AS ENUM ('PENDING', 'SYNCED', 'FAILED', 'CONFLICT');
CREATE TYPE recurrence_frequency AS ENUM ('DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY');

-- Where the provider's next answer goes on; empty: from the beginning.
ALTER TABLE calendar_connections ADD COLUMN sync_token text;
CREATE INDEX CONCURRENTLY calendar_connections_token_expires_at_idx ON calendar_connections (token_expires_at)
  WHERE is_active;

CREATE TABLE oauth_states (
  id             text NOT NULL DEFAULT gen_random_uuid()::text,
  state          text NOT NULL,
  user_id        text NOT NULL,
  provider       calendar_provider NOT NULL,
  code_verifier  text,
  redirect_uri   text NOT NULL,
  expires_at     timestamptz NOT NULL,
  created_at     timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT oauth_states_pkey PRIMARY KEY (id),
  CONSTRAINT oauth_states_state_key UNIQUE (state)
);
CREATE INDEX CONCURRENTLY oauth_states_state_idx ON oauth_states (state);
CREATE INDEX CONCURRENTLY oauth_states_expires_at_idx ON oauth_states (expires_at);
CREATE INDEX CONCURRENTLY oauth_states_user_id_provider_idx ON oauth_states (user_id, provider);

CREATE TABLE calendar_events (
  id                      text NOT NULL DEFAULT gen_random_uuid()::text,
  calendar_connection_id  text NOT NULL,
  external_event_id       text NOT NULL,
  ical_uid                text,
  etag                    text,
  title                   text NOT NULL,
  description             text,
  location                text,
  start_time              timestamptz NOT NULL,
  end_time                timestamptz NOT NULL,
  time_zone               text NOT NULL DEFAULT 'UTC',
  all_day                 boolean NOT NULL DEFAULT false,
  status                  event_status NOT NULL DEFAULT 'CONFIRMED',
  organizer_email         text,
  attendees               jsonb NOT NULL DEFAULT '[]',
  is_recurring            boolean NOT NULL DEFAULT false,
  frequency               recurrence_frequency,
  recurs_until            timestamptz,
  parent_event_id         text,
  sync_status             sync_status NOT NULL DEFAULT 'PENDING',
  sync_error              text,
  last_synced_at          timestamptz,
  created_at              timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at              timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
  deleted_at              timestamptz,
  CONSTRAINT calendar_events_pkey PRIMARY KEY (id),
  CONSTRAINT calendar_events_connection_external_key UNIQUE (calendar_connection_id, external_event_id),
  CONSTRAINT calendar_events_ends_after_it_starts CHECK (end_time >= start_time)
);
CREATE INDEX CONCURRENTLY calendar_events_calendar_connection_id_idx ON calendar_events (calendar_connection_id);
CREATE INDEX CONCURRENTLY calendar_events_connection_date_range_idx
  ON calendar_events (calendar_connection_id, start_time, end_time) WHERE deleted_at IS NULL;
CREATE INDEX CONCURRENTLY calendar_events_start_time_idx ON calendar_events (start_time);
CREATE INDEX CONCURRENTLY calendar_events_end_time_idx ON calendar_events (end_time);
CREATE INDEX CONCURRENTLY calendar_events_status_idx ON calendar_events (status);
CREATE INDEX CONCURRENTLY calendar_events_sync_status_idx ON calendar_events (sync_status, last_synced_at);
CREATE INDEX CONCURRENTLY calendar_events_external_event_id_idx ON calendar_events (external_event_id);
CREATE INDEX CONCURRENTLY calendar_events_ical_uid_idx ON calendar_events (ical_uid);
CREATE INDEX CONCURRENTLY calendar_events_parent_event_id_idx ON calendar_events (parent_event_id);
CREATE INDEX CONCURRENTLY calendar_events_recurring_idx ON calendar_events (calendar_connection_id, frequency)
  WHERE is_recurring;
CREATE INDEX CONCURRENTLY calendar_events_organizer_email_idx ON calendar_events (organizer_email);
CREATE INDEX CONCURRENTLY calendar_events_updated_at_idx ON calendar_events (updated_at);
CREATE INDEX CONCURRENTLY calendar_events_deleted_at_idx ON calendar_events (deleted_at) WHERE deleted_at IS NOT NULL;

-- NOT VALID first: that takes its locks for a moment. The look at the rows that are there comes after, without them.
ALTER TABLE oauth_states ADD CONSTRAINT oauth_states_user_id_fkey
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE NOT VALID;
ALTER TABLE oauth_states VALIDATE CONSTRAINT oauth_states_user_id_fkey;
ALTER TABLE calendar_events ADD CONSTRAINT calendar_events_calendar_connection_id_fkey
  FOREIGN KEY (calendar_connection_id) REFERENCES calendar_connections (id) ON DELETE CASCADE NOT VALID;
ALTER TABLE calendar_events VALIDATE CONSTRAINT calendar_events_calendar_connection_id_fkey;
ALTER TABLE calendar_events ADD CONSTRAINT calendar_events_parent_event_id_fkey
  FOREIGN KEY (parent_event_id) REFERENCES calendar_events (id) ON DELETE CASCADE NOT VALID;
ALTER TABLE calendar_events VALIDATE CONSTRAINT calendar_events_parent_event_id_fkey;
