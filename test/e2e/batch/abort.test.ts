import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../../local/test/fixture/until.ts';
import { registerBatchService, withJobDefinitions } from '../../support/local-service/batch-jobs.ts';
import { startChangedErrand } from '../../support/local-service/changed-errand.ts';
import { endedJob, type JobBody, statesOf, submitJob } from '../../support/local-service/ended-job.ts';
import { expectDocumented } from '../../support/local-service/expect-documented.ts';
import type { TestErrand } from '../../support/local-service/local-errand.ts';

/** Runs until it is stopped. */
const endless = `setInterval(() => {}, 1000);`;

let errand: TestErrand;
beforeAll(async () => {
  errand = await startChangedErrand([withJobDefinitions({ 'errand-job-endless': endless })]);
  await registerBatchService(errand, 'endless', { jobDefinition: 'errand-job-endless' });
});
afterAll(() => errand?.end());

async function jobIn(status: string, submission: object): Promise<JobBody> {
  const { id } = await submitJob(errand, submission);
  return until(`job ${id} is ${status}`, async () => {
    const { body } = await errand.call(`/v1/jobs/${id}`);
    return body.status === status ? body : undefined;
  });
}

test('a running container is stopped, and the job is aborted when Batch has reported that', async () => {
  const { id } = await jobIn('executing', { service: 'endless' });
  const response = expectDocumented(
    await errand.call(`/v1/jobs/${id}/abort`, { method: 'POST', body: { reason: 'wrong file' } }),
    'abortJob',
  );
  expect(response).toMatchObject({
    status: 202,
    body: { status: 'aborting', abort: { stopped: 'terminated' } },
  });
  expect(await endedJob(errand, id)).toMatchObject({
    status: 'aborted',
    abort: { reason: 'wrong file', stopped: 'terminated' },
    error: { code: 'aborted' },
  });
  expect(await statesOf(errand, id)).toEqual(['pending', 'scheduled', 'executing', 'aborting', 'aborted']);
  const again = await errand.call(`/v1/jobs/${id}/abort`, { method: 'POST' });
  expect(again).toMatchObject({ status: 200, body: { status: 'aborted' } });
});
