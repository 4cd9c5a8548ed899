import { describe, expect, test } from 'vitest';
import { deleteJob } from '../../../../core/jobs/deletion/delete-job.ts';
import type { Job } from '../../../../core/jobs/model/job.ts';
import { abortJob } from '../../../../core/jobs/relations/abort-job.ts';
import { getWorkerInputs } from '../../../../core/jobs/worker/get-worker-inputs.ts';
import { executingJob } from '../../../support/jobs/executing-job.ts';
import { worker } from '../worker/worker-world.ts';
import { type InputWorld, inputWorld, keyOf } from './input-world.ts';

async function removeJob({ deps }: InputWorld, job: Job) {
  await abortJob(deps, { key: keyOf(job), by: 'me' });
  const order = { by: 'me', withChildren: false, dryRun: false, meetsPrecondition: () => true };
  return deleteJob(deps, { key: keyOf(job), ...order });
}

describe('the deletion of a job with inputs', () => {
  test.each([1, 40])('removes its links to %i inputs, so that these can be deleted', async (count) => {
    const world = await inputWorld();
    const table = await world.uploaded();
    const extras = await Promise.all(Array.from({ length: count }, () => world.uploaded()));
    const job = await world.submit({ inputs: { table: [table.id], extras: extras.map(({ id }) => id) } });
    expect(job.inputs?.kind).toBe(count === 1 ? 'inline' : 'object');
    const other = await world.submit({ inputs: { table: [table.id] } });
    expect(await removeJob(world, job)).toEqual({ kind: 'deleted' });
    for (const extra of extras) {
      expect(
        await world.deps.links.list({ tenant: 'local', kind: 'use', anchorId: extra.id, limit: 1 }),
      ).toEqual({
        links: [],
      });
      await world.remove(extra);
    }
    expect(await world.usersOf(table)).toEqual([other.id]);
  });
});

const echo = { name: 'echo', version: '1.0.0' };
const profile = { name: 'profile', version: '1.0.0' };

describe('the inputs for a worker', () => {
  test('have URLs from which their content can be read', async () => {
    const world = await inputWorld();
    const table = await world.uploaded();
    const { inputs } = await world.submit({ inputs: { table: [table.id] } });
    if (inputs === undefined) throw new Error('The job has no inputs');
    await world.deps.jobs.insert(executingJob({ inputs, service: profile }));
    const read = await getWorkerInputs(world.deps, worker);
    expect(read).toMatchObject({
      table: [{ id: table.id, name: 'table.csv', mediaType: 'text/csv', sizeBytes: 8 }],
      extras: [],
    });
    const response = await world.deps.contents.fetch(read['table']?.[0]?.url ?? '');
    expect(await response.text()).toBe('a,b\n1,2\n');
  });

  test('list the empty slots of a job without inputs, and no slots if its service has none', async () => {
    for (const [service, slots] of [
      [profile, { table: [], extras: [] }],
      [echo, {}],
    ] as const) {
      const world = await inputWorld();
      await world.deps.jobs.insert(executingJob({ service }));
      expect(await getWorkerInputs(world.deps, worker)).toEqual(slots);
    }
  });
});
