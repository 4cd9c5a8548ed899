import { beforeAll, describe, expect, test } from 'vitest';
import { dispatchAttempt } from '../../core/jobs/attempts/dispatch-attempt.ts';
import { settleAttempt } from '../../core/jobs/attempts/settle-attempt.ts';
import { submitBatchAttempt } from '../../core/jobs/batch/submit-batch-attempt.ts';
import type { Job } from '../../core/jobs/model/job.ts';
import { reconcile } from '../../core/jobs/reconciler/reconcile.ts';
import { congestionCache } from '../../core/jobs/scheduling/congestion-cache.ts';
import { probeTarget } from '../../core/jobs/scheduling/probe-target.ts';
import { submitJob } from '../../core/jobs/submission/submit-job.ts';
import { BatchThrottled } from '../../core/ports/batch-dispatcher.ts';
import type { ExecutionInput } from '../../core/ports/execution-starter.ts';
import { someTime } from '../support/jobs/jobs.ts';
import { aService, testDeps } from '../support/jobs/test-deps.ts';
import { scheduler } from './scheduler.ts';
import { seededRandom } from './seeded-random.ts';
import { throttled } from './simulated/simulated-capacity.ts';

interface Given {
  readonly seed: number;
  readonly slots: number;
  readonly runMilliseconds: number;
  /** The account has no concurrency left for the first 2 s of each minute. */
  readonly hasDips?: boolean;
  /** `age`: a planted fault that removes the turns. */
  readonly order?: 'age';
}

function byAge(queues: ReturnType<typeof testDeps>['queues']): typeof queues {
  return {
    ...queues,
    next: async (target, limit) =>
      queues
        .waiting(target)
        .toSorted((one, other) => (one.jobId < other.jobId ? -1 : 1))
        .slice(0, limit),
  };
}

/** A function with few slots, the state machine of Step Functions that calls it, and a reconciler, on a virtual clock. */
function worldOf({ seed, slots, runMilliseconds, order, hasDips = false }: Given) {
  const random = seededRandom(seed);
  const time = scheduler(random, someTime);
  const deps = testDeps();
  const shared = { ...deps, queues: order === 'age' ? byAge(deps.queues) : deps.queues };
  let running = 0;
  // Every call is made by a process that has just started or by one that has run for a long time.
  const longRunning = depsOf();
  const ports = () => (random.happens(0.1) ? depsOf() : longRunning);
  function depsOf() {
    const congestion = congestionCache(shared.queues, time);
    return { ...shared, clock: time, congestion, executions: { start } };
  }
  async function start(_: string, input: ExecutionInput) {
    time.spawn(() => execute(input));
  }
  async function execute(input: ExecutionInput) {
    await time.sleep(input.delaySeconds * 1000 + random.whole(20, 120));
    const { tenant, jobId, attempt, probe } = input;
    if (probe !== undefined)
      return probeTarget(ports(), { ...input, target: probe.target, probeId: probe.probe });
    const executionId = `${jobId}-${attempt}-${input.start}`;
    const dispatch = await dispatchAttempt(ports(), { ...input, startNumber: input.start, executionId });
    if (dispatch.route !== 'lambda') return;
    await time.sleep(random.whole(5, 40));
    const isFull = running >= slots || (hasDips && (time.now() - someTime) % 60_000 < 2000);
    const report = isFull ? { ...throttled, executionId } : await run();
    await time.sleep(random.whole(5, 40));
    await settleAttempt(ports(), { tenant, jobId, attempt, report });
  }
  async function run() {
    running += 1;
    await time.sleep(runMilliseconds);
    running -= 1;
    return { kind: 'value', value: null } as const;
  }
  const submit = async (tenant: string, priority = 0) => {
    const submission = { service: 'echo', parameters: {}, priority };
    const { job } = await submitJob(ports(), { tenant, owner: 'client', submission });
    return { tenant, jobId: job.id };
  };
  const register = (tenant: string) => shared.services.insert(aService({}, { tenant, used: true }));
  const keepReconciling = async (isDone: () => boolean) => {
    while (!isDone()) {
      await time.sleep(60_000);
      await reconcile(ports(), { budgetEndsAt: time.now() + 50_000 });
    }
  };
  return { random, time, submit, register, keepReconciling, jobs: shared.jobs };
}

interface Submitted {
  readonly tenant: string;
  readonly jobId: string;
}

