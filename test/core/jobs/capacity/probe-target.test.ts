import { describe, expect, it } from 'vitest';
import { probeTarget } from '../../../../core/jobs/capacity/probe-target.ts';
import { queueJob, queueRefused } from '../../../../core/jobs/capacity/queue-job.ts';
import { startNext } from '../../../../core/jobs/capacity/start-next.ts';
import { jobIdAt } from '../../../support/job-id.ts';
import { aJob, lookAfter, someTime } from '../../../support/jobs.ts';
import { testDeps } from '../../../support/test-deps.ts';

const target = 'lambda:errand-service-echo';

/** So many jobs wait for their turns. */
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
    await probeTarget(deps, { tenant, jobId, attempt: 1, target, probe: found.probe, lookAfter });
  };
  const started = () => deps.executions.starts.filter(({ hasTurn }) => hasTurn === true).length;
  const probes = () => deps.executions.starts.filter((start) => start.probe !== undefined);
  return { deps, jobs, probe, congestion, started, probes };
}

describe('probeTarget', () => {
  it('has one probe at a time, however many jobs are queued', async () => {
    const { probes } = await world(9);
    expect(probes()).toMatchObject([{ delaySeconds: 5, router: 'express' }]);
  });

  it('starts twice as many jobs each time, while none is refused', async () => {
    const { probe, started } = await world(20);
    const counts: number[] = [];
    for (let index = 0; index < 4; index += 1) {
      const before = started();
      await probe();
      counts.push(started() - before);
    }
    expect(counts).toEqual([1, 2, 4, 8]);
  });

  it('starts one after a refusal, and comes later each time, at most four minutes later', async () => {
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

  it('ends the congestion when nothing is queued any more', async () => {
    const { probe, congestion, started } = await world(1);
    await probe();
    expect(started()).toBe(1);
    await probe();
    expect(await congestion()).toBeUndefined();
  });

  it('goes on when a job is queued while the congestion ends', async () => {
    const { deps, jobs, probe, congestion } = await world(1);
    await probe();
    const end = deps.queues.end;
    deps.queues.end = async (...given) => {
      await deps.queues.add(target, { tenant: 'local', jobId: jobs[0]?.id ?? '', priority: 0 }, 0);
      return end(...given);
    };
    await probe();
    expect((await congestion())?.width).toBe(1);
  });

  it('does nothing when another one has taken its place', async () => {
    const { deps, jobs, started } = await world(3);
    const input = { tenant: 'local', jobId: jobs[0]?.id ?? '', attempt: 1, target, probe: 7, lookAfter };
    await probeTarget(deps, input);
    expect(started()).toBe(0);
  });

  it('is replaced once it is late, by whoever queues a job', async () => {
    const { deps, jobs, probes } = await world(2);
    await deps.clock.sleep(20_001);
    await queueJob(deps, target, jobs[0] ?? aJob());
    await queueJob(deps, target, jobs[1] ?? aJob());
    expect(probes()).toHaveLength(2);
  });
});

describe('startNext', () => {
  it('passes over jobs that no longer wait, and ends those that are past a limit', async () => {
    const { deps, jobs, started } = await world(4);
    const [ended, late] = jobs;
    if (ended === undefined || late === undefined) throw new Error('no jobs');
    await deps.jobs.replace({ ...ended, status: 'aborted', version: 2 }, 1);
    await deps.jobs.replace({ ...late, limits: { ...late.limits, timeoutSeconds: 0 }, version: 2 }, 1);
    expect(await startNext(deps, { target, count: 2, lookAfter })).toBe(2);
    expect(started()).toBe(2);
    expect((await deps.jobs.get({ tenant: 'local', jobId: late.id }))?.failure?.code).toBe('timeout');
    expect(await startNext(deps, { target, count: 2, lookAfter })).toBe(0);
  });

  it('leaves a job whose start failed to the reconciler', async () => {
    const { deps, jobs } = await world(1);
    deps.executions.refuse(new Error('throttled'));
    await startNext(deps, { target, count: 1, lookAfter });
    const job = await deps.jobs.get({ tenant: 'local', jobId: jobs[0]?.id ?? '' });
    expect(job).toMatchObject({ status: 'pending', starts: 2, dueAt: deps.clock.now() + lookAfter });
  });
});
