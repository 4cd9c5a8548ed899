import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { redrive } from '../../../cli/admin/redrive.ts';
import type { JobEvent } from '../../../core/contract/schemas/event-schemas.ts';
import type { AwsRequest } from '../../../local/cloud.ts';
import { until } from '../../../local/test/fixture/until.ts';
import { addKey, newTenant } from '../../support/local-service/add-key.ts';
import type { AssemblyChange } from '../../support/local-service/assembly-copy.ts';
import { startChangedErrand } from '../../support/local-service/changed-errand.ts';
import { endedJob, submitJob } from '../../support/local-service/ended-job.ts';
import { expectDocumented, expectProblem } from '../../support/local-service/expect-documented.ts';
import type { TestErrand } from '../../support/local-service/local-errand.ts';
import { type Receiver, startReceiver } from '../../support/webhooks/receiver.ts';

/** A record is given up after two tries instead of 21. */
const fewTries: AssemblyChange = ({ resources }) => {
  const mappings = Object.entries(resources.Errand).filter(([id]) => id.startsWith('PublisherMapping'));
  const [, mapping] = mappings[0] ?? [];
  if (mapping === undefined) throw new Error('the publisher has no mapping');
  mapping.Properties['MaximumRetryAttempts'] = 1;
};

let errand: TestErrand;
const onBus: string[] = [];
let receiver: Receiver;
beforeAll(async () => {
  errand = await startChangedErrand([fewTries], { allowLoopbackWebhooks: true });
  errand.cloud.events.subscribe(errand.cloud.output('Errand', 'BusName'), ({ detail }) => {
    onBus.push((detail as JobEvent).id);
  });
  receiver = await startReceiver();
  await errand.call('/v1/webhooks', { body: { url: receiver.url } });
});
afterEach(() => errand.cloud.faults.clear());
afterAll(async () => {
  await errand?.end();
  await receiver?.stop();
});

const ofPublisher = ({ principal }: AwsRequest) =>
  principal.kind === 'role' && principal.roleArn.includes('PublishEventsRole');

async function redriven(body: object = {}) {
  const response = expectDocumented(await errand.call('/v1/admin/redrive', { body }), 'redriveEvents');
  expect(response.status).toBe(200);
  return response.body;
}

const keptBatches = async () => (await redriven({ dryRun: true })).found;

async function loggedIds(jobId: string): Promise<readonly string[]> {
  const { body } = await errand.call('/v1/events?limit=1000');
  return body.items.map(({ id }: JobEvent) => id).filter((id: string) => id.startsWith(jobId));
}

const idsOf = (jobId: string) => [1, 2, 3].map((sequence) => `${jobId}/${sequence}`);
const received = (jobId: string) =>
  new Set(
    receiver.requests
      .map(({ headers }) => String(headers['webhook-id']))
      .filter((id) => id.startsWith(jobId)),
  );
const published = (jobId: string) => onBus.filter((id) => id.startsWith(jobId));

test('every event arrives after a failure of the bus, and is logged once', async () => {
  errand.cloud.faults.add({ service: 'events', action: 'PutEvents', kind: 'error', match: ofPublisher });
  const { id } = await submitJob(errand, { service: 'echo' });
  await endedJob(errand, id);
  await until('three batches are kept', async () => (await keptBatches()) === 3, 60_000);
  expect(published(id)).toEqual([]);
  const stuck = await redriven();
  expect(stuck).toMatchObject({ found: 3, published: 0, failed: 3, unreadable: 0, remaining: 3 });
  errand.cloud.faults.clear();

  const lines: string[] = [];
  expect(await redrive(errand, { limit: undefined, isDryRun: true }, (line) => lines.push(line))).toBe(0);
  expect(await redrive(errand, { limit: undefined, isDryRun: false }, (line) => lines.push(line))).toBe(0);
  expect(lines).toEqual(['3 batches found, 3 can be read, 3 kept', '3 batches found, 3 published, 0 kept']);
  await until('the events are on the bus', () => published(id).length >= 3);
  expect(new Set(published(id))).toEqual(new Set(idsOf(id)));
  expect(await loggedIds(id)).toEqual(idsOf(id));
  expect(await redriven()).toMatchObject({ found: 0, remaining: 0, complete: true });
}, 120_000);

test('a job whose publisher reached no table is logged, published, delivered and counted afterwards', async () => {
  const { body: before } = await errand.call('/v1/jobs/stats');
  errand.cloud.faults.add({ service: 'dynamodb', kind: 'error', match: ofPublisher });
  const { id } = await submitJob(errand, { service: 'echo' });
  await endedJob(errand, id);
  await until('three batches are kept', async () => (await keptBatches()) === 3, 60_000);
  expect([await loggedIds(id), published(id), [...received(id)]]).toEqual([[], [], []]);
  errand.cloud.faults.clear();
  // Two calls at the same time: an event may be on the bus twice, and nothing else happens twice.
  const reports = await Promise.all([redriven(), redriven()]);
  expect(reports.map(({ failed }) => failed)).toEqual([0, 0]);
  expect(await loggedIds(id)).toEqual(idsOf(id));
  await until('the events are on the bus', () => new Set(published(id)).size === 3);
  await until('the webhook has all events', () => received(id).size === 3);
  expect(received(id)).toEqual(new Set(idsOf(id)));
  const { body: after } = await errand.call('/v1/jobs/stats');
  expect(after.total - before.total).toBe(1);
}, 120_000);

describe('the route', () => {
  test('is forbidden to a key without the scope admin, and shows no data of another tenant to one with it', async () => {
    const { holder, call } = newTenant();
    await addKey(errand.cloud, { ...holder, scopes: ['jobs:read', 'jobs:write', 'events:read'] });
    const asTenant = { headers: call.headers, withKey: false };
    expectProblem(await errand.call('/v1/admin/redrive', { ...asTenant, body: {} }), 'forbidden');
    errand.cloud.faults.add({ service: 'events', action: 'PutEvents', kind: 'error', match: ofPublisher });
    const { id } = await submitJob(errand, { service: 'echo', tags: ['secret-of-the-first'] });
    await endedJob(errand, id);
    await until('three batches are kept', async () => (await keptBatches()) === 3, 60_000);
    errand.cloud.faults.clear();
    const other = newTenant();
    await addKey(errand.cloud, { ...other.holder, scopes: ['admin'] });
    const asOperator = { headers: other.call.headers, withKey: false };
    const response = await errand.call('/v1/admin/redrive', { ...asOperator, body: { limit: 1 } });
    expectDocumented(response, 'redriveEvents');
    expect(Object.values(response.body).every((value) => typeof value !== 'object')).toBe(true);
    expect(JSON.stringify(response.body)).not.toContain('secret-of-the-first');
    const cursor = Buffer.from(response.body.nextCursor ?? '', 'base64url').toString();
    expect(cursor).not.toContain(id);
    await redriven();
    expect(await keptBatches()).toBe(0);
  }, 120_000);

  test('rejects a cursor that it did not return, and limits out of range', async () => {
    const call = (body: object) => errand.call('/v1/admin/redrive', { body });
    expectProblem(await call({ cursor: 'abc' }), 'bad-cursor');
    for (const limit of [0, 501]) expectProblem(await call({ limit }), 'invalid-request');
  });
});
