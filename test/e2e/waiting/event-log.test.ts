import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../../local/test/fixture/until.ts';
import { addKey, newTenant } from '../../support/local-service/add-key.ts';
import { countLeases } from '../../support/local-service/count-leases.ts';
import { endedJob, submitJob } from '../../support/local-service/ended-job.ts';
import { openStream, readStream, type SentEvent } from '../../support/local-service/event-stream.ts';
import { expectDocumented, expectProblem } from '../../support/local-service/expect-documented.ts';
import {
  type Call,
  callApi,
  startTestErrand,
  type TestErrand,
} from '../../support/local-service/local-errand.ts';

const other = newTenant();
let errand: TestErrand;
beforeAll(async () => {
  errand = await startTestErrand();
  await addKey(errand.cloud, other.holder);
});
afterAll(() => errand?.end());

const list = async (query: string, call: Call = {}) => {
  const response = await errand.call(`/v1/events?${query}`, call);
  expectDocumented(response, 'listEvents');
  expect(response.status).toBe(200);
  return response;
};
const positionNow = async () => (await list('after=now')).body.position as string;
const kindsOf = (items: readonly { readonly type: string }[]) =>
  items.map(({ type }) => type.replace('errand.job.', ''));
const namesOf = (events: readonly SentEvent[]) =>
  events.flatMap(({ event }) => event?.replace('errand.job.', '') ?? []);
const echo = (given: object = {}) => submitJob(errand, { service: 'echo', parameters: {}, ...given });
const ofJobs = (...jobs: readonly { readonly id: string }[]) => `jobId=${jobs.map(({ id }) => id).join(',')}`;

describe('the event log as JSON', () => {
  test('contains the events of all jobs, as each job has them, from a position on', async () => {
    const before = await positionNow();
    const jobs = [await echo(), await echo({ name: 'second', tags: ['nightly'] })];
    for (const { id } of jobs) await endedJob(errand, id);
    const items = await until('all events are in the log', async () => {
      const { body } = await list(`after=${before}&${ofJobs(...jobs)}`);
      return body.items.length === 6 && body.items;
    });
    for (const { id } of jobs) {
      const own = items.filter(({ data }: { data: { jobId: string } }) => data.jobId === id);
      expect(own).toEqual((await errand.call(`/v1/jobs/${id}/events`)).body.items);
    }
  });

  test('continues at the position of the page before, one event at a time', async () => {
    const after = await positionNow();
    const { id } = await echo();
    await endedJob(errand, id);
    let position = after;
    const kinds: string[] = [];
    while (kinds.length < 3) {
      const { body, headers } = await list(`after=${position}&jobId=${id}&limit=1`, {
        headers: { prefer: 'wait=10' },
      });
      expect(headers.get('preference-applied')).toBe('wait=10');
      kinds.push(...kindsOf(body.items));
      position = body.position;
    }
    expect(kinds).toEqual(['pending', 'executing', 'succeeded']);
    const { body } = await list(`after=${position}&jobId=${id}`);
    expect(body.items).toEqual([]);
  });

  test('returns the events that its filters select', async () => {
    const after = await positionNow();
    const tagged = await echo({ tags: ['chosen', 'also'] });
    const plain = await submitJob(errand, { service: 'flaky', parameters: { failures: 1, kind: 'throw' } });
    for (const { id } of [tagged, plain]) await endedJob(errand, id);
    const all = await until('the log is complete', async () => {
      const { body } = await list(`after=${after}`);
      return kindsOf(body.items).filter((kind) => kind === 'succeeded').length === 2 && body.items;
    });
    const found = async (query: string) =>
      (await list(`after=${after}&${query}`)).body.items.map(({ id }: { id: string }) => id);
    const expected = (filter: (event: { type: string; data: { jobId: string } }) => boolean) =>
      all.filter(filter).map(({ id }: { id: string }) => id);
    expect(await found('tag=chosen')).toEqual(expected(({ data }) => data.jobId === tagged.id));
    expect(await found('service=flaky')).toEqual(expected(({ data }) => data.jobId === plain.id));
    expect(await found('service=flaky,echo')).toEqual(expected(() => true));
    expect(await found('type=errand.job.retrying')).toHaveLength(1);
    expect(await found('type=errand.job.succeeded,errand.job.deleted&tag=also')).toHaveLength(1);
    expect(await found(`jobId=urn:errand:job:${plain.id.toUpperCase()}`)).toEqual(
      await found('service=flaky'),
    );
    expect(await found('tag=none')).toEqual([]);
  });

  test('contains the events of a deleted job, and its deletion', async () => {
    const { id } = await echo();
    await endedJob(errand, id);
    expect((await errand.call(`/v1/jobs/${id}`, { method: 'DELETE' })).status).toBe(204);
    const items = await until('the deletion is in the log', async () => {
      const { body } = await list(`jobId=${id}`);
      return body.items.length === 4 && body.items;
    });
    expect(kindsOf(items)).toEqual(['pending', 'executing', 'succeeded', 'deleted']);
    expect(items).toEqual((await errand.call(`/v1/jobs/${id}/events`)).body.items);
  });

  test('has the same position as long as nothing happens, so that a read can be conditional', async () => {
    const { headers } = await list('after=now');
    const tag = headers.get('etag') ?? '';
    expect((await errand.call('/v1/events?after=now', { headers: { 'if-none-match': tag } })).status).toBe(
      304,
    );
  });

  test('a long poll without an event ends when its time is over', async () => {
    const { body, headers } = await list('after=now&type=errand.job.aborted', {
      headers: { prefer: 'wait=0.5' },
    });
    expect([body.items, headers.get('preference-applied')]).toEqual([[], 'wait=0.5']);
  });

  test('one long poll watches a hundred jobs', async () => {
    const drafts = Array.from({ length: 100 }, () => ({ service: 'echo', start: false }));
    const { body } = await errand.call('/v1/jobs/batch', { body: { jobs: drafts } });
    const ids: readonly string[] = body.items.map(({ job }: { job: { id: string } }) => job.id);
    const after = await positionNow();
    const held = list(`after=${after}&type=errand.job.succeeded&jobId=${ids.join(',')}`, {
      headers: { prefer: 'wait=20' },
    });
    await until('the long poll has its slot', async () => (await countLeases(errand)).own === 1);
    expect((await errand.call(`/v1/jobs/${ids[42]}/start`, { method: 'POST' })).status).toBeLessThan(300);
    const { items } = (await held).body;
    expect(items.map(({ data }: { data: { jobId: string } }) => data.jobId)).toEqual([ids[42]]);
  });

  test('refuses a position of another tenant, and made-up ones', async () => {
    const foreign = await callApi({ url: errand.url, apiKey: other.holder.key }, '/v1/events?after=now');
    expectProblem(await errand.call(`/v1/events?after=${foreign.body.position}`), 'bad-cursor');
    expectProblem(await errand.call('/v1/events?after=yesterday'), 'bad-cursor');
    expectProblem(await errand.call('/v1/events?type=succeeded'), 'invalid-request');
    const stream = { accept: 'text/event-stream' };
    const lastEventId = { ...stream, 'last-event-id': foreign.body.position };
    expectProblem(await errand.call('/v1/events', { headers: lastEventId }), 'bad-cursor');
  });

  test('shows nothing of another tenant', async () => {
    const job = await echo();
    await endedJob(errand, job.id);
    const foreign = { url: errand.url, apiKey: other.holder.key };
    expect((await callApi(foreign, `/v1/events?${ofJobs(job)}`)).body.items).toEqual([]);
    expect((await callApi(foreign, '/v1/events')).body.items).toEqual([]);
  });
});

