import { describe, expect, test } from 'vitest';
import { congestionCache } from '../../../../core/jobs/scheduling/congestion-cache.ts';
import { probeTarget } from '../../../../core/jobs/scheduling/probe-target.ts';
import { queueJob, queueRefused } from '../../../../core/jobs/scheduling/queue-job.ts';
import { startNext } from '../../../../core/jobs/scheduling/start-next.ts';
import { jobIdAt } from '../../../support/jobs/job-id.ts';
import { aJob, reconcileAfterMs, someTime } from '../../../support/jobs/jobs.ts';
import { testDeps } from '../../../support/jobs/test-deps.ts';

const target = 'lambda:errand-service-echo';

/** The given number of jobs waits at the target. */
async function world(count: number) {
  const deps = testDeps();
  const jobs = Array.from({ length: count }, (_, index) => aJob({ id: jobIdAt(someTime, BigInt(index)) }));
  for (const job of jobs) {
    await deps.jobs.insert(job);
    await queueJob(deps, target, job);
  }
  const congestion = async () => deps.queues.read(target);
  const probe = async () => {
    const found = await congestion();
    if (found === undefined) throw new Error('no probe is due');
    await deps.clock.sleep(Math.max(0, found.probeAt - deps.clock.now()));
    const [job] = jobs;
    if (job === undefined) throw new Error('no job');
    const { tenant, id: jobId } = job;
    await probeTarget(deps, { tenant, jobId, attempt: 1, target, probeId: found.probeId });
  };
  const started = () => deps.executions.starts.filter(({ hasTurn }) => hasTurn === true).length;
  const probes = () => deps.executions.starts.filter((start) => start.probe !== undefined);
  return { deps, jobs, probe, congestion, started, probes };
}

describe('probeTarget', () => {
  test('runs one probe at a time, however many jobs are queued', async () => {
    const { probes } = await world(9);
    expect(probes()).toMatchObject([{ delaySeconds: 5, router: 'express' }]);
  });

  test('starts twice as many jobs each time, while none is refused', async () => {
    const { probe, started } = await world(20);
    const counts: number[] = [];
    for (let index = 0; index < 4; index += 1) {
      const before = started();
      await probe();
      counts.push(started() - before);
    }
    expect(counts).toEqual([1, 2, 4, 8]);
  });

  test('starts one job after a refusal, and doubles its delay up to four minutes', async () => {
    const { deps, jobs, probe, probes } = await world(200);
    await probe();
    await probe();
    for (let index = 0; index < 8; index += 1) {
      await deps.clock.sleep(1);
      await queueRefused(deps, target, jobs[150 + index] ?? aJob());
      await probe();
    }
    expect(probes().map(({ delaySeconds }) => delaySeconds)).toEqual([
      5, 5, 5, 10, 20, 40, 80, 160, 240, 240, 240,
    ]);
  });

  test('ends the congestion when no job is queued any more', async () => {
    const { probe, congestion, started } = await world(1);
    await probe();
    expect(started()).toBe(1);
    await probe();
    expect(await congestion()).toBeUndefined();
  });

  test('continues when a job is queued while the congestion ends', async () => {
    const { deps, jobs, probe, congestion } = await world(1);
    await probe();
    const end = deps.queues.end;
    deps.queues.end = async (...given) => {
      await deps.queues.add(target, { tenant: 'local', jobId: jobs[0]?.id ?? '', priority: 0 }, 0);
      return end(...given);
    };
    await probe();
    expect((await congestion())?.probeSize).toBe(1);
  });

  test('does nothing when another probe has replaced it', async () => {
    const { deps, jobs, started } = await world(3);
    const input = {
      tenant: 'local',
      jobId: jobs[0]?.id ?? '',
      attempt: 1,
      target,
      probeId: 7,
    };
    await probeTarget(deps, input);
    expect(started()).toBe(0);
  });

  test('is replaced once it is late, by the next job that is queued', async () => {
    const { deps, jobs, probes } = await world(2);
    await deps.clock.sleep(20_001);
    await queueJob(deps, target, jobs[0] ?? aJob());
    await queueJob(deps, target, jobs[1] ?? aJob());
    expect(probes()).toHaveLength(2);
  });
});