/** Submits the jobs of `plan`, and runs until all have ended. */
async function runAll(
  world: ReturnType<typeof worldOf>,
  plan: ReadonlyArray<{
    readonly tenant: string;
    readonly count: number;
    readonly at: number;
    readonly priority?: number;
  }>,
): Promise<readonly Job[]> {
  const keys: Submitted[] = [];
  const ended = new Set<string>();
  const wanted = plan.reduce((sum, { count }) => sum + count, 0);
  for (const tenant of new Set(plan.map((part) => part.tenant))) await world.register(tenant);
  for (const { tenant, count, at, priority } of plan) {
    world.time.spawn(async () => {
      await world.time.sleep(at);
      for (let index = 0; index < count; index += 1) keys.push(await world.submit(tenant, priority));
    });
  }
  const isDone = () => ended.size === wanted;
  world.time.spawn(() => world.keepReconciling(isDone));
  world.time.spawn(async () => {
    while (!isDone()) {
      await world.time.sleep(2000);
      for (const key of keys.filter(({ jobId }) => !ended.has(jobId)))
        if ((await world.jobs.get(key))?.finishedAt !== undefined) ended.add(key.jobId);
    }
  });
  await world.time.run(isDone);
  return Promise.all(keys.map(async (key) => required(await world.jobs.get(key))));
}

function required(job: Job | undefined): Job {
  if (job === undefined) throw new Error('a job is gone');
  return job;
}

const waitOf = ({ requestedAt, startedAt = Number.NaN }: Job) => startedAt - requestedAt;
const seeds = [1, 2, 3];

// A module that is loaded at its first use takes real time, in which the virtual clock advances too far.
beforeAll(() =>
  runAll(worldOf({ seed: 0, slots: 1, runMilliseconds: 10 }), [{ tenant: 'a', count: 2, at: 0 }]),
);

describe('a function with fewer slots than jobs', () => {
  test.each(seeds)('runs them all with one attempt each, and wastes little (seed %i)', async (seed) => {
    const world = worldOf({ seed, slots: 5, runMilliseconds: 30_000 });
    const jobs = await runAll(world, [{ tenant: 'a', count: 100, at: 0 }]);
    expect(new Set(jobs.map(({ status }) => status))).toEqual(new Set(['succeeded']));
    expect(jobs.filter(({ attempt }) => attempt !== 1)).toEqual([]);
    const took = Math.max(...jobs.map(({ finishedAt = 0 }) => finishedAt)) - someTime;
    expect(took / ((100 / 5) * 30_000)).toBeLessThan(1.25);
    // Created, then released once by the burst at the start and by few probes, and finally run.
    expect(Math.max(...jobs.map(({ transitions }) => transitions.length))).toBeLessThan(20);
  });

  test.each(seeds)('runs the only job of a tenant before the backlog of another (seed %i)', async (seed) => {
    const world = worldOf({ seed, slots: 5, runMilliseconds: 3000 });
    const jobs = await runAll(world, [
      { tenant: 'a', count: 300, at: 0 },
      { tenant: 'b', count: 1, at: 40_000 },
    ]);
    const [single] = jobs.filter(({ tenant }) => tenant === 'b');
    expect(waitOf(required(single))).toBeLessThan(2 * 3000);
    const took = Math.max(...jobs.map(({ finishedAt = 0 }) => finishedAt)) - someTime;
    expect(took / ((301 / 5) * 3000)).toBeLessThan(1.25);
  });

  test('makes the only job of a tenant wait behind the backlog when turns are disabled', async () => {
    const world = worldOf({ seed: 1, slots: 5, runMilliseconds: 3000, order: 'age' });
    const jobs = await runAll(world, [
      { tenant: 'a', count: 300, at: 0 },
      { tenant: 'b', count: 1, at: 40_000 },
    ]);
    expect(waitOf(required(jobs.find(({ tenant }) => tenant === 'b')))).toBeGreaterThan(10 * 3000);
  });

  test('recovers from pauses in which no job can run', async () => {
    const world = worldOf({ seed: 1, slots: 10, runMilliseconds: 1000, hasDips: true });
    const jobs = await runAll(world, [{ tenant: 'a', count: 900, at: 0 }]);
    expect(new Set(jobs.map(({ status, attempt }) => `${status} ${attempt}`))).toEqual(
      new Set(['succeeded 1']),
    );
    const took = Math.max(...jobs.map(({ finishedAt = 0 }) => finishedAt)) - someTime;
    expect(took / ((900 / 10) * 1000)).toBeLessThan(2);
  });

  test('shares its slots evenly between tenants, whatever their order of arrival', async () => {
    const world = worldOf({ seed: 1, slots: 4, runMilliseconds: 3000 });
    const jobs = await runAll(world, [
      { tenant: 'a', count: 200, at: 0 },
      { tenant: 'b', count: 40, at: 20_000 },
      { tenant: 'c', count: 40, at: 20_000 },
    ]);
    const lastOf = (tenant: string) =>
      Math.max(...jobs.filter((job) => job.tenant === tenant).map(({ finishedAt = 0 }) => finishedAt));
    // A third of the slots for 40 jobs of 3 s: 90 s.
    for (const tenant of ['b', 'c']) expect(lastOf(tenant) - someTime - 20_000).toBeLessThan(1.25 * 90_000);
  });

  test('starts with the highest priority of a tenant, and then with the oldest job', async () => {
    const world = worldOf({ seed: 1, slots: 1, runMilliseconds: 3000 });
    const jobs = await runAll(world, [
      { tenant: 'a', count: 20, at: 0 },
      { tenant: 'a', count: 1, at: 30_000, priority: 9 },
    ]);
    const urgent = jobs.at(-1);
    expect(waitOf(required(urgent))).toBeLessThan(2 * 3000);
    const usual = jobs.slice(0, -1).filter(({ startedAt = 0 }) => startedAt > someTime + 15_000);
    const starts = usual.map(({ startedAt = 0 }) => startedAt);
    expect(starts).toEqual(starts.toSorted((one, other) => one - other));
  });
});

