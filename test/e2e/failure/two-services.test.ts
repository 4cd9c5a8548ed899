import { afterAll, beforeAll, expect, test } from 'vitest';
import { endedJob, submitJob } from '../../support/local-service/ended-job.ts';
import { callApi, startOwnErrand, type TestErrand } from '../../support/local-service/local-errand.ts';

const started: TestErrand[] = [];

beforeAll(async () => {
  const starts = await Promise.allSettled([startOwnErrand(), startOwnErrand()]);
  for (const start of starts) if (start.status === 'fulfilled') started.push(start.value);
  for (const start of starts) if (start.status === 'rejected') throw start.reason;
});

afterAll(async () => {
  for (const errand of started) await errand.end();
});

function both(): readonly [TestErrand, TestErrand] {
  const [left, right] = started;
  if (left === undefined || right === undefined) throw new Error('two services were started');
  return [left, right];
}

async function runTen(errand: TestErrand, mark: string): Promise<readonly string[]> {
  const jobs = await Promise.all(
    Array.from({ length: 10 }, () => submitJob(errand, { service: 'echo', parameters: { mark } })),
  );
  for (const { id } of jobs)
    expect(await endedJob(errand, id)).toMatchObject({ status: 'succeeded', result: { mark } });
  return jobs.map(({ id }) => id);
}

async function listed(errand: TestErrand): Promise<readonly string[]> {
  const { body } = await errand.call('/v1/jobs?limit=100');
  return body.items.map(({ id }: { id: string }) => id).sort();
}

test('two services that run concurrently keep their jobs, keys and shutdowns separate', async () => {
  const [left, right] = both();
  const [lefts, rights] = await Promise.all([runTen(left, 'left'), runTen(right, 'right')]);
  expect(await listed(left)).toEqual([...lefts].sort());
  expect(await listed(right)).toEqual([...rights].sort());
  expect((await left.call(`/v1/jobs/${rights[0]}`)).status).toBe(404);
  expect((await callApi({ url: left.url, apiKey: right.apiKey }, '/v1/jobs')).status).toBe(401);

  await left.stop();
  await expect(left.call('/v1/health')).rejects.toThrow('fetch failed');
  expect(await runTen(right, 'alone')).toHaveLength(10);
});
