-- What the new application does, each once. Whatever stands in the way fails here, and nothing of it stays.

DO $$
DECLARE
  found integer;
  event text;
BEGIN
  INSERT INTO users (id, email) VALUES ('turnout-trial', 'trial@turnout.invalid');
  INSERT INTO calendar_connections (id, user_id, provider, account_email, access_token)
  VALUES ('turnout-trial', 'turnout-trial', 'APPLE', 'trial@turnout.invalid', 'none');

  -- A login that begins and ends.
  INSERT INTO oauth_states (state, user_id, provider, redirect_uri, expires_at)
  VALUES ('turnout-trial', 'turnout-trial', 'APPLE', 'https://turnout.invalid/', now() + interval '10 minutes');
  UPDATE oauth_states SET code_verifier = 'verifier' WHERE state = 'turnout-trial';
  SELECT count(*) INTO found FROM oauth_states WHERE state = 'turnout-trial' AND code_verifier = 'verifier';
  ASSERT found = 1, 'the state of a login cannot be read';
  DELETE FROM oauth_states WHERE state = 'turnout-trial';
  GET DIAGNOSTICS found = ROW_COUNT;
  ASSERT found = 1, 'the state of a login cannot be deleted';

  -- An event with one of its series: made, read, changed, softly deleted, deleted.
  INSERT INTO calendar_events (calendar_connection_id, external_event_id, title, start_time, end_time, is_recurring, frequency)
  VALUES ('turnout-trial', 'series', 'A series', now(), now() + interval '1 hour', true, 'WEEKLY') RETURNING id INTO event;
  INSERT INTO calendar_events (calendar_connection_id, external_event_id, title, start_time, end_time, parent_event_id)
  VALUES ('turnout-trial', 'one', 'One of it', now(), now() + interval '1 hour', event);
  SELECT count(*) INTO found FROM calendar_events
  WHERE calendar_connection_id = 'turnout-trial' AND status = 'CONFIRMED' AND sync_status = 'PENDING';
  ASSERT found = 2, 'an event cannot be read with its defaults';
  UPDATE calendar_events SET title = 'Another', sync_status = 'SYNCED', last_synced_at = now() WHERE id = event;
  UPDATE calendar_connections SET sync_token = 'next' WHERE id = 'turnout-trial';
  UPDATE calendar_events SET deleted_at = now() WHERE id = event;
  SELECT count(*) INTO found FROM calendar_events
  WHERE calendar_connection_id = 'turnout-trial' AND deleted_at IS NULL;
  ASSERT found = 1, 'an event cannot be deleted softly';
  DELETE FROM calendar_events WHERE id = event;
  SELECT count(*) INTO found FROM calendar_events WHERE calendar_connection_id = 'turnout-trial';
  ASSERT found = 0, 'the events of a series outlive it';

  -- What belongs to a user goes with the user.
  INSERT INTO calendar_events (calendar_connection_id, external_event_id, title, start_time, end_time)
  VALUES ('turnout-trial', 'last', 'The last', now(), now());
  DELETE FROM users WHERE id = 'turnout-trial';
  SELECT count(*) INTO found FROM calendar_events WHERE calendar_connection_id = 'turnout-trial';
  ASSERT found = 0, 'the events of a user outlive the user';
END
$$;
