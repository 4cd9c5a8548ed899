import { afterAll, beforeAll, expect, test } from 'vitest';
import { registerBatchService, withJobDefinitions } from '../../support/local-service/batch-jobs.ts';
import { startChangedErrand } from '../../support/local-service/changed-errand.ts';
import { endedJob, statesOf, submitJob } from '../../support/local-service/ended-job.ts';
import type { TestErrand } from '../../support/local-service/local-errand.ts';

/** Does what its parameters request, and reports nothing. */
const silent = `
const { exitCode = 0, mustHave = [] } = JSON.parse(process.env.ERRAND_PARAMETERS ?? '{}');
for (const name of mustHave) if (!process.env[name]) process.exit(70);
process.exit(exitCode);
`;

let errand: TestErrand;
beforeAll(async () => {
  errand = await startChangedErrand([withJobDefinitions({ 'errand-job-silent': silent })]);
  await registerBatchService(errand, 'silent', { jobDefinition: 'errand-job-silent' });
  await registerBatchService(errand, 'missing', { jobDefinition: 'errand-job-missing' });
});
afterAll(() => errand?.end());

test('a container that exits with 0 and reports nothing has succeeded', async () => {
  const mustHave = [
    'ERRAND_JOB_ID',
    'ERRAND_ATTEMPT',
    'ERRAND_WORKER_URL',
    'ERRAND_WORKER_TOKEN',
    'TRACEPARENT',
  ];
  const { id } = await submitJob(errand, { service: 'silent', parameters: { mustHave } });
  expect(await endedJob(errand, id)).toMatchObject({ status: 'succeeded', attempt: 1, result: null });
  expect(await statesOf(errand, id)).toEqual(['pending', 'scheduled', 'executing', 'succeeded']);
  const { body } = await errand.call(`/v1/jobs/${id}/attempts`);
  expect(body.items).toMatchObject([{ number: 1, dispatcherId: expect.stringMatching(/^[0-9a-f-]{36}$/) }]);
});

test('a container that exits with a code other than 0 has failed', async () => {
  const { id } = await submitJob(errand, { service: 'silent', parameters: { exitCode: 3 } });
  expect(await endedJob(errand, id)).toMatchObject({
    status: 'failed',
    error: { code: 'service-failed', exitCode: 3 },
  });
});

test('a job definition that does not exist ends the job at its first attempt', async () => {
  const { id } = await submitJob(errand, { service: 'missing' });
  expect(await endedJob(errand, id)).toMatchObject({
    status: 'error',
    attempt: 1,
    error: {
      code: 'misconfigured',
      detail: 'The job definition errand-job-missing does not exist or has no active revision',
    },
  });
  expect(await statesOf(errand, id)).toEqual(['pending', 'scheduled', 'error']);
});
