import { beforeAll, describe, expect, test } from 'vitest';
import type { JobBody } from '../../../support/local-service/ended-job.ts';
import { endOf, stateOf } from '../../await-job.ts';
import { aws } from '../../aws.ts';
import { startTestErrand, type TestErrand } from '../../deployed-errand.ts';
import { output } from '../../deployment.ts';
import { submitAndWait, submitJob } from '../../submit-job.ts';

let errand: TestErrand;
beforeAll(async () => {
  errand = await startTestErrand();
});

describe('an attempt on Lambda', () => {
  test('that is aborted ends immediately, and the later return value of its function changes nothing', async () => {
    const { id } = await submitJob(errand, { service: 'echo', parameters: { sleepSeconds: 6 } });
    await stateOf(errand, id, 'executing');
    const response = await errand.call(`/v1/jobs/${id}/abort`, { body: { reason: 'enough' } });
    expect(response).toMatchObject({
      status: 200,
      body: { status: 'aborted', abort: { stopped: 'fenced' } },
    });
    await new Promise((resolve) => setTimeout(resolve, 7_000));
    const { body } = await errand.call(`/v1/jobs/${id}`);
    expect(body).toMatchObject({ status: 'aborted', version: response.body.version });
    expect(body).not.toHaveProperty('result');
  });

  test('that fails is retried as its policy states', async () => {
    const retry = { maxAttempts: 3, backoffSeconds: 1 };
    const job = await submitJob(errand, { service: 'flaky', parameters: { failures: 2 }, retry });
    expect(await endOf(errand, job.id)).toMatchObject({ status: 'succeeded', attempt: 3 });
    const { items } = (await errand.call(`/v1/jobs/${job.id}/attempts`)).body;
    expect(items.map((one: JobBody) => one.status)).toEqual(['failed', 'failed', 'succeeded']);
  });

  test('that takes too long is timed out', async () => {
    const limits = { attemptTimeoutSeconds: 2, retry: { maxAttempts: 1 } };
    const { id } = await submitJob(errand, { service: 'echo', parameters: { sleepSeconds: 10 }, ...limits });
    expect(await endOf(errand, id)).toMatchObject({ status: 'error', error: { code: 'timeout' } });
  });

  test('with a long limit runs in the Standard state machine', async () => {
    const { id } = await submitAndWait(errand, {
      service: 'echo',
      parameters: {},
      attemptTimeoutSeconds: 600,
    });
    const machine = { stateMachineArn: output('Errand', 'StandardRouterArn') };
    const { executions } = await aws('stepfunctions', 'ListExecutions', machine);
    expect(executions.filter((one: { name: string }) => one.name.startsWith(id))).toHaveLength(1);
    expect(await endOf(errand, id)).toMatchObject({ status: 'succeeded' });
  });

  test('whose function throws an error of its own fails with its name and message', async () => {
    const job = await submitAndWait(errand, { service: 'csv-profile@1.0.0', parameters: { csv: 'a,b\n1,"2\n' } });
    expect(job).toMatchObject({ status: 'failed', error: { code: 'service-failed' } });
    expect(job.error.detail).toMatch(/^malformed-csv: /);
  });

  test('reports progress and submits sub-jobs at the function URL', async () => {
    const parent = await submitJob(errand, { service: 'fan-out', parameters: { count: 3 } });
    expect(await endOf(errand, parent.id)).toMatchObject({ status: 'succeeded' });
    const { items } = (await errand.call(`/v1/jobs/${parent.id}/children`)).body;
    for (const child of items) expect(await endOf(errand, child.id)).toMatchObject({ status: 'succeeded' });
    expect(items).toHaveLength(3);
  });
});
