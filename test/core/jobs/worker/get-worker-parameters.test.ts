import { describe, expect, test } from 'vitest';
import { storeJson } from '../../../../core/jobs/records/stored-json.ts';
import { getWorkerParameters } from '../../../../core/jobs/worker/get-worker-parameters.ts';
import { executingJob } from '../../../support/jobs/executing-job.ts';
import { abortingJob, older, refusalOf, scheduledJob, worker, workerWorld } from './worker-world.ts';

const location = { tenant: 'local', jobId: worker.key.jobId, role: 'parameters' } as const;
const textOf = (bytes: number) => JSON.stringify('x'.repeat(bytes - 2));

async function worldWith(json: string) {
  const { deps } = await workerWorld();
  const parameters = await storeJson(deps.objects, location, json);
  return { ...deps, jobs: { get: async () => executingJob({ parameters }) } };
}

describe('the parameters for a worker', () => {
  test.each([2, 4096, 4097, 102_400])('of %i bytes are returned inline', async (bytes) => {
    const json = textOf(bytes);
    expect(await getWorkerParameters(await worldWith(json), worker)).toEqual({ kind: 'value', json });
  });

  test('above 100 KB are returned as a URL', async () => {
    const result = await getWorkerParameters(await worldWith(textOf(102_401)), worker);
    expect(result).toMatchObject({ kind: 'url', url: expect.stringMatching(/expires=900$/) });
  });

  test('are returned only to the holder of the attempt, also while it is being stopped', async () => {
    for (const job of [executingJob(), abortingJob()]) {
      const { deps } = await workerWorld(job);
      expect(await getWorkerParameters(deps, worker)).toEqual({ kind: 'value', json: '{}' });
      expect(await refusalOf(getWorkerParameters(deps, older))).toBe('stale-attempt');
    }
  });

  test('can be read before the first report, and the read changes nothing', async () => {
    const { deps, stored } = await workerWorld(scheduledJob());
    await getWorkerParameters(deps, { ...worker, workerId: 'batch-1' });
    expect(await stored()).toEqual(scheduledJob());
  });
});
