import { describe, expect, test } from 'vitest';
import { countJobs } from '../../../../core/events/count-jobs.ts';
import { eventsOf } from '../../../../core/events/publish-events.ts';
import { acceptDeletion } from '../../../../core/jobs/deletion/accept-deletion.ts';
import { deleteJob } from '../../../../core/jobs/deletion/delete-job.ts';
import type { Job } from '../../../../core/jobs/model/job.ts';
import { withWrite } from '../../../../core/jobs/model/transition-job.ts';
import {
  type RecordRerunsDeps,
  recordReruns,
  type StreamedChange,
} from '../../../../core/jobs/relations/record-reruns.ts';
import { wakeDependents } from '../../../../core/jobs/relations/wake-dependents.ts';
import { editJob } from '../../../../core/jobs/submission/edit-job.ts';
import { rerunJob } from '../../../../core/jobs/submission/rerun-job.ts';
import { everyInterleaving } from '../../../support/interleave.ts';
import { jobIdAt } from '../../../support/jobs/job-id.ts';
import { checkJob, checkWrite } from '../../../support/jobs/job-invariants.ts';
import { aJob, someTime } from '../../../support/jobs/jobs.ts';
import { type Deps, keyOf, relatedDeps, run, stored, submit } from './related-jobs.ts';

const tenant = 'local';
const never = { budgetEndsAt: Number.POSITIVE_INFINITY };

async function endedWorld(): Promise<{ readonly deps: Deps; readonly job: Job }> {
  const deps = await relatedDeps();
  return { deps, job: await run(deps, await submit(deps), 'failed') };
}

const rerunOf = async (deps: Deps, job: Job, changes = {}): Promise<Job> =>
  (await rerunJob(deps, { tenant, owner: 'key-2', jobId: job.id, changes })).job;

const deletionOf = (job: Job) => ({
  key: keyOf(job),
  by: 'me',
  dryRun: false,
  withChildren: false,
  meetsPrecondition: () => true,
});

/** The creations of jobs as the stream delivers them. */
const created = (...jobs: readonly Job[]): readonly StreamedChange[] =>
  jobs.map((after) => ({ position: after.id, after }));

