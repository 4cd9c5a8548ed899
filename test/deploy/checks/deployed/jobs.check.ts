import { beforeAll, expect, test } from 'vitest';
import type { JobBody } from '../../../support/local-service/ended-job.ts';
import { endOf } from '../../await-job.ts';
import { type Answer, startTestErrand, type TestErrand } from '../../deployed-errand.ts';
import { submitAndWait, submitJob } from '../../submit-job.ts';

let errand: TestErrand;
beforeAll(async () => {
  errand = await startTestErrand();
});

test.each([40_000, 900_000])('%i bytes of parameters are returned through the bucket', async (size) => {
  const parameters = { text: 'ä'.repeat(size / 2) };
  const job = await submitAndWait(errand, { service: 'echo', parameters });
  expect(job.status).toBe('succeeded');
  const response = await errand.call(`/v1/jobs/${job.id}/result`);
  const location = response.headers.get('location');
  expect(location === null ? response.body : await (await fetch(location)).json()).toEqual(parameters);
});

test('a stream of events ends with the job', async () => {
  const { id } = await submitJob(errand, { service: 'echo', parameters: { sleepSeconds: 1 } });
  const response = await errand.call(`/v1/jobs/${id}/events`, { headers: { accept: 'text/event-stream' } });
  const names = [...String(response.body).matchAll(/^event: (.*)$/gm)].map(([, name]) => name);
  expect(names[0]).toBe('snapshot');
  expect(names.slice(-2)).toEqual(['errand.job.succeeded', 'end']);
});

test('a bulk submission creates each job once, however often it is sent, and reports the rejected jobs', async () => {
  const jobs = [
    { service: 'echo', name: 'first', parameters: { n: 1 } },
    { service: 'nobody' },
    { service: 'echo', name: 'second', parameters: { n: 2 } },
  ];
  const send = () =>
    errand.call('/v1/jobs/batch', { body: { jobs }, headers: { 'idempotency-key': 'batch-1' } });
  const [first, again] = [await send(), await send()];
  const idsOf = ({ body }: Answer) => body.items.map((one: JobBody) => one.job?.id ?? one.problem.status);
  expect(idsOf(first)).toEqual([expect.any(String), 404, expect.any(String)]);
  expect(idsOf(again)).toEqual(idsOf(first));
  for (const { job } of first.body.items.filter((one: JobBody) => one.job))
    expect(await endOf(errand, job.id)).toMatchObject({ status: 'succeeded' });
});

test('calls under one key at the same time create one job', async () => {
  const headers = { 'idempotency-key': 'four-at-once' };
  const body = { service: 'echo', parameters: { once: true } };
  const responses = await Promise.all(
    Array.from({ length: 4 }, () => errand.call('/v1/jobs', { body, headers })),
  );
  expect(new Set(responses.map((one) => one.body.id)).size).toBe(1);
  const other = await errand.call('/v1/jobs', { body: { service: 'echo' }, headers });
  expect(other).toMatchObject({ status: 422 });
});

test('a long poll returns when the job ends, and with 202 when its wait ends first', async () => {
  expect(await submitAndWait(errand, { service: 'echo', parameters: { a: 1 } })).toMatchObject({
    result: { a: 1 },
  });
  const headers = { prefer: 'wait=1' };
  const body = { service: 'echo', parameters: { sleepSeconds: 8 } };
  const response = await errand.call('/v1/jobs', { body, headers });
  expect(response.status).toBe(202);
  expect(await endOf(errand, response.body.id)).toMatchObject({ status: 'succeeded' });
});

test('a job with large parameters is deleted with all its data, except its events', async () => {
  const { id } = await submitAndWait(errand, { service: 'echo', parameters: { text: 'x'.repeat(50_000) } });
  expect((await errand.call(`/v1/jobs/${id}`, { method: 'DELETE' })).status).toBe(204);
  expect((await errand.call(`/v1/jobs/${id}`)).status).toBe(410);
  await expect
    .poll(async () => (await errand.call(`/v1/jobs/${id}/events`)).body.items.at(-1).type)
    .toBe('errand.job.deleted');
});
