import { describe, expect, test } from 'vitest';
import { uploadOf } from '../../../../core/jobs/attempts/uploaded-result.ts';
import type { Job } from '../../../../core/jobs/model/job.ts';
import { reconcile } from '../../../../core/jobs/reconciler/reconcile.ts';
import { batchJob, claimTime, runningOnBatch } from '../../../support/jobs/batch-attempts.ts';
import { jobIdAt } from '../../../support/jobs/job-id.ts';
import { aJob, reconcileAfterMs, someTime } from '../../../support/jobs/jobs.ts';
import { aService, testDeps } from '../../../support/jobs/test-deps.ts';

type Deps = ReturnType<typeof testDeps>;

const startedAt = claimTime + 1000;
const nextCheckAt = startedAt + reconcileAfterMs;
const passMilliseconds = 37_000;

/** Jobs that AWS Batch has ended without an event; each has uploaded a result. */
async function world(count: number) {
  const deps = testDeps();
  const dispatcher = { kind: 'batch', jobDefinition: 'errand-job-echo' } as const;
  const result = { items: { required: ['a', 'b', 'c', 'd', 'e', 'f'] } };
  await deps.services.insert(aService({ dispatcher, result }, { used: true }));
  const jobs: Job[] = [];
  for (let index = 0; index < count; index += 1) {
    const id = jobIdAt(someTime, BigInt(index));
    const dispatcherId = `batch-${index}`;
    const job = runningOnBatch({ id, dispatcherId, nextCheckAt });
    await deps.jobs.insert(job);
    deps.batch.put(batchJob({ dispatcherId, status: 'SUCCEEDED', startedAt }, job));
    const claim = { executionDigest: 'A', tokenDigest: 'digest-of-the-first-token' };
    await deps.objects.put(uploadOf({ ...job, claim }).key, '[]');
    jobs.push(job);
  }
  await deps.clock.sleep(nextCheckAt - deps.clock.now());
  const stored = async ({ tenant, id }: Job) => {
    const found = await deps.jobs.get({ tenant, jobId: id });
    if (found === undefined) throw new Error('The job is gone');
    return found;
  };
  return { deps, jobs, stored };
}

function pass(deps: Deps) {
  return reconcile(deps, { budgetEndsAt: deps.clock.now() + passMilliseconds });
}

/** Replaces how the store returns a result to the reconciler. */
function meeting(deps: Deps, get: Deps['objects']['get']): Deps {
  return { ...deps, objects: { ...deps.objects, get } };
}

describe('an end on AWS Batch without an event', () => {
  test('is applied after the next check was postponed, so that a pass that dies does not process it first again', async () => {
    const { deps, jobs, stored } = await world(3);
    const [poison] = jobs;
    if (poison === undefined) throw new Error('a job');
    const now = deps.clock.now();
    let died: Job | undefined;
    const deadly = meeting(deps, async (key, accepts) => {
      if (!key.includes(poison.id)) return deps.objects.get(key, accepts);
      died = await stored(poison);
      // After a death, nothing more happens in this pass.
      return new Promise(() => undefined);
    });
    void pass(deadly);
    await expect.poll(() => died?.nextCheckAt).toBe(now + reconcileAfterMs);
    expect(died).toMatchObject({ status: 'executing', applyEndTries: 1 });
    await pass(deadly);
    expect((await Promise.all(jobs.map(stored))).map(({ status }) => status)).toEqual([
      'executing',
      'succeeded',
      'succeeded',
    ]);
  });

  test('is retried after pauses that double, until the attempt has exceeded its limit by ten minutes', async () => {
    const { deps, jobs, stored } = await world(1);
    const [job] = jobs;
    if (job === undefined) throw new Error('a job');
    const broken = meeting(deps, async () => {
      throw new Error('no storage');
    });
    const pauses: number[] = [];
    for (let found = await stored(job); found.status === 'executing'; found = await stored(job)) {
      await deps.clock.sleep((found.nextCheckAt ?? 0) - deps.clock.now());
      await pass(broken);
      pauses.push((((await stored(job)).nextCheckAt ?? 0) - deps.clock.now()) / reconcileAfterMs);
    }
    expect(pauses.slice(0, 5)).toEqual([1, 2, 4, 8, 16]);
    expect(pauses.length).toBeLessThan(12);
    const ended = await stored(job);
    expect(ended).not.toHaveProperty('applyEndTries');
    expect([ended.failure, ...ended.endedAttempts.map(({ failure }) => failure)]).toContainEqual(
      expect.objectContaining({
        code: 'lost',
        detail: expect.stringMatching(/failed to apply it in \d tries/),
      }),
    );
  });

  test('is processed after all other due jobs, and two slow ones leave the pass time to end', async () => {
    const { deps, jobs, stored } = await world(6);
    const late = aJob({ id: jobIdAt(someTime, 99n) });
    await deps.jobs.insert(late);
    const startsBefore: number[] = [];
    const slow = meeting(deps, async (key, accepts) => {
      startsBefore.push(deps.executions.starts.length);
      await deps.clock.sleep(12_000);
      return deps.objects.get(key, accepts);
    });
    const begunAt = deps.clock.now();
    expect(await pass(slow)).toEqual({ checked: 7, failed: 0 });
    expect(deps.clock.now() - begunAt).toBeLessThan(passMilliseconds + 12_000);
    expect(new Set(startsBefore)).toEqual(new Set([1]));
    const open = async () =>
      (await Promise.all(jobs.map(stored))).filter(({ status }) => status === 'executing');
    expect(await open()).toHaveLength(2);
    expect((await open()).map((job) => [job.nextCheckAt, job.applyEndTries])).toEqual([
      [nextCheckAt, undefined],
      [nextCheckAt, undefined],
    ]);
    await pass(slow);
    expect(await open()).toEqual([]);
  });
});
