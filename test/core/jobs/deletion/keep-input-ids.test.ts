import { expect, test } from 'vitest';
import { deleteJob } from '../../../../core/jobs/deletion/delete-job.ts';
import type { Job, JobInputs } from '../../../../core/jobs/model/job.ts';
import { withWrite } from '../../../../core/jobs/model/transition-job.ts';
import { storeJson } from '../../../../core/jobs/records/stored-json.ts';
import { updateJob } from '../../../../core/jobs/records/update-job.ts';
import { jobIdAt } from '../../../support/jobs/job-id.ts';
import {
  allJobs,
  type Deps,
  dyingAnywhere,
  interrupted,
  keyOf,
  relatedDeps,
  run,
  runReconciler,
  submit,
} from '../relations/related-jobs.ts';

/** An ended job with this number of inputs; their names take 300 bytes each. */
async function endedWithInputs(count: number) {
  const deps = await relatedDeps();
  const { id, tenant } = await run(deps, await submit(deps));
  const ids = Array.from({ length: count }, (_, index) => jobIdAt(index));
  const inputs: JobInputs = {
    tables: ids.map((id) => ({ id, name: 'n'.repeat(300), mediaType: 'text/csv', sizeBytes: 1 })),
  };
  const stored = await storeJson(deps.objects, { tenant, jobId: id, role: 'inputs' }, JSON.stringify(inputs));
  const job = await updateJob(deps.jobs, { tenant, jobId: id }, (job) => {
    if (job === undefined) throw new Error('The job is missing');
    const next = withWrite(job, deps.clock.now(), { inputs: stored });
    return { next, result: next };
  });
  return { deps, job, inputIds: { tables: ids } };
}

function remove(deps: Deps, job: Job) {
  const rest = { by: 'key-2', withChildren: false, dryRun: false, meetsPrecondition: () => true };
  return deleteJob(deps, { key: keyOf(job), ...rest });
}

test.each([
  ['in its record', 2, 'inline'],
  ['in an object', 100, 'object'],
] as const)('a deleted job with inputs %s keeps only their IDs', async (_, count, kind) => {
  const { deps, job, inputIds } = await endedWithInputs(count);
  expect(job.inputs?.kind).toBe(kind);
  expect(await remove(deps, job)).toEqual({ kind: 'deleted' });
  expect(deps.objects.keys()).toEqual([]);
  const tombstone = await deps.jobs.tombstone(keyOf(job));
  expect(tombstone?.inputIds).toEqual(inputIds);
  expect(JSON.stringify(tombstone)).not.toContain('nnn');
});

test('a deleted job without inputs keeps none', async () => {
  const deps = await relatedDeps();
  const job = await run(deps, await submit(deps));
  await remove(deps, job);
  expect(await deps.jobs.tombstone(keyOf(job))).not.toHaveProperty('inputIds');
});

test('a deletion whose process died anywhere keeps the IDs of the inputs', async () => {
  const calls = await dyingAnywhere(
    () => endedWithInputs(100),
    (deps, { job }) => remove(deps, job),
    async ({ deps, job, inputIds }) => {
      const left = await deps.jobs.get(keyOf(job));
      // Before its first write the deletion was not accepted.
      if (left !== undefined && left.cascade === undefined) await remove(deps, job);
      await runReconciler(deps, 3);
      expect(await allJobs(deps)).toEqual([]);
      expect((await deps.jobs.tombstone(keyOf(job)))?.inputIds).toEqual(inputIds);
    },
  );
  expect(calls).toBeGreaterThan(5);
});

test('two deletions that meet anywhere keep the IDs of the inputs', async () => {
  for (let at = 1; ; at += 1) {
    const { deps, job, inputIds } = await endedWithInputs(100);
    let met = false;
    const { deps: watched } = interrupted(deps, at, async () => {
      met = true;
      await remove(deps, job);
    });
    await remove(watched, job).catch((error: { slug?: string }) => expect(error.slug).toBe('job-deleted'));
    expect((await deps.jobs.tombstone(keyOf(job)))?.inputIds).toEqual(inputIds);
    if (!met) break;
  }
});

test('an accepted deletion deletes nothing while the object with the inputs cannot be read', async () => {
  const { deps, job, inputIds } = await endedWithInputs(100);
  const get: typeof deps.objects.get = async (key, accepts) => {
    if ((await deps.jobs.get(keyOf(job)))?.cascade?.accepted === true) throw new Error('throttled');
    return deps.objects.get(key, accepts);
  };
  const failing = { ...deps, objects: { ...deps.objects, get } };
  await expect(remove(failing, job)).rejects.toThrow('throttled');
  expect(deps.objects.keys()).toHaveLength(1);
  await runReconciler(deps, 3);
  expect(await allJobs(deps)).toEqual([]);
  expect((await deps.jobs.tombstone(keyOf(job)))?.inputIds).toEqual(inputIds);
});
