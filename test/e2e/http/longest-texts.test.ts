import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BusEvent } from '../../../local/events/event.ts';
import { until } from '../../../local/test/fixture/until.ts';
import { addKey, newTenant } from '../../support/local-service/add-key.ts';
import { endedJob, type JobBody, submitJob } from '../../support/local-service/ended-job.ts';
import { expectDocumented, expectProblem } from '../../support/local-service/expect-documented.ts';
import {
  type ApiResponse,
  type Call,
  startTestErrand,
  type TestErrand,
} from '../../support/local-service/local-errand.ts';

const other = newTenant();
const paused = { prefer: 'wait=20' };
const load = { duration_seconds: 0.1, target_cpu_percent: 10 };

let errand: TestErrand;
let unsubscribe: () => void;
const onBus: BusEvent[] = [];
beforeAll(async () => {
  errand = await startTestErrand();
  unsubscribe = errand.cloud.events.subscribe('errand-events', (event) => void onBus.push(event));
  const lambda = { parameters: {}, dispatcher: { kind: 'lambda', functionName: 'errand-service-echo' } };
  expect((await register('longest', lambda)).status).toBe(201);
  const batch = { parameters: {}, dispatcher: { kind: 'batch', jobDefinition: 'errand-job-cpu-load' } };
  expect((await register('longest-batch', batch)).status).toBe(201);
});
afterAll(async () => {
  unsubscribe?.();
  await errand?.end();
});

const register = (name: string, body: object) =>
  errand.call(`/v1/services/${name}/versions/1.0.0`, { method: 'PUT', body });

async function submit(body: object, call: Call = {}): Promise<ApiResponse> {
  const response = await errand.call('/v1/jobs', {
    body: { service: 'longest', ...body },
    headers: paused,
    ...call,
  });
  return expectDocumented(response, 'submitJob');
}

async function listed(query: Readonly<Record<string, string>>): Promise<readonly JobBody[]> {
  const response = await errand.call(`/v1/jobs?${new URLSearchParams(query)}`);
  return expectDocumented(response, 'listJobs').body.items;
}

/** As many characters as a name may have, which are 985 bytes where 256 characters would be more. */
function longestName(character: string): string {
  const bytes = Buffer.byteLength(character);
  const name = character.repeat(Math.min(256, Math.floor(985 / bytes)));
  return bytes < 4 ? name : name.padEnd(name.length + (985 % bytes), 'x');
}

const widths = [
  [1, 'a'],
  [1, '\u0001'],
  [2, 'é'],
  [3, '€'],
  [4, '\u{10ffff}'],
] as const;