describe('recordReruns', () => {
  test('records a rerun on the job that it reruns, a draft too', async () => {
    const { deps, job } = await endedWorld();
    for (const changes of [{}, { start: false }]) {
      const rerun = await rerunOf(deps, job, changes);
      const before = await stored(deps, job);
      expect(await recordReruns(deps, created(rerun), never)).toEqual([]);
      const after = await stored(deps, job);
      expect(after.rerunAs).toBe(rerun.id);
      expect(() => checkWrite(before, after)).not.toThrow();
    }
  });

  test('records the latest rerun, whatever the order and the number of deliveries', async () => {
    const { deps, job } = await endedWorld();
    const reruns: Job[] = [];
    for (let count = 0; count < 3; count += 1) {
      await deps.clock.sleep(1000);
      reruns.push(await rerunOf(deps, job));
    }
    const [first, second, third] = created(...reruns) as [StreamedChange, StreamedChange, StreamedChange]; // three were made
    for (const batch of [[second], [first], [second, first], [third, second], [first, third], [second]])
      expect(await recordReruns(deps, batch, never)).toEqual([]);
    expect((await stored(deps, job)).rerunAs).toBe(reruns[2]?.id);
    expect((await stored(deps, job)).version).toBe(job.version + 2);
  });

  test('costs one read and one write for all reruns of a job in a batch, and nothing for other changes', async () => {
    const { deps, job } = await endedWorld();
    const calls: string[] = [];
    const jobs: RecordRerunsDeps['jobs'] = {
      get: (key) => {
        calls.push('get');
        return deps.jobs.get(key);
      },
      replace: (next, version) => {
        calls.push('replace');
        return deps.jobs.replace(next, version);
      },
    };
    const reruns = [await rerunOf(deps, job), await rerunOf(deps, job)];
    await recordReruns({ ...deps, jobs }, created(...reruns), never);
    expect(calls).toEqual(['get', 'replace']);
    const [rerun = job] = reruns;
    const ended = await run(deps, rerun);
    const changes: readonly StreamedChange[] = [
      { position: '1', before: rerun, after: ended },
      { position: '2', after: job },
      { position: '3', before: ended },
    ];
    expect(await recordReruns({ ...deps, jobs }, changes, never)).toEqual([]);
    expect(calls).toHaveLength(2);
  });

  test('writes nothing that the stream publishes, counts or wakes', async () => {
    const { deps, job } = await endedWorld();
    await deps.jobs.replace(withWrite(job, someTime, { hasDependents: true }), job.version);
    const before = await stored(deps, job);
    await recordReruns(deps, created(await rerunOf(deps, job)), never);
    const after = await stored(deps, job);
    expect(after.nextCheckAt).toBe(before.nextCheckAt);
    expect(eventsOf({ position: '1', before, after }, 'https://api.test')).toEqual([]);
    await countJobs(deps, [{ position: '1', before, after }]);
    expect(await deps.counters.list({ tenant, limit: 10 })).toEqual([]);
    const links = { list: () => Promise.reject(new Error('nothing is to be woken')) };
    await wakeDependents({ ...deps, links }, [{ before, after }], never);
    expect(deps.lines).not.toContain('wake-failed');
  });

  test('ignores a job that was deleted, is being deleted, or belongs to another tenant', async () => {
    const { deps, job } = await endedWorld();
    const foreign = aJob({ tenant: 'stranger', rerunOf: job.id, id: jobIdAt(someTime + 5) });
    expect(await recordReruns(deps, created(foreign), never)).toEqual([]);
    expect((await stored(deps, job)).rerunAs).toBeUndefined();
    const rerun = await rerunOf(deps, job);
    const order = { by: 'me', withChildren: false, withOutputs: false, withInputs: false };
    await acceptDeletion(deps, keyOf(job), { ...order, planUntil: Number.POSITIVE_INFINITY });
    const accepted = await stored(deps, job);
    expect(await recordReruns(deps, created(rerun), never)).toEqual([]);
    expect(await stored(deps, job)).toEqual(accepted);
    await deleteJob(deps, deletionOf(job));
    expect(await recordReruns(deps, created(rerun), never)).toEqual([]);
    expect(await deps.jobs.get(keyOf(job))).toBeUndefined();
  });

  test('returns every change of a job that could not be written, and records all others', async () => {
    const { deps, job } = await endedWorld();
    const other = await run(deps, await submit(deps));
    const reruns = [await rerunOf(deps, job), await rerunOf(deps, other), await rerunOf(deps, job)];
    const jobs = {
      ...deps.jobs,
      replace: (next: Job, version: number) =>
        next.id === job.id ? Promise.reject(new Error('throttled')) : deps.jobs.replace(next, version),
    };
    const failed = await recordReruns({ ...deps, jobs }, created(...reruns), never);
    expect(failed).toEqual([reruns[0]?.id, reruns[2]?.id]);
    expect((await stored(deps, other)).rerunAs).toBe(reruns[1]?.id);
    expect(deps.lines).toContain('rerun-not-recorded');
    expect(await recordReruns(deps, created(...reruns), never)).toEqual([]);
    expect((await stored(deps, job)).rerunAs).toBe(reruns[2]?.id);
  });

  test('leaves what does not fit in its time to the next delivery', async () => {
    const { deps, job } = await endedWorld();
    const rerun = await rerunOf(deps, job);
    const late = { budgetEndsAt: deps.clock.now() };
    expect(await recordReruns(deps, created(rerun), late)).toEqual([rerun.id]);
    expect((await stored(deps, job)).rerunAs).toBeUndefined();
  });

  test('neither loses nor is lost by an edit, an earlier rerun or a deletion at the same time', async () => {
    const meetsPrecondition = () => true;
    const others: readonly ((job: Job, first: Job) => (deps: Deps) => Promise<unknown>)[] = [
      (job) => (deps) => editJob(deps, { key: keyOf(job), edit: { tags: ['edited'] }, meetsPrecondition }),
      (_, first) => (deps) => recordReruns(deps, created(first), never),
      (job) => (deps) => deleteJob(deps, deletionOf(job)),
    ];
    for (const [index, other] of others.entries()) {
      const orders = await everyInterleaving(['jobs'], async () => {
        const { deps, job } = await endedWorld();
        const first = await rerunOf(deps, job);
        await deps.clock.sleep(1000);
        const second = await rerunOf(deps, job);
        return {
          deps,
          processes: [(own) => recordReruns(own, created(second), never), other(job, first)],
          check: async () => {
            const after = await deps.jobs.get(keyOf(job));
            if (index === 2) return expect(after).toBeUndefined();
            checkJob(after as Job); // it was not deleted
            expect(after).toMatchObject({ rerunAs: second.id, ...(index === 0 ? { tags: ['edited'] } : {}) });
          },
        };
      });
      expect(orders).toBeGreaterThan(5);
    }
  });
});