describe('a burst of jobs on AWS Batch, which accepts few submissions a second', () => {
  test('is submitted completely, with one attempt each, at about the rate that Batch accepts', async () => {
    const [count, perSecond] = [400, 10];
    const [random, time, test] = [seededRandom(1), scheduler(seededRandom(2), someTime), testDeps()];
    const dispatcher = { kind: 'batch', jobDefinition: 'errand-job-box' } as const;
    await test.services.insert(aService({ dispatcher }, { used: true }));
    const submissions: number[] = [];
    const batch = {
      ...test.batch,
      submit: async (attempt: Parameters<typeof test.batch.submit>[0]) => {
        const lately = submissions.filter((at) => at > time.now() - 1000).length;
        if (lately >= perSecond) throw new BatchThrottled('Too Many Requests');
        submissions.push(time.now());
        return test.batch.submit(attempt);
      },
    };
    const ports = {
      ...test,
      batch,
      clock: time,
      congestion: congestionCache(test.queues, time),
      executions: { start },
    };
    async function start(_: string, input: ExecutionInput) {
      time.spawn(() => execute(input));
    }
    async function execute(input: ExecutionInput) {
      await time.sleep(input.delaySeconds * 1000 + random.whole(20, 120));
      const { tenant, jobId, attempt, probe } = input;
      if (probe !== undefined)
        return probeTarget(ports, { ...input, target: probe.target, probeId: probe.probe });
      const executionId = `${jobId}-${attempt}-${input.start}`;
      const claim = await dispatchAttempt(ports, { ...input, startNumber: input.start, executionId });
      if (claim.route !== 'batch') return;
      await time.sleep(random.whole(100, 300));
      const submitted = submitBatchAttempt(ports, { ...claim, isRepeated: false });
      await submitted.catch(async ({ name, message }: Error) => {
        const Cause = JSON.stringify({ errorType: name, errorMessage: message });
        const report = { kind: 'undispatched', error: { Error: name, Cause }, executionId } as const;
        await settleAttempt(ports, { tenant, jobId, attempt, report });
      });
    }
    time.spawn(async () => {
      const submission = { service: 'echo', parameters: {} };
      for (let index = 0; index < count; index += 1)
        await submitJob(ports, { tenant: 'local', owner: 'client', submission });
    });
    await time.run(() => submissions.length === count);
    const { jobs } = await test.jobs.list({ tenant: 'local', limit: count });
    expect(jobs).toHaveLength(count);
    expect(jobs.filter(({ attempt, endedAttempts }) => attempt !== 1 || endedAttempts.length > 0)).toEqual(
      [],
    );
    expect((time.now() - someTime) / ((count / perSecond) * 1000)).toBeLessThan(4);
  });
});
