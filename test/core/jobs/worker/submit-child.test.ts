import { expect, it } from 'vitest';
import { tombstoneOf } from '../../../../core/jobs/tombstone.ts';
import { submitChild } from '../../../../core/jobs/worker/submit-child.ts';
import { executingJob } from '../../../support/executing-job.ts';
import { endedJob, lookAfter } from '../../../support/jobs.ts';
import { aService, testDeps } from '../../../support/test-deps.ts';
import { refusalOf, worker } from './worker-world.ts';

it('a sub-job is unauthenticated whether its parent was deleted or never existed', async () => {
  const deps = testDeps();
  await deps.services.insert(aService());
  const submit = () => submitChild(deps, { caller: worker, submission: { service: 'echo' }, lookAfter });
  expect(await refusalOf(submit())).toBe('unauthenticated');
  const { id, issuedTokens = [] } = executingJob();
  const job = endedJob('succeeded', { id, issuedTokens });
  await deps.jobs.insert(job);
  expect(await refusalOf(submit())).toBe('stale-attempt');
  const tombstone = tombstoneOf(job, { by: 'key-1', now: job.updatedAt });
  expect(tombstone.job).not.toHaveProperty('issuedTokens');
  expect(await deps.jobs.bury(tombstone, job.version)).toBe('buried');
  expect(await refusalOf(submit())).toBe('unauthenticated');
});
