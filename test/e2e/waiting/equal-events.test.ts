import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import canonicalize from 'canonicalize';
import { CloudEvent, HTTP } from 'cloudevents';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JobEvent } from '../../../core/contract/schemas/event-schemas.ts';
import { signedCall } from '../../../local/test/fixture/signed-call.ts';
import { until } from '../../../local/test/fixture/until.ts';
import { eventFault } from '../../support/events/published-events.ts';
import { endedJob, submitJob } from '../../support/local-service/ended-job.ts';
import { openStream } from '../../support/local-service/event-stream.ts';
import { startOwnErrand, type TestErrand } from '../../support/local-service/local-errand.ts';
import { endedOperation } from '../../support/operations/ended-operation.ts';
import { type Receiver, startReceiver } from '../../support/webhooks/receiver.ts';
import { writeRecorderApp } from '../apps/write-apps.ts';

// A control character, a line separator, characters beyond the first plane, and letters of which two forms are equivalent.
const name = 'Größe \u0007 "測試" \\ \u2028 🚀 e\u0301 é';
const tags = ['naïve', '東京 🗼', 'Zz', 'aa'];
const csv = 'größe,b\n1,2\n3,4\n';

/** The events of a source by their IDs, as canonical JSON (RFC 8785). */
type Forms = ReadonlyMap<string, string>;

const parent = mkdtempSync(join(tmpdir(), 'errand-equal-'));
let errand: TestErrand;
let receiver: Receiver;
/** Responds that it exists no longer, so that its webhook is disabled. */
let gone: Receiver;
/** Reads the API at another of its addresses, as if it had a domain of its own. */
let reader: Pick<TestErrand, 'url' | 'apiKey'>;
const onBus: JobEvent[] = [];
const jobs = new Map<string, string>();
let logged: readonly JobEvent[];
let expected: readonly string[];

beforeAll(async () => {
  errand = await startOwnErrand({
    apps: [writeRecorderApp(parent)],
    allowLoopbackWebhooks: true,
    webhookDelayScale: 0.001,
  });
  reader = { apiKey: errand.apiKey, url: errand.url.replace('127.0.0.1', 'localhost') };
  receiver = await startReceiver();
  gone = await startReceiver(() => ({ status: 410 }));
  const webhook = await errand.call('/v1/webhooks', { body: { url: receiver.url } });
  expect(webhook.status).toBe(201);
  const other = { url: gone.url, states: ['succeeded'] };
  expect((await errand.call('/v1/webhooks', { body: other })).status).toBe(201);
  // Webhooks of a tenant are cached for five seconds.
  await until('the webhook is in use', async () => {
    await errand.call(`/v1/webhooks/${webhook.body.id}/test`, { method: 'POST' });
    return receiver.requests.length > 0;
  });
  await runJobs();
  logged = await eventsOfJobs();
  expected = logged.map(({ id }) => id).toSorted();
  await until(
    'the bus has all events',
    async () => {
      onBus.push(...(await received()));
      const ids = new Set(onBus.map(({ id }) => id));
      return expected.every((id) => ids.has(id)) && onBus.some(isOfOperation) && onBus.some(isOfWebhook);
    },
    60_000,
  );
  await until(
    'the receiver has all events',
    () => {
      const ids = new Set(receiver.requests.map(({ headers }) => headers['webhook-id']));
      return expected.every((id) => ids.has(id));
    },
    60_000,
  );
}, 240_000);
afterAll(async () => {
  await receiver?.stop();
  await gone?.stop();
  await errand?.end();
  rmSync(parent, { recursive: true, force: true });
});

const isOfOperation = ({ type }: { readonly type: string }) => type.startsWith('errand.operation.');
const isOfWebhook = ({ type }: { readonly type: string }) => type.startsWith('errand.webhook.');
const isOfJob = ({ type }: { readonly type: string }) => type.startsWith('errand.job.');