describe('a turn without a start', () => {
  test('is retried soon: the next probe is brought forward, and starts as many jobs as were refused', async () => {
    const { deps, jobs, probe, probes } = await world(100);
    await probe();
    for (let index = 0; index < 4; index += 1) {
      await queueRefused(deps, target, jobs[50 + index] ?? aJob());
      await probe();
    }
    expect(probes().at(-1)?.delaySeconds).toBe(80);
    // The previous probe started one job; these are seven jobs that the ends of attempts started.
    for (let index = 0; index < 8; index += 1) await queueRefused(deps, target, jobs[60 + index] ?? aJob());
    expect(probes().at(-1)?.delaySeconds).toBe(5);
    expect((await deps.queues.read(target))?.probeSize).toBeGreaterThan(0);
  });
});

describe('congestionCache', () => {
  test('detects the end of a congestion however often its target is added', async () => {
    const deps = testDeps();
    const known = congestionCache(deps.queues, deps.clock);
    const answers: boolean[] = [];
    for (let index = 0; index < 8; index += 1) {
      known.markCongested(target);
      await deps.clock.sleep(900);
      answers.push(await known.isCongested(target));
      await deps.clock.sleep(200);
      answers.push(await known.isCongested('another'));
    }
    expect(answers.filter((_, index) => index % 2 === 1)).not.toContain(true);
    await deps.clock.sleep(2000);
    expect(await known.isCongested(target)).toBe(false);
  });

  test('reads again within a second although targets are added all the time', async () => {
    const deps = testDeps();
    let reads = 0;
    const congestedTargets = async () => {
      reads += 1;
      return ['another'];
    };
    const known = congestionCache({ ...deps.queues, congestedTargets }, deps.clock);
    await known.isAnyCongested();
    for (let index = 0; index < 20; index += 1) {
      known.markCongested(target);
      await deps.clock.sleep(500);
      await known.isAnyCongested();
    }
    expect(reads).toBeGreaterThan(8);
  });
});

describe('startNext', () => {
  test('removes a thousand ended jobs within one call, and starts the first waiting one', async () => {
    const { deps, jobs, started } = await world(1002);
    for (const job of jobs.slice(0, 1000))
      await deps.jobs.replace({ ...job, status: 'aborted', version: 2 }, 1);
    const { queues } = deps;
    let calls = 0;
    const next: typeof queues.next = async (...given) => {
      calls += 1;
      return queues.next(...given);
    };
    await startNext({ ...deps, queues: { ...queues, next } }, { target, count: 1, budgetMs: 5000 });
    expect(started()).toBe(1);
    expect(calls).toBeLessThan(30);
  });

  test('skips jobs that no longer wait, and ends jobs that exceed a limit', async () => {
    const { deps, jobs, started } = await world(4);
    const [ended, late] = jobs;
    if (ended === undefined || late === undefined) throw new Error('no jobs');
    await deps.jobs.replace({ ...ended, status: 'aborted', version: 2 }, 1);
    await deps.jobs.replace({ ...late, limits: { ...late.limits, timeoutSeconds: 0 }, version: 2 }, 1);
    expect((await startNext(deps, { target, count: 2, budgetMs: 1000 })).started).toBe(2);
    expect(started()).toBe(2);
    expect((await deps.jobs.get({ tenant: 'local', jobId: late.id }))?.failure?.code).toBe('timeout');
    expect(await startNext(deps, { target, count: 2, budgetMs: 1000 })).toEqual({
      started: 0,
      isEmpty: true,
    });
  });

  test('leaves a job whose start failed to the reconciler', async () => {
    const { deps, jobs } = await world(1);
    deps.executions.refuse(new Error('throttled'));
    await startNext(deps, { target, count: 1, budgetMs: 1000 });
    const job = await deps.jobs.get({ tenant: 'local', jobId: jobs[0]?.id ?? '' });
    expect(job).toMatchObject({
      status: 'pending',
      starts: 2,
      nextCheckAt: deps.clock.now() + reconcileAfterMs,
    });
  });
});
