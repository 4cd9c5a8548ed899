import { afterAll, beforeAll, expect, test } from 'vitest';
import { dynamoJobCounters } from '../../../aws/dynamodb/dynamo-job-counters.ts';
import { until } from '../../../local/test/fixture/until.ts';
import { jobIdAt } from '../../support/jobs/job-id.ts';
import { operatorClient } from '../../support/local-service/add-key.ts';
import { submitJob } from '../../support/local-service/ended-job.ts';
import { startTestErrand, type TestErrand } from '../../support/local-service/local-errand.ts';

let errand: TestErrand;
beforeAll(async () => {
  errand = await startTestErrand();
  const client = operatorClient(errand.cloud);
  const counters = dynamoJobCounters({ client, tableName: errand.cloud.output('Errand', 'TableName') });
  const day = new Date().toISOString().slice(0, 10);
  const ends = [20_000, 40_000].map((durationMs, index) => {
    return { jobId: jobIdAt(0, BigInt(index)), status: 'succeeded' as const, durationMs };
  });
  await counters.count({ tenant: errand.tenant, service: 'echo', day }, ends);
  client.destroy();
});
afterAll(() => errand?.end());

test('a running job, and its result, report the remaining part of the typical duration', async () => {
  const { id } = await submitJob(errand, { service: 'echo', parameters: { sleepSeconds: 60 } });
  for (const path of [`/v1/jobs/${id}`, `/v1/jobs/${id}/result`]) {
    const retryAfter = Number((await errand.call(path)).headers.get('retry-after'));
    expect(retryAfter).toBeGreaterThan(20);
    expect(retryAfter).toBeLessThanOrEqual(30);
  }
});

test('a submission reports the typical duration, once the function that serves it has cached the duration', async () => {
  const retryAfter = await until('the response is based on past jobs', async () => {
    const response = await errand.call('/v1/jobs', {
      body: { service: 'echo', parameters: { sleepSeconds: 60 } },
    });
    expect(response.status).toBe(202);
    await errand.call(`/v1/jobs/${response.body.id}/abort`, { method: 'POST' });
    const seconds = Number(response.headers.get('retry-after'));
    return seconds > 1 ? seconds : undefined;
  });
  expect(retryAfter).toBe(30);
});