/** Runs one job of each kind to its end. */
async function runJobs(): Promise<void> {
  const submit = async (kind: string, body: object) => {
    const { id } = await submitJob(errand, { name, tags, ...body });
    jobs.set(kind, id);
    return id;
  };
  const table = await upload();
  const succeeded = await submit('succeeded', { service: 'echo', parameters: {} });
  await submit('without a name', { service: 'echo', name: undefined, tags: [] });
  const failed = await submit('failed', { service: 'csv-profile@1.0.0', parameters: { csv: `${csv}"` } });
  await submit('failed with an exception', {
    service: 'flaky',
    parameters: { failures: 9, kind: 'throw' },
    retry: { maxAttempts: 1 },
  });
  await submit('error', { service: 'echo', dependsOn: [failed] });
  await submit('retried', { service: 'flaky', parameters: { failures: 1, kind: 'throw' } });
  await submit('with outputs', { service: 'csv-profile@2.0.0', inputs: { table: [table] } });
  await submit('after another', { service: 'echo', dependsOn: [succeeded] });
  await submit('on Batch', { service: 'cpu-load-batch', parameters: { duration_seconds: 0 } });
  await submit('parent', { service: 'fan-out', parameters: { count: 2 } });
  const aborted = await submit('aborted', { service: 'echo', parameters: { sleepSeconds: 60 } });
  const deleted = await submit('deleted', { service: 'echo', parameters: { a: 1 } });
  const failedAndDeleted = await submit('failed and deleted', {
    service: 'csv-profile@1.0.0',
    parameters: { csv: `${csv}"` },
  });
  const draft = await errand.call('/v1/jobs', { body: { service: 'echo', name, tags, start: false } });
  jobs.set('draft', draft.body.id);
  await errand.call(`/v1/jobs/${draft.body.id}/start`, { method: 'POST' });
  await errand.call(`/v1/jobs/${aborted}/abort`, { method: 'POST', body: { reason: `because ${name}` } });
  for (const id of jobs.values()) await endedJob(errand, id);
  for (const { id } of (await errand.call(`/v1/jobs?parent=${jobs.get('parent')}`)).body.items) {
    jobs.set(`sub-job ${id}`, id);
    await endedJob(errand, id);
  }
  for (const id of [deleted, failedAndDeleted]) {
    const response = await errand.call(`/v1/jobs/${id}`, { method: 'DELETE' });
    expect([202, 204]).toContain(response.status);
  }
  await endedOperation(errand.call, { action: 'rerun', ids: [succeeded] });
  const rerun = await errand.call('/v1/jobs?order=desc&limit=1');
  jobs.set('rerun', rerun.body.items[0].id);
  await endedJob(errand, rerun.body.items[0].id);
}

async function upload(): Promise<string> {
  const description = { name: 'größe.csv', mediaType: 'text/csv', sizeBytes: Buffer.byteLength(csv) };
  const { body } = await errand.call('/v1/data', { body: description });
  const { url, headers } = body.upload;
  expect((await fetch(url, { method: 'PUT', headers, body: csv })).status).toBe(200);
  expect((await errand.call(`/v1/data/${body.id}/complete`, { method: 'POST' })).status).toBe(200);
  return body.id;
}

/** The events of each job from its own list. */
async function eventsOfJobs(): Promise<readonly JobEvent[]> {
  const lists = [...jobs.values()].map((id) =>
    until(`the last event of ${id}`, async () => {
      const { items } = (await read(`/v1/jobs/${id}/events?limit=1000`)) as { items: readonly JobEvent[] };
      const isDeleted = [jobs.get('deleted'), jobs.get('failed and deleted')].includes(id);
      return !isDeleted || items.at(-1)?.type === 'errand.job.deleted' ? items : undefined;
    }),
  );
  return (await Promise.all(lists)).flat();
}

async function read(path: string): Promise<unknown> {
  const response = await fetch(`${reader.url}${path}`, { headers: { 'x-api-key': reader.apiKey } });
  expect(response.status).toBe(200);
  return response.json();
}

/** The details of the messages that the rule has sent to the queue since the last call. */
async function received(): Promise<readonly JobEvent[]> {
  const { aws, output } = errand.cloud;
  const input = {
    QueueUrl: output('Recorder', 'InboxUrl'),
    MaxNumberOfMessages: 10,
    VisibilityTimeout: 3600,
  };
  const target = 'AmazonSQS.ReceiveMessage';
  const { json } = await signedCall({ url: aws.endpoint, service: 'sqs', target, input, key: aws });
  // SQS's own shape.
  const messages = (json['Messages'] ?? []) as ReadonlyArray<{ readonly Body: string }>;
  return messages.map(({ Body }) => JSON.parse(Body).detail);
}

