import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Job } from '../../../core/jobs/model/job.ts';
import { listRefusals } from '../../../core/operations/list-refusals.ts';
import { type JobWork, type Operation, treatedJobs } from '../../../core/operations/model/operation.ts';
import { incidents, runWith } from '../../support/operations/incidents.ts';
import {
  type OperationDeps,
  operationWorld,
  startOperation,
  storedOperation,
  workUntilIdle,
} from '../../support/operations/operation-world.ts';

type Status = 'succeeded' | 'failed' | 'aborted' | 'pending';

const works: fc.Arbitrary<JobWork> = fc.constantFrom<JobWork>(
  { action: 'abort' },
  { action: 'rerun', changes: {} },
  { action: 'delete', withChildren: true, withOutputs: false, withInputs: false },
  { action: 'tag', addTags: ['new'], removeTags: [] },
);

const jobStatuses = fc.array(fc.constantFrom<Status>('succeeded', 'failed', 'aborted', 'pending'), {
  minLength: 1,
  maxLength: 70,
});

test('an operation treats each matched job once, whatever interrupts the processes that work on it', async () => {
  await fc.assert(
    fc.asyncProperty(works, jobStatuses, incidents, async (work, statuses, sequence) => {
      const { deps, jobs } = await operationWorld(statuses);
      const operation = await startOperation(deps, work);
      const left = [...sequence];
      await workUntilIdle(deps, (_, key) => runWith(deps, key, left.shift()));
      const ended = await storedOperation(deps, operation);
      expect(ended.status).toBe(ended.abort === undefined ? 'succeeded' : ended.status);
      await expectOutcomes(deps, jobs, ended);
      await expectRefusals(deps, jobs, ended);
      expect(new Set(deps.events.map((event) => JSON.stringify(event))).size).toBe(1);
    }),
    { numRuns: 800 },
  );
}, 120_000);

function isRefused({ status }: Job, { work }: Operation): boolean {
  if (work.action === 'abort') return status === 'succeeded' || status === 'failed';
  return work.action !== 'tag' && status === 'pending';
}

/** The order in which the operation treats the jobs. */
function inOrder(jobs: readonly Job[], { work }: Operation): readonly Job[] {
  return work.action === 'delete' ? jobs.toReversed() : jobs;
}

async function expectOutcomes(deps: OperationDeps, jobs: readonly Job[], ended: Operation): Promise<void> {
  const treated = inOrder(jobs, ended).slice(0, treatedJobs(ended));
  if (ended.status === 'succeeded') expect(ended).toMatchObject({ matched: jobs.length });
  if (ended.status === 'succeeded') expect(treated).toHaveLength(jobs.length);
  const refused = treated.filter((job) => isRefused(job, ended)).length;
  expect(ended).toMatchObject({ done: treated.length - refused, refused, failed: 0 });
  for (const job of jobs) {
    const isTreated = treated.includes(job) && !isRefused(job, ended);
    expect(await hasEffect(deps, job, ended)).toBe(isTreated);
  }
}

/** Whether the operation changed a job; a job that was aborted before counts as changed if it was treated. */
async function hasEffect(deps: OperationDeps, job: Job, { work, ...ended }: Operation): Promise<boolean> {
  const { tenant, id: jobId } = job;
  const stored = await deps.jobs.get({ tenant, jobId });
  if (work.action === 'delete') return stored === undefined;
  if (work.action === 'tag') return stored?.tags.filter((tag) => tag === 'new').length === 1;
  if (work.action === 'rerun') return (await rerunsOf(deps, job)) === 1;
  if (job.status !== 'aborted') return stored?.status === 'aborted';
  const before = treatedJobs({ ...ended });
  return Number.parseInt(jobId.slice(-12), 16) < before;
}

async function rerunsOf(deps: OperationDeps, { tenant, id }: Job): Promise<number> {
  const { jobs } = await deps.jobs.list({ tenant, limit: 1000 });
  const count = jobs.filter(({ rerunOf }) => rerunOf === id).length;
  expect(count).toBeLessThan(2);
  return count;
}

async function expectRefusals(deps: OperationDeps, jobs: readonly Job[], ended: Operation): Promise<void> {
  const key = { tenant: ended.tenant, operationId: ended.id };
  const listed: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listRefusals(deps, { key, cursor, limit: 7 });
    listed.push(...page.refusals.map(({ jobId = '' }) => jobId));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  const treated = inOrder(jobs, ended).slice(0, treatedJobs(ended));
  expect(listed).toEqual(treated.filter((job) => isRefused(job, ended)).map(({ id }) => id));
}
