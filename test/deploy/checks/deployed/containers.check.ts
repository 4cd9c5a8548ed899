import { beforeAll, describe, expect, test } from 'vitest';
import type { JobBody } from '../../../support/local-service/ended-job.ts';
import { endOf, stateOf } from '../../await-job.ts';
import { startTestErrand, type TestErrand } from '../../deployed-errand.ts';

let errand: TestErrand;
beforeAll(async () => {
  errand = await startTestErrand();
});

async function submit(submission: object, headers = {}): Promise<JobBody> {
  const response = await errand.call('/v1/jobs', { body: submission, headers });
  expect([200, 202], JSON.stringify(response.body)).toContain(response.status);
  return response.body;
}

const statuses = async (id: string) =>
  (await errand.call(`/v1/jobs/${id}/events`)).body.items.map((one: JobBody) => one.data.status);

describe('an attempt on AWS Batch', () => {
  test('in Python passes through its states and returns its result', async () => {
    const parameters = { text: 'one two two three three three', top: 1, steps: 2 };
    const { id } = await submit({ service: 'python-batch', parameters });
    const job = await endOf(errand, id);
    expect(job).toMatchObject({ status: 'succeeded', result: { commonest: [{ word: 'three', count: 3 }] } });
    expect(await statuses(id)).toEqual(['pending', 'scheduled', 'executing', 'succeeded']);
    const logs = await errand.call(`/v1/jobs/${id}/logs`);
    expect(logs.status).toBe(200);
  });

  test('that is aborted is terminated', async () => {
    const parameters = { duration_seconds: 60, target_cpu_percent: 1 };
    const { id } = await submit({ service: 'cpu-load-batch', parameters });
    await stateOf(errand, id, 'executing');
    await errand.call(`/v1/jobs/${id}/abort`, { method: 'POST' });
    expect(await endOf(errand, id)).toMatchObject({ status: 'aborted', abort: { stopped: 'terminated' } });
  });

  test('without its job definition is misconfigured', async () => {
    const dispatcher = { kind: 'batch', jobDefinition: 'errand-job-of-nobody' };
    const path = '/v1/services/of-nobody/versions/1.0.0';
    expect((await errand.call(path, { method: 'PUT', body: { parameters: {}, dispatcher } })).status).toBe(
      201,
    );
    const { id } = await submit({ service: 'of-nobody' });
    expect(await endOf(errand, id)).toMatchObject({ status: 'error', error: { code: 'misconfigured' } });
  });
});