/** Throws if one source has an event in two forms. */
function formsOf(events: readonly { readonly id: string }[]): Forms {
  const forms = new Map<string, string>();
  for (const event of events) {
    const form = canonicalize(event) ?? '';
    expect(forms.get(event.id) ?? form).toBe(form);
    forms.set(event.id, form);
  }
  return forms;
}

/** Every event of a stream, which is resumed until it has all expected ones. */
async function followed(path: string, ids: readonly string[]): Promise<readonly JobEvent[]> {
  const events = new Map<string, JobEvent>();
  let last: string | undefined;
  await until(`all events of ${path}`, async () => {
    const stream = await openStream(reader, path, last);
    for await (const { id, event, data } of stream.events) {
      last = id ?? last;
      if (event?.startsWith('errand.job.') !== true || data === undefined) continue;
      const parsed: JobEvent = JSON.parse(data);
      expect(event).toBe(parsed.type);
      events.set(parsed.id, parsed);
      if (ids.every((each) => events.has(each))) break;
    }
    stream.leave();
    return ids.every((each) => events.has(each));
  });
  return [...events.values()];
}

const sources: ReadonlyArray<readonly [string, () => Promise<readonly JobEvent[]>]> = [
  ['the bus, by a rule', async () => onBus.filter(isOfJob)],
  [
    'the body of a webhook',
    async () => receiver.requests.map(({ body }): JobEvent => JSON.parse(body)).filter(isOfJob),
  ],
  ['the event log', async () => ((await read('/v1/events?limit=1000')) as { items: JobEvent[] }).items],
  ['the stream of the tenant', () => followed('/v1/events', expected)],
  [
    'the streams of the jobs',
    async () => {
      const ofJob = (jobId: string) => expected.filter((id) => id.startsWith(jobId));
      const ids = [...jobs.values()];
      return (await Promise.all(ids.map((id) => followed(`/v1/jobs/${id}/events`, ofJob(id))))).flat();
    },
  ],
];

test('the jobs have gone through all states that a job can leave or end in', () => {
  const types = new Set(logged.map(({ type }) => type.replace('errand.job.', '')));
  const ends = ['succeeded', 'failed', 'error', 'aborted', 'deleted'];
  const others = ['ready', 'waiting', 'pending', 'scheduled', 'executing', 'retrying'];
  expect([...types]).toEqual(expect.arrayContaining([...ends, ...others]));
  expect(logged.some(({ correlationid }) => correlationid !== undefined)).toBe(true);
});

describe.each(sources)('the events of %s', (_, eventsOf) => {
  test('are equal to those of each job, after JSON canonicalization', async () => {
    const forms = formsOf(await eventsOf());
    expect([...forms.keys()].toSorted()).toEqual(expected);
    for (const [id, form] of formsOf(logged)) expect(forms.get(id)).toBe(form);
  });

  test('are CloudEvents for the SDK of CloudEvents, which changes nothing in them', async () => {
    for (const event of await eventsOf()) {
      const accepted = new CloudEvent({ ...event }, true);
      expect(canonicalize(JSON.parse(JSON.stringify(accepted)))).toBe(canonicalize(event));
    }
  });
});

describe('an event of something else than a job', () => {
  test.each([
    ['errand.operation.succeeded', isOfOperation],
    ['errand.webhook.disabled', isOfWebhook],
  ])('is a CloudEvent too: %s on the bus', (type, isSelected) => {
    const events = onBus.filter(isSelected);
    // The bus may have an event more than once.
    expect(new Set(events.map((event) => event.type))).toEqual(new Set([type]));
    expect(formsOf(events).size).toBe(1);
    for (const event of events) {
      expect(eventFault(event)).toBeUndefined();
      const accepted = new CloudEvent({ ...event }, true);
      expect(canonicalize(JSON.parse(JSON.stringify(accepted)))).toBe(canonicalize(event));
    }
  });
});

test('the request of a webhook is a CloudEvent in the structured mode of the HTTP binding', () => {
  expect(receiver.requests.some(({ body }) => JSON.parse(body).type === 'errand.webhook.test')).toBe(true);
  for (const { headers, body } of receiver.requests) {
    expect(headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
    const event = HTTP.toEvent({ headers, body });
    expect(event).toBeInstanceOf(CloudEvent);
    expect(canonicalize(JSON.parse(JSON.stringify(event)))).toBe(canonicalize(JSON.parse(body)));
  }
});
