import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JobEvent } from '../../../core/contract/schemas/event-schemas.ts';
import type { BusEvent } from '../../../local/events/event.ts';
import { until } from '../../../local/test/fixture/until.ts';
import { eventFault } from '../../support/events/published-events.ts';
import type { JobBody } from '../../support/local-service/ended-job.ts';
import {
  expectDocumented,
  expectProblem,
  uncheckedResponses,
} from '../../support/local-service/expect-documented.ts';
import { followPages } from '../../support/local-service/follow-pages.ts';
import { startTestErrand, type TestErrand } from '../../support/local-service/local-errand.ts';

const malformed = { service: 'csv-profile@1.0.0', parameters: { csv: 'a,b\n1\n' } };
const retry = { maxAttempts: 3, backoffSeconds: 0, retryOn: ['service-failed'] };

const ways: ReadonlyArray<readonly [string, object, readonly string[]]> = [
  ['succeeded', { service: 'echo', name: 'mine', tags: ['t'] }, ['pending', 'executing', 'succeeded']],
  ['failed', malformed, ['pending', 'executing', 'failed']],
  [
    'failed after retries',
    { ...malformed, retry },
    ['pending', 'executing', 'retrying', 'executing', 'retrying', 'executing', 'failed'],
  ],
];

let errand: TestErrand;
let unsubscribe: () => void;
const onBus: BusEvent[] = [];
const jobs = new Map<string, JobBody>();
beforeAll(async () => {
  errand = await startTestErrand();
  unsubscribe = errand.cloud.events.subscribe('errand-events', (event) => void onBus.push(event));
  for (const [way, body] of ways) {
    const response = await errand.call('/v1/jobs', { body, headers: { prefer: 'wait=20' } });
    expect(response.status).toBe(200);
    jobs.set(way, response.body);
  }
});
afterAll(async () => {
  unsubscribe?.();
  await errand?.end();
});

async function eventsOf(jobId: string, query = ''): Promise<readonly JobEvent[]> {
  const response = expectDocumented(await errand.call(`/v1/jobs/${jobId}/events${query}`), 'getEvents');
  expect(response.status).toBe(200);
  return response.body.items;
}

describe.each(ways)('the events of a job that %s', (way, _, states) => {
  let job: JobBody;
  beforeAll(() => {
    job = jobs.get(way);
  });

  test('report each of its states, without a gap', async () => {
    const events = await eventsOf(job.id);
    expect(events.map(({ type }) => type)).toEqual(states.map((state) => `errand.job.${state}`));
    expect(events.map(({ data }) => data.status)).toEqual(states);
    expect(events.map(({ data }) => data.previousStatus)).toEqual([undefined, ...states.slice(0, -1)]);
    expect(events.map(({ id }) => id)).toEqual(states.map((_state, index) => `${job.id}/${index + 1}`));
    expect(events.map(({ sequence }) => sequence)).toEqual(
      states.map((_state, index) => String(index + 1).padStart(10, '0')),
    );
    const times = events.map(({ time }) => time);
    expect(times).toEqual(times.toSorted());
    expect([times[0], times.at(-1)]).toEqual([job.requestedAt, job.finishedAt]);
  });

  test('identify their job, tenant and service', async () => {
    for (const event of await eventsOf(job.id)) {
      expect(event).toMatchObject({
        specversion: '1.0',
        source: errand.url,
        subject: job.urn,
        datacontenttype: 'application/json',
        traceparent: job.traceparent,
        tenant: errand.tenant,
        data: { jobId: job.id, name: job.name, service: job.service, tags: job.tags },
      });
    }
  });

  test('are on the bus too: each once, in order, in the envelope that rules match on', async () => {
    const expected = await eventsOf(job.id);
    const ofJob = () => onBus.filter(({ resources }) => resources.includes(job.urn));
    const last = expected.at(-1)?.id;
    await until('the last event is on the bus', () => ofJob().some(({ detail }) => detail['id'] === last));
    expect(ofJob().map(({ detail }) => detail)).toEqual(expected);
    for (const event of ofJob()) {
      expect(event).toMatchObject({ source: 'errand', resources: [job.urn] });
      expect(event['detail-type']).toBe(event.detail['type']);
    }
  });

  test('are the same in pages of one, and after a cursor', async () => {
    const path = `/v1/jobs/${job.id}/events?limit=1`;
    const pages = await followPages(errand, { path, operationId: 'getEvents' });
    expect(pages.map(({ items }) => items.length)).toEqual(states.map(() => 1));
    expect(pages.flatMap(({ items }) => [...items])).toEqual(await eventsOf(job.id));
  });
});

test('an attempt that is retried is reported with its failure, the end with the job’s own', async () => {
  const job = jobs.get('failed after retries');
  const events = await eventsOf(job.id);
  const errors = events.map(({ data }) => data.error?.attempt);
  expect(errors).toEqual([undefined, undefined, 1, undefined, 2, undefined, 3]);
  expect(events.map(({ data }) => data.attempt)).toEqual([0, 1, 1, 2, 2, 3, 3]);
  expect(events.at(-1)?.data.error).toEqual(job.error);
});

test('only the success event has a URL of the result', async () => {
  const reported = await Promise.all(
    [...jobs.values()].map(async ({ id }) => (await eventsOf(id)).at(-1)?.data.resultUrl),
  );
  expect(reported).toEqual([
    `${errand.url}/v1/jobs/${jobs.get('succeeded').id}/result`,
    undefined,
    undefined,
  ]);
});

test('every event on the bus matches the schema of the package', () => {
  expect(onBus.length).toBeGreaterThan(ways.length);
  for (const { detail } of onBus) expect(eventFault(detail)).toBeUndefined();
});

test('a cursor is valid for its own job only', async () => {
  const one = jobs.get('succeeded').id;
  const other = jobs.get('failed').id;
  const { nextCursor } = (await errand.call(`/v1/jobs/${one}/events?limit=1`)).body;
  expect(await eventsOf(one, `?cursor=${nextCursor}`)).toHaveLength(2);
  const listCursor = (await errand.call('/v1/jobs?limit=1')).body.nextCursor;
  for (const [id, cursor] of [
    [other, nextCursor],
    [one, listCursor],
    [one, 'nonsense'],
  ]) {
    const response = await errand.call(`/v1/jobs/${id}/events?cursor=${cursor}`);
    expectProblem(expectDocumented(response, 'getEvents'), 'bad-cursor');
  }
});

test('every documented response occurs', async () => {
  const unknown = await errand.call('/v1/jobs/01a1fd71-2cd5-7000-8000-000000000000/events');
  expectProblem(expectDocumented(unknown, 'getEvents'), 'not-found');
  const headers = { accept: 'text/event-stream', 'last-event-id': '3' };
  const over = await errand.call(`/v1/jobs/${jobs.get('succeeded').id}/events`, { headers });
  expect(expectDocumented(over, 'getEvents').status).toBe(204);
  expect(uncheckedResponses(['getEvents'])).toEqual([]);
});
