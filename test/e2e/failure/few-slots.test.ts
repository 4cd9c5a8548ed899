import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { registerExamples } from '../../../bin/register-examples.ts';
import { addKey, newTenant } from '../../support/local-service/add-key.ts';
import { reservedConcurrency } from '../../support/local-service/assembly-changes.ts';
import { startChangedErrand } from '../../support/local-service/changed-errand.ts';
import { callApi, type TestErrand } from '../../support/local-service/local-errand.ts';

const other = newTenant();
interface Job {
  readonly id: string;
  readonly status: string;
  readonly attempt: number;
  readonly startedAt: string;
  readonly waitingReason?: { readonly code: string };
}

describe('a function with three concurrent invocations', () => {
  const backlog = 24;
  let errand: TestErrand;
  beforeAll(async () => {
    errand = await startChangedErrand([reservedConcurrency('errand-service-echo', 3)]);
    await addKey(errand.cloud, other.holder);
    await registerExamples({ ...errand, apiKey: other.holder.key });
  });
  afterAll(() => errand?.end());

  const submission = { service: 'echo', parameters: { sleepSeconds: 0.5 } };
  const ended = (job: Job) => ['succeeded', 'failed', 'error', 'aborted'].includes(job.status);
  const listOf = async (apiKey = errand.apiKey) =>
    (await callApi({ ...errand, apiKey }, '/v1/jobs?limit=100')).body.items as readonly Job[];

  test('runs all jobs with one attempt each, and one of another tenant before most of a backlog', async () => {
    await errand.call('/v1/jobs/batch', {
      body: { jobs: Array.from({ length: backlog }, () => submission) },
    });
    await expect
      .poll(
        async () => (await listOf()).filter(({ waitingReason }) => waitingReason?.code === 'capacity').length,
      )
      .toBeGreaterThan(backlog / 2);
    const accepted = await callApi({ ...errand, apiKey: other.holder.key }, '/v1/jobs', { body: submission });
    expect(accepted.status).toBe(202);
    await expect.poll(async () => (await listOf()).every(ended), { timeout: 60_000 }).toBe(true);
    const jobs = await listOf();
    expect(jobs).toHaveLength(backlog);
    expect(new Set(jobs.map(({ status, attempt }) => `${status} ${attempt}`))).toEqual(
      new Set(['succeeded 1']),
    );
    const [single] = await listOf(other.holder.key);
    const startedLater = jobs.filter(({ startedAt }) => startedAt > (single?.startedAt ?? ''));
    expect(single?.status).toBe('succeeded');
    expect(startedLater.length).toBeGreaterThan(backlog / 3);
  });

  test('publishes that an attempt was released, and then that it runs under the same number', async () => {
    const given = await Promise.all(
      (await listOf()).map(async ({ id }) => {
        const { body } = await errand.call(`/v1/jobs/${id}/events`);
        return body.items.map(
          ({ data }: { data: { status: string; attempt: number } }) => `${data.status} ${data.attempt}`,
        );
      }),
    );
    const back = given.filter((events) => events.includes('pending 0') && events.length > 3);
    expect(back.length).toBeGreaterThan(0);
    for (const events of back) {
      expect(events.slice(0, 3)).toEqual(['pending 0', 'executing 1', 'pending 0']);
      expect(events.slice(-2)).toEqual(['executing 1', 'succeeded 1']);
    }
  });
});
