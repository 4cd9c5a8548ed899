import { expect, it } from 'vitest';
import { tombstoneOf } from '../../../../core/jobs/tombstone.ts';
import { submitChild } from '../../../../core/jobs/worker/submit-child.ts';
import { executingJob } from '../../../support/executing-job.ts';
import { endedJob, lookAfter } from '../../../support/jobs.ts';
import { aService, testDeps } from '../../../support/test-deps.ts';
import { worker } from './worker-world.ts';

it('tells the worker of a job that was deleted, and that of none, that it is so', async () => {
  const deps = testDeps();
  await deps.services.insert(aService());
  const submit = () => submitChild(deps, { caller: worker, submission: { service: 'echo' }, lookAfter });
  await expect(submit()).rejects.toMatchObject({ slug: 'not-found' });
  const job = endedJob('succeeded', { id: executingJob().id });
  await deps.jobs.insert(job);
  const tombstone = tombstoneOf(job, { by: 'key-1', now: job.updatedAt });
  expect(await deps.jobs.bury(tombstone, job.version)).toBe('buried');
  await expect(submit()).rejects.toMatchObject({ slug: 'job-deleted' });
});