describe.each(widths)('the longest texts in characters of %i bytes (%j)', (bytes, character) => {
  const name = longestName(character);
  const tags = Array.from({ length: 50 }, (_, index) => `${index}`.padStart(2, '0') + character.repeat(126));
  const key = `"${bytes}${encodeURIComponent(character)}".`.slice(0, -1).padEnd(256, 'k').slice(0, 255);
  const group = character.repeat(128);
  const headers = { ...paused, 'idempotency-key': key.replaceAll('"', '-') };

  test('are kept by a job from its submission to its end', async () => {
    const made = await submit({ name, tags, group }, { headers });
    expect(made).toMatchObject({ status: 200, body: { status: 'succeeded', name, tags, group } });
    expect((await submit({ name, tags, group }, { headers })).headers.get('idempotency-replayed')).toBe(
      'true',
    );
    const { id } = made.body;
    for (const query of [
      { namePrefix: name },
      { namePrefix: name, order: 'asc', limit: '1' },
      { tag: tags[49] ?? '' },
      { group },
    ])
      expect((await listed(query)).map((job) => job.id)).toEqual([id]);
    const events = (await errand.call(`/v1/jobs/${id}/events`)).body.items;
    expect(events.map(({ data }: JobBody) => [data.name, data.tags])).toEqual(events.map(() => [name, tags]));
    await until('all events are on the bus', async () =>
      onBus.filter((event) => JSON.stringify(event).includes(id)).length >= 3 ? true : undefined,
    );
    const counted = `/v1/groups/${encodeURIComponent(group)}`;
    await until('the job is counted in its group', async () => {
      const { status, body } = await errand.call(counted);
      return status === 200 && body.name === group && body.byStatus.succeeded === 1 ? true : undefined;
    });
    const removed = await errand.call(`/v1/jobs/${id}`, { method: 'DELETE' });
    expect(removed.status).toBe(204);
    expect(await listed({ namePrefix: name })).toEqual([]);
  });

  test('can be edited into a draft, which is aborted with a long reason', async () => {
    const draft = await submit({ start: false });
    const path = `/v1/jobs/${draft.body.id}`;
    const edited = await errand.call(path, { method: 'PATCH', body: { name, tags } });
    expect(edited).toMatchObject({ status: 200, body: { name, tags } });
    const reason = character.repeat(1024);
    expect((await errand.call(`${path}/abort`, { method: 'POST', body: { reason } })).body.abort.reason).toBe(
      reason,
    );
    expect((await listed({ namePrefix: name })).map((job) => job.id)).toEqual([draft.body.id]);
    expect((await errand.call(path, { method: 'DELETE' })).status).toBe(204);
  });

  test('reach AWS Batch', async () => {
    const { id } = await submitJob(errand, { service: 'longest-batch', name, tags, parameters: load });
    expect(await endedJob(errand, id)).toMatchObject({ status: 'succeeded', name });
  });

  test('describe a service, and the reason of its deprecation', async () => {
    const [title, description] = [character.repeat(256), character.repeat(16_384)];
    const dispatcher = { kind: 'lambda', functionName: 'errand-service-echo' };
    const service = `described-${character.codePointAt(0)}`;
    const described = await register(service, { title, description, tags, parameters: {}, dispatcher });
    expect(described).toMatchObject({ status: 201, body: { title, description } });
    const path = `/v1/services/${service}/versions/1.0.0/deprecate`;
    const reason = character.repeat(1024);
    const response = await errand.call(path, { method: 'POST', body: { reason } });
    expect(response).toMatchObject({ status: 200, body: { deprecation: { reason } } });
  });

  test('are refused with one character more, which leaves their key to a corrected request', async () => {
    const withKey = { headers: { ...headers, 'idempotency-key': `more-${character.codePointAt(0)}` } };
    const long = await submit({ name: `${name}${character}` }, withKey);
    expectProblem(long, 'invalid-request');
    expect(long.body.errors).toMatchObject([
      { pointer: '/name', detail: expect.stringMatching(/ at most (?:256|985)/) },
    ]);
    const longTag = await submit({ tags: [character.repeat(129)] }, withKey);
    expect(longTag.body.errors).toMatchObject([{ pointer: '/tags/0' }]);
    expectProblem(
      await errand.call(`/v1/jobs?${new URLSearchParams({ namePrefix: `${name}${character}` })}`),
      'invalid-request',
    );
    const corrected = await submit({ start: false }, withKey);
    expect(corrected).toMatchObject({ status: 201 });
    const path = `/v1/jobs/${corrected.body.id}`;
    expectProblem(
      await errand.call(path, { method: 'PATCH', body: { name: `${name}${character}` } }),
      'invalid-request',
    );
  });
});

test('a name of 247 emoji is refused with its bytes, and so is a name with one byte too many', async () => {
  for (const name of ['😀'.repeat(247), `${'😀'.repeat(246)}xx`]) {
    const { status, body } = await submit({ name });
    expect([status, body.errors[0].pointer]).toEqual([400, '/name']);
    expect(body.errors[0].detail).toMatch(/^must be at most 985 bytes in UTF-8, not 98[68]/);
  }
});

test('another tenant is served while one sends names that are too long, repeatedly under one key', async () => {
  await addKey(errand.cloud, other.holder);
  const asOther = { headers: { ...paused, 'x-api-key': other.holder.key } };
  const dispatcher = { kind: 'lambda', functionName: 'errand-service-echo' };
  const registered = await errand.call('/v1/services/longest/versions/1.0.0', {
    method: 'PUT',
    body: { parameters: {}, dispatcher },
    headers: { 'x-api-key': other.holder.key },
  });
  expect(registered.status).toBe(201);
  const withKey = { headers: { ...paused, 'idempotency-key': 'one-key-of-two-tenants' } };
  const refused = Array.from({ length: 20 }, () => submit({ name: '😀'.repeat(247) }, withKey));
  const made = await submit({ name: 'short' }, { headers: { ...withKey.headers, ...asOther.headers } });
  expect(made).toMatchObject({ status: 200, body: { status: 'succeeded', name: 'short' } });
  for (const response of await Promise.all(refused)) expectProblem(response, 'invalid-request');
});

test('a list accepts no longer names of services than can exist', async () => {
  const longest = 'a'.repeat(63);
  for (const path of ['/v1/jobs', '/v1/jobs/stats']) {
    const query = Array.from({ length: 20 }, () => longest).join();
    expect((await errand.call(`${path}?service=${query}`)).status).toBe(200);
    expectProblem(await errand.call(`${path}?service=${longest}a`), 'invalid-request');
  }
});
