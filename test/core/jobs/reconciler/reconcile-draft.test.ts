import { expect, test } from 'vitest';
import { draftLifetimeMs } from '../../../../core/jobs/model/job-start.ts';
import { reconcile } from '../../../../core/jobs/reconciler/reconcile.ts';
import { editJob } from '../../../../core/jobs/submission/edit-job.ts';
import { draftWorld } from '../../../support/jobs/drafts.ts';
import { checkJob } from '../../../support/jobs/job-invariants.ts';

async function world() {
  const there = await draftWorld();
  const runPass = () => reconcile(there.deps, { budgetEndsAt: there.deps.clock.now() + 60_000 });
  return { ...there, runPass };
}

test.each([{}, { service: 'any' }])(
  'a job made of %j that nobody starts expires 30 days later',
  async (submission) => {
    const { deps, draft, stored, runPass } = await world();
    const job = await draft(submission);
    await deps.clock.sleep(draftLifetimeMs - 1);
    await runPass();
    expect(await stored(job.id)).toEqual(job);
    await deps.clock.sleep(1);
    await runPass();
    const after = await stored(job.id);
    if (after === undefined) throw new Error('gone');
    checkJob(after);
    expect(after).toMatchObject({ status: 'aborted', failure: { code: 'draft-expired', retryable: false } });
    expect(after).not.toHaveProperty('abort');
    expect(deps.executions.starts).toEqual([]);
  },
);

test('an edit extends the lifetime of a draft by 30 days, also when it changes the name only', async () => {
  const { deps, draft, stored, runPass } = await world();
  const job = await draft();
  await deps.clock.sleep(draftLifetimeMs - 1);
  const key = { tenant: 'local', jobId: job.id };
  await editJob(deps, { key, edit: { name: 'kept' }, meetsPrecondition: () => true });
  await deps.clock.sleep(draftLifetimeMs - 1);
  await runPass();
  expect((await stored(job.id))?.status).toBe('draft');
  await deps.clock.sleep(1);
  await runPass();
  expect((await stored(job.id))?.failure?.code).toBe('draft-expired');
});
