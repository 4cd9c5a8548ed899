import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addKey, newTenant } from '../../support/local-service/add-key.ts';
import { endedJob, type JobBody, submitJob } from '../../support/local-service/ended-job.ts';
import { openStream, readStream, type SentEvent } from '../../support/local-service/event-stream.ts';
import { expectDocumented, expectProblem } from '../../support/local-service/expect-documented.ts';
import { callApi, startTestErrand, type TestErrand } from '../../support/local-service/local-errand.ts';

const other = newTenant();
let errand: TestErrand;
beforeAll(async () => {
  errand = await startTestErrand();
});
afterAll(() => errand?.end());

const pathOf = ({ id }: JobBody) => `/v1/jobs/${id}/events`;
const follow = (job: JobBody, lastEventId?: string) => openStream(errand, pathOf(job), lastEventId);
const namesOf = (events: readonly SentEvent[]) =>
  events.flatMap(({ event }) => event?.replace('errand.job.', '') ?? []);
const echoFor = (sleepSeconds: number) =>
  submitJob(errand, { service: 'echo', parameters: { sleepSeconds } });

describe('a stream of events', () => {
  test('sends a job as it is, its past events and its next ones, until its end', async () => {
    const job = await echoFor(1.5);
    const stream = await follow(job);
    expect([stream.status, stream.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    expect(stream.headers.get('x-request-id')).toMatch(/./);
    const received: SentEvent[] = [];
    for await (const one of stream.events) {
      received.push(one);
      const { status } = (await errand.call(`/v1/jobs/${job.id}`)).body;
      // The events were not held back until the end.
      if (one.event === 'errand.job.pending') expect(status).not.toBe('succeeded');
    }
    expect(namesOf(received)).toEqual(['snapshot', 'pending', 'executing', 'succeeded', 'end']);
    expect(JSON.parse(received[0]?.data ?? '')).toMatchObject({ id: job.id, service: job.service });
    expect(received.flatMap(({ id }) => id ?? [])).toEqual(['1', '2', '3']);
    const listed = (await errand.call(pathOf(job))).body.items;
    const transitions = received.filter(({ id }) => id !== undefined);
    expect(transitions.map(({ data }) => JSON.parse(data ?? ''))).toEqual(listed);
  });

  test('continues after the last event that its reader received, and reports when no event follows', async () => {
    const { id } = await echoFor(0);
    const job = await endedJob(errand, id);
    for (const [after, names] of [
      ['0', ['pending', 'executing', 'succeeded', 'end']],
      ['1', ['executing', 'succeeded', 'end']],
      ['2', ['succeeded', 'end']],
    ] as const)
      expect(namesOf(await readStream(await follow(job, after)))).toEqual(names);
    const over = await callApi(errand, pathOf(job), {
      headers: { accept: 'text/event-stream', 'last-event-id': '3' },
    });
    expect(expectDocumented(over, 'getEvents').status).toBe(204);
  });

  test('sends progress in between, without an ID', async () => {
    const job = await submitJob(errand, { service: 'cpu-load', parameters: { duration_seconds: 3 } });
    const received = await readStream(await follow(job));
    const progress = received.filter(({ event }) => event === 'progress');
    expect(progress.length).toBeGreaterThan(0);
    for (const { id, data } of progress) {
      expect(id).toBeUndefined();
      expect(JSON.parse(data ?? '')).toMatchObject({ jobId: job.id, progress: expect.any(Object) });
    }
    expect(namesOf(received).filter((name) => name !== 'progress')).toEqual([
      ...['snapshot', 'pending', 'executing', 'succeeded', 'end'],
    ]);
  });

  test('reports the deletion of a job that no longer exists', async () => {
    const { id } = await echoFor(0);
    const job = await endedJob(errand, id);
    expect((await errand.call(`/v1/jobs/${id}`, { method: 'DELETE' })).status).toBe(204);
    const received = await readStream(await follow(job));
    expect(namesOf(received)).toEqual(['pending', 'executing', 'succeeded', 'deleted', 'end']);
    expect(namesOf(await readStream(await follow(job, '3')))).toEqual(['deleted', 'end']);
  });

  test.each(['4', '-1', 'x', '1e3', '9'.repeat(30)])(
    'refuses to continue after an event %s',
    async (after) => {
      const { id } = await echoFor(0);
      const job = await endedJob(errand, id);
      const response = await callApi(errand, pathOf(job), {
        headers: { accept: 'text/event-stream', 'last-event-id': after },
      });
      expectProblem(expectDocumented(response, 'getEvents'), 'invalid-request');
    },
  );

  test('is a page of events to clients that do not request a stream, and accepts no query of a page', async () => {
    const { id } = await echoFor(0);
    const job = await endedJob(errand, id);
    for (const accept of ['*/*', 'application/json', 'text/plain', 'text/event-stream;q=0'])
      expect((await errand.call(pathOf(job), { headers: { accept } })).body.items).toHaveLength(3);
    const headers = { accept: 'application/json;q=0.1, Text/Event-Stream' };
    expect((await errand.call(pathOf(job), { headers })).body).toContain('event: end');
    const response = await errand.call(`${pathOf(job)}?limit=1`, { headers });
    expectProblem(expectDocumented(response, 'getEvents'), 'invalid-request');
  });

  test("contains nothing of another tenant's job", async () => {
    const job = await echoFor(0);
    await addKey(errand.cloud, other.holder);
    const response = await callApi({ url: errand.url, apiKey: other.holder.key }, pathOf(job), {
      headers: { accept: 'text/event-stream' },
    });
    expectProblem(expectDocumented(response, 'getEvents'), 'not-found');
  });

  test('that a client abandons delays nothing, the shutdown of the service included', async () => {
    const job = await echoFor(60);
    const stream = await follow(job);
    for await (const { event } of stream.events) if (event === 'errand.job.executing') break;
    stream.leave();
    const later = await echoFor(0);
    expect(namesOf(await readStream(await follow(later))).at(-1)).toBe('end');
    await errand.call(`/v1/jobs/${job.id}/abort`, { method: 'POST' });
  });
});
