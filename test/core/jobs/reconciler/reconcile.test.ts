import { describe, expect, test } from 'vitest';
import type { Job } from '../../../../core/jobs/model/job.ts';
import { reconcile } from '../../../../core/jobs/reconciler/reconcile.ts';
import { queueJob } from '../../../../core/jobs/scheduling/queue-job.ts';
import { jobIdAt } from '../../../support/jobs/job-id.ts';
import { aJob, reconcileAfterMs, someTime } from '../../../support/jobs/jobs.ts';
import { aService, testDeps } from '../../../support/jobs/test-deps.ts';

async function world(jobs: readonly Job[]) {
  const deps = testDeps();
  for (const job of jobs) await deps.jobs.insert(job);
  await deps.clock.sleep(reconcileAfterMs);
  const runPass = (budgetEndsAt = Number.POSITIVE_INFINITY) => reconcile(deps, { budgetEndsAt });
  return { deps, runPass };
}

const many = (count: number) =>
  Array.from({ length: count }, (_, index) => aJob({ id: jobIdAt(someTime, BigInt(index)) }));

describe('reconcile', () => {
  test('checks every due job once, and no other job', async () => {
    const early = aJob({ id: jobIdAt(someTime, 9999n), nextCheckAt: someTime + reconcileAfterMs + 1 });
    const { deps, runPass } = await world([...many(450), early]);
    expect(await runPass()).toEqual({ checked: 450, failed: 0 });
    expect(new Set(deps.executions.starts.map(({ jobId }) => jobId)).size).toBe(450);
    expect(await runPass()).toEqual({ checked: 0, failed: 0 });
    expect(await deps.jobs.get({ tenant: 'local', jobId: early.id })).toEqual(early);
  });

  test('starts a job again that never started, with the next start number', async () => {
    const { deps, runPass } = await world([aJob()]);
    await runPass();
    expect(deps.executions.starts).toMatchObject([{ attempt: 1, start: 2, delaySeconds: 0 }]);
    expect(deps.lines).toEqual(['reconciled', 'Repaired not-started']);
  });

  describe('for a job that waits for capacity', () => {
    const waitingReason = { code: 'capacity', detail: 'full' } as const;
    const target = 'lambda:errand-service-echo';
    const waiting = async () => {
      const there = await world([aJob({ waitingReason })]);
      await there.deps.services.insert(aService({}, { used: true }));
      return there;
    };

    test('queues it once more while its target is congested, and starts nothing except a late probe', async () => {
      const { deps, runPass } = await waiting();
      await queueJob(deps, target, aJob({ id: jobIdAt(someTime, 7n) }));
      expect(deps.executions.starts).toHaveLength(1);
      await runPass();
      expect(deps.queues.waiting(target).map(({ jobId }) => jobId)).toContain(aJob().id);
      expect(deps.executions.starts.filter(({ probe }) => probe === undefined)).toEqual([]);
    });

    test('starts it when its target is no longer congested, and causes no congestion', async () => {
      const { deps, runPass } = await waiting();
      await runPass();
      expect(deps.executions.starts).toMatchObject([{ attempt: 1, start: 2 }]);
      expect(await deps.queues.read(target)).toBeUndefined();
    });
  });

  test('continues after jobs that cannot be read or written', async () => {
    const [one, two, three] = many(3);
    if (one === undefined || two === undefined || three === undefined) throw new Error('three jobs');
    const { deps, runPass } = await world([one, two, three]);
    const get: typeof deps.jobs.get = async (key) => {
      if (key.jobId === one.id) throw new Error('unreadable');
      return deps.jobs.get(key);
    };
    const replace: typeof deps.jobs.replace = async (job, version) => {
      if (job.id === two.id) throw new Error('throttled');
      return deps.jobs.replace(job, version);
    };
    const faulty = { ...deps, jobs: { ...deps.jobs, get, replace } };
    expect(await reconcile(faulty, { budgetEndsAt: Number.POSITIVE_INFINITY })).toEqual({
      checked: 3,
      failed: 2,
    });
    expect(deps.executions.starts.map(({ jobId }) => jobId)).toEqual([three.id]);
    expect(deps.lines.filter((line) => line === 'RepairFailed')).toHaveLength(2);
    expect(await runPass()).toEqual({ checked: 2, failed: 0 });
  });

  test('reaches the jobs after more broken ones than fit on a page', async () => {
    const jobs = many(250);
    const broken = new Set(jobs.slice(0, 220).map(({ id }) => id));
    const { deps } = await world(jobs);
    const get: typeof deps.jobs.get = async (key) => {
      if (broken.has(key.jobId)) throw new Error('unreadable');
      return deps.jobs.get(key);
    };
    const faulty = { ...deps, jobs: { ...deps.jobs, get } };
    const swept = await reconcile(faulty, { budgetEndsAt: Number.POSITIVE_INFINITY });
    expect(swept).toEqual({ checked: 250, failed: 220 });
  });

  test('starts no work after its deadline', async () => {
    const { deps, runPass } = await world([aJob()]);
    expect(await runPass(deps.clock.now())).toEqual({ checked: 0, failed: 0 });
  });

  test('does nothing twice when two passes run concurrently', async () => {
    const { deps, runPass } = await world(many(30));
    await Promise.all([runPass(), runPass()]);
    expect(deps.executions.starts).toHaveLength(30);
    expect(deps.executions.starts.every(({ start }) => start === 2)).toBe(true);
  });

  test('updates the job even when the start fails', async () => {
    const { deps, runPass } = await world([aJob()]);
    deps.executions.refuse(new Error('throttled'));
    expect(await runPass()).toEqual({ checked: 1, failed: 0 });
    const job = await deps.jobs.get({ tenant: 'local', jobId: aJob().id });
    expect(job).toMatchObject({ starts: 2, nextCheckAt: someTime + 2 * reconcileAfterMs });
  });

  test('counts each reconciled job by its cause', async () => {
    const limits = { attemptTimeoutSeconds: 60, queueTimeoutSeconds: 60, timeoutSeconds: 86_400 };
    const { deps, runPass } = await world([aJob({ limits })]);
    await runPass();
    expect(deps.lines).toContain('Repaired queue-timeout');
  });
});
