// The official OpenFeature clients against a real server: TURNOUT_URL, TURNOUT_TOKEN (an administrator's).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { EventSource } from 'eventsource';

// What a browser has and Node has not; the provider is not ours to change.
globalThis.EventSource = EventSource;
const stored = new Map();
globalThis.localStorage = {
  getItem: (key) => stored.get(key) ?? null,
  setItem: (key, value) => stored.set(key, value),
  removeItem: (key) => stored.delete(key),
};
globalThis.document = { visibilityState: 'visible', addEventListener() {}, removeEventListener() {} };

const { OFREPProvider } = await import('@openfeature/ofrep-provider');
const { OFREPWebProvider } = await import('@openfeature/ofrep-web-provider');
const server = await import('@openfeature/server-sdk');
const web = await import('@openfeature/web-sdk');

const url = process.env.TURNOUT_URL;
const headers = [['Authorization', `Bearer ${process.env.TURNOUT_TOKEN}`]];
const user42 = { targetingKey: 'user-42' }; // bucket 5453 of new-schema

async function call(method, path, body) {
  const response = await fetch(url + path, {
    method,
    headers: { ...Object.fromEntries(headers), 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  assert.ok(response.ok, `${method} ${path}: ${response.status} ${await response.clone().text()}`);
  return response.json();
}

async function eventually(what, holds) {
  const end = Date.now() + 15_000;
  while (!(await holds())) {
    assert.ok(Date.now() < end, `not within 15 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

before(async () => {
  await call('PUT', '/api/v1/flags/new-schema', { weight: '10%' });
  await call('PUT', '/api/v1/flags/text', {
    weight: '100%', variants: { a: 'x', b: 'y' }, oldVariant: 'a', newVariant: 'b',
  });
  await call('PUT', '/api/v1/flags/object', {
    weight: '100%', variants: { a: {}, b: { list: [1, 'x'] } }, oldVariant: 'a', newVariant: 'b',
  });
  const last = await call('PUT', '/api/v1/flags/moving', { weight: '0%' });
  await eventually('the flags are answered from', async () => {
    const response = await fetch(`${url}/api/v1/ruleset`, { headers: Object.fromEntries(headers) });
    return (await response.json()).version >= last.version;
  });
});

after(async () => {
  await server.OpenFeature.close();
  await web.OpenFeature.close();
});

test('the server provider answers every type and gives the default where there is no answer', async () => {
  await server.OpenFeature.setProviderAndWait(new OFREPProvider({ baseUrl: url, headers }));
  const client = server.OpenFeature.getClient();
  const details = await client.getBooleanDetails('new-schema', false, user42);
  assert.equal(details.value, true);
  assert.equal(details.variant, 'on');
  assert.equal(details.reason, 'SPLIT');
  assert.equal(details.flagMetadata.bucket, 5453);
  assert.equal(await client.getStringValue('text', 'none', user42), 'y');
  assert.deepEqual(await client.getObjectValue('object', {}, user42), { list: [1, 'x'] });
  assert.equal((await client.getBooleanDetails('nowhere', true, user42)).errorCode, 'FLAG_NOT_FOUND');
  assert.equal((await client.getBooleanDetails('text', true, user42)).errorCode, 'TYPE_MISMATCH');
  const keyless = await client.getBooleanDetails('new-schema', true, {});
  assert.equal(keyless.value, true);
  assert.equal(keyless.errorCode, 'TARGETING_KEY_MISSING');
});

test('the web provider answers all flags and hears of a change by its stream', async () => {
  await web.OpenFeature.setContext(user42);
  await web.OpenFeature.setProviderAndWait(new OFREPWebProvider({ baseUrl: url, headers }));
  const client = web.OpenFeature.getClient();
  assert.equal(client.getBooleanValue('new-schema', false), true);
  assert.equal(client.getStringValue('text', 'none'), 'y');
  assert.equal(client.getBooleanValue('moving', true), false);
  let changes = 0;
  client.addHandler(web.ProviderEvents.ConfigurationChanged, () => changes++);
  // The stream opens behind the provider's back; a change before that is found by the next one.
  await eventually('a change arrives without polling', async () => {
    await call('PATCH', '/api/v1/flags/moving', { notes: String(Date.now()), weight: '100%' });
    await new Promise((resolve) => setTimeout(resolve, 300));
    return client.getBooleanValue('moving', false);
  });
  await call('PATCH', '/api/v1/flags/moving', { weight: '0%' });
  await eventually('the next change arrives too', () => !client.getBooleanValue('moving', true));
  assert.ok(changes > 0);
});

test('another attribute is another answer, never a stale 304', async () => {
  await call('PUT', '/api/v1/flags/staff', {
    rules: [{ when: [{ attribute: 'role', operator: 'in', values: ['staff'] }], serve: 'on' }],
  });
  await eventually('the rule is there', async () => {
    await web.OpenFeature.setContext({ ...user42, at: Date.now() });
    return web.OpenFeature.getClient().getBooleanDetails('staff', false).errorCode === undefined;
  });
  await web.OpenFeature.setContext({ ...user42, role: 'guest' });
  // The provider shows what it has cached for this key first, and asks behind its back.
  await eventually('a guest is not on the new side', () => !web.OpenFeature.getClient().getBooleanValue('staff', true));
  await web.OpenFeature.setContext({ ...user42, role: 'staff' });
  await eventually('the staff is', () => web.OpenFeature.getClient().getBooleanValue('staff', false));
});