describe('the event log as a stream', () => {
  test('follows several jobs until all have ended, and reports when no event follows', async () => {
    const after = await positionNow();
    const jobs = [await echo({ parameters: { sleepSeconds: 1 } }), await echo()];
    const path = `/v1/events?after=${after}&${ofJobs(...jobs)}`;
    const stream = await openStream(errand, path);
    expect([stream.status, stream.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    const received = await readStream(stream);
    const names = namesOf(received);
    expect(names.toSorted()).toEqual(
      [...['pending', 'executing', 'succeeded'].flatMap((name) => [name, name]), 'end'].toSorted(),
    );
    expect(names.at(-1)).toBe('end');
    const last = received.findLast(({ event }) => event !== 'end');
    for (const id of [received.at(-1)?.id, last?.id]) {
      const over = await errand.call(path, {
        headers: { accept: 'text/event-stream', 'last-event-id': id ?? '' },
      });
      expect(expectDocumented(over, 'listEvents').status).toBe(204);
    }
  });

  test('gives each event once to a reader that is cut off after every event', async () => {
    const after = await positionNow();
    const jobs = [await echo(), await echo()];
    const path = `/v1/events?after=${after}&${ofJobs(...jobs)}`;
    const received: SentEvent[] = [];
    for (let lastId: string | undefined; ; ) {
      const stream = await openStream(errand, path, lastId);
      if (stream.status === 204) break;
      for await (const one of stream.events) {
        if (one.id !== undefined) lastId = one.id;
        if (one.data === undefined) continue;
        received.push(one);
        break;
      }
      stream.leave();
    }
    const ids = received.filter(({ event }) => event !== 'end').map(({ data }) => JSON.parse(data ?? '').id);
    expect(ids).toHaveLength(6);
    expect(new Set(ids).size).toBe(6);
  });

  test('ends at once for jobs that ended before, and for jobs that do not exist', async () => {
    const { id } = await echo();
    await endedJob(errand, id);
    await until('its end is in the log', async () =>
      kindsOf((await list(`jobId=${id}`)).body.items).includes('succeeded'),
    );
    const unknown = id.replace(/.{4}$/, 'ffff');
    const stream = await openStream(errand, `/v1/events?after=now&jobId=${id},${unknown}`);
    expect(namesOf(await readStream(stream))).toEqual(['end']);
  });
});
