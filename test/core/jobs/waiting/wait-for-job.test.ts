import { describe, expect, test } from 'vitest';
import type { Job } from '../../../../core/jobs/model/job.ts';
import { type Wait, waitForJob } from '../../../../core/jobs/waiting/wait-for-job.ts';
import { executingJob } from '../../../support/jobs/executing-job.ts';
import { aJob, endedJob, someTime } from '../../../support/jobs/jobs.ts';
import { testDeps } from '../../../support/jobs/test-deps.ts';
import { testSettings } from '../../../support/jobs/test-settings.ts';

const key = { tenant: 'local', jobId: aJob().id };
const never = Number.POSITIVE_INFINITY;
const longestWait = 280_000;
const enough = { tenant: 999, total: 10_000 };
const one = { tenant: 1, total: 1000 };

/** A service whose one job ends the given time after the start of the test, and the number of its reads. */
function world(endsAfter: number, maxHeldCalls = 2) {
  const deps = { ...testDeps(), settings: testSettings({ maxHeldCalls }) };
  const leasesAtReads: number[] = [];
  const get = async (): Promise<Job | undefined> => {
    leasesAtReads.push(deps.longPolls.leasesOf('local').length);
    return deps.clock.now() >= someTime + endsAfter ? endedJob('succeeded') : executingJob();
  };
  const poll = (wait: Wait) => waitForJob({ ...deps, jobs: { get } }, key, wait);
  const elapsed = () => deps.clock.now() - someTime;
  return { deps, poll, elapsed, leasesAtReads };
}

/** Acquires the given number of leases for other callers until long after the test. */
async function takeLeases(
  { longPolls: heldCalls }: ReturnType<typeof testDeps>,
  count: number,
  tenant = 'local',
) {
  for (let index = 0; index < count; index += 1)
    await heldCalls.take({ tenant, id: `other-${index}`, expiresAt: someTime + 3_600_000 }, enough, someTime);
}

describe('waitForJob', () => {
  test.each([0, 1, 40, 75])('acquires no lease for a job that ends after %i ms', async (endsAfter) => {
    const { deps, poll, leasesAtReads } = world(endsAfter, 0);
    const { job, waitedFully } = await poll({ waitMs: longestWait });
    expect([job?.status, waitedFully]).toEqual(['succeeded', true]);
    expect(new Set(leasesAtReads)).toEqual(new Set([0]));
    expect(deps.lines).toEqual([]);
  });

  test.each([0, 1, 100])('acquires no lease for a wait of %i ms', async (waitMs) => {
    const { poll, elapsed } = world(never, 0);
    const { job, waitedFully } = await poll({ waitMs });
    expect([job?.status, waitedFully, elapsed()]).toEqual(['executing', true, waitMs]);
  });

  test('waits until the end of the longest wait, under a lease that it releases', async () => {
    const { deps, poll, elapsed, leasesAtReads } = world(never);
    const { job, waitedFully } = await poll({ waitMs: longestWait });
    expect([job?.status, waitedFully, elapsed()]).toEqual(['executing', true, longestWait]);
    expect(leasesAtReads.at(-1)).toBe(1);
    expect(leasesAtReads.length).toBeLessThan(300);
    expect(deps.longPolls.leasesOf('local')).toEqual([]);
  });

  test.each([101, 1001, 5000, 279_999])('detects an end after %i ms within a second', async (endsAfter) => {
    const { deps, poll, elapsed } = world(endsAfter);
    const { job, waitedFully } = await poll({ waitMs: longestWait });
    expect([job?.status, waitedFully]).toEqual(['succeeded', true]);
    expect(elapsed() - endsAfter).toBeLessThanOrEqual(1000);
    expect(deps.longPolls.leasesOf('local')).toEqual([]);
  });

  test('returns within 100 ms when the tenant has too many long polls', async () => {
    const { deps, poll, elapsed } = world(never);
    await takeLeases(deps, 2);
    const { job, waitedFully } = await poll({ waitMs: longestWait });
    expect([job?.status, waitedFully]).toEqual(['executing', false]);
    expect(elapsed()).toBeLessThanOrEqual(100);
    expect(deps.longPolls.leasesOf('local')).toHaveLength(2);
  });

  test('returns within 100 ms when all tenants together have too many long polls', async () => {
    const { deps, poll, elapsed } = world(never);
    deps.totalLongPollLimit = async () => 2;
    await takeLeases(deps, 1, 'first');
    await takeLeases(deps, 1, 'second');
    const { job, waitedFully } = await poll({ waitMs: longestWait });
    expect([job?.status, waitedFully]).toEqual(['executing', false]);
    expect(elapsed()).toBeLessThanOrEqual(100);
  });

  test('returns immediately after four refusals within a second, with one read and no write', async () => {
    const { deps, poll, elapsed, leasesAtReads } = world(never);
    await takeLeases(deps, 2);
    for (let refused = 0; refused < 4; refused += 1) await poll({ waitMs: longestWait });
    const { take } = deps.longPolls;
    deps.longPolls.take = () => Promise.reject(new Error('a lease costs a write'));
    const [startedAt, reads] = [elapsed(), leasesAtReads.length];
    const { job, waitedFully } = await poll({ waitMs: longestWait });
    expect([job?.status, waitedFully, elapsed() - startedAt]).toEqual(['executing', false, 0]);
    expect([leasesAtReads.length - reads, deps.lines]).toEqual([1, []]);
    deps.longPolls.take = take;
    for (const lease of deps.longPolls.leasesOf('local')) await deps.longPolls.release(lease);
    await deps.clock.sleep(1000);
    expect(await poll({ waitMs: 5000 })).toMatchObject({ waitedFully: true });
  });

  test('detects an end within the first 100 ms although the tenant has too many long polls', async () => {
    const { deps, poll } = world(70);
    await takeLeases(deps, 2);
    expect(await poll({ waitMs: longestWait })).toMatchObject({ waitedFully: true });
  });

  test('does not count long polls of another tenant', async () => {
    const { deps, poll, elapsed } = world(never);
    await takeLeases(deps, 2, 'other');
    expect((await poll({ waitMs: 5000 })).waitedFully).toBe(true);
    expect(elapsed()).toBe(5000);
  });

  test('leaves a lease that expires when its process dies', async () => {
    const { deps } = world(never, 1);
    const dies = () => new Promise<never>(() => undefined);
    let reads = 0;
    const get = async () => {
      reads += 1;
      return reads > 15 ? dies() : executingJob();
    };
    void waitForJob({ ...deps, jobs: { get } }, key, { waitMs: 20_000 });
    for (let turn = 0; turn < 200; turn += 1) await Promise.resolve();
    const [lease] = deps.longPolls.leasesOf('local');
    expect(lease?.expiresAt).toBeGreaterThanOrEqual(someTime + 20_000);
    expect(lease?.expiresAt).toBeLessThanOrEqual(someTime + 26_000);
    const other = { tenant: 'local', id: 'other', expiresAt: someTime + 60_000 };
    expect(await deps.longPolls.take(other, one, someTime + 20_000)).toBe('full');
    expect(await deps.longPolls.take(other, one, someTime + 26_000)).not.toBe('full');
  });

  test('frees the slot of a process that dies within 31 s, however long the requested wait was', async () => {
    const { deps } = world(never, 1);
    const dies = () => new Promise<never>(() => undefined);
    let diedAt = 0;
    const get = async () => {
      if (deps.clock.now() < someTime + 100_000) return executingJob();
      diedAt = deps.clock.now();
      return dies();
    };
    void waitForJob({ ...deps, jobs: { get } }, key, { waitMs: longestWait });
    for (let turn = 0; turn < 2000 && diedAt === 0; turn += 1) await Promise.resolve();
    const other = { tenant: 'local', id: 'other', expiresAt: diedAt + 60_000 };
    expect(await deps.longPolls.take(other, one, diedAt)).toBe('full');
    expect(await deps.longPolls.take(other, one, diedAt + 31_000)).not.toBe('full');
  });

  test('keeps its slot during the whole wait, with 14 renewals for the longest wait', async () => {
    const { deps, poll } = world(never, 1);
    const { renew } = deps.longPolls;
    const outcomes: unknown[] = [];
    deps.longPolls.renew = async (lease, now) => {
      const other = { tenant: 'local', id: 'other', expiresAt: deps.clock.now() + 1000 };
      outcomes.push(await deps.longPolls.take(other, one, deps.clock.now()));
      return renew(lease, now);
    };
    expect(await poll({ waitMs: longestWait })).toMatchObject({ waitedFully: true });
    expect(new Set(outcomes)).toEqual(new Set(['full']));
    expect(outcomes.length).toBeLessThanOrEqual(14);
    expect(deps.longPolls.leasesOf('local')).toEqual([]);
  });

  test('needs no renewal for a usual long poll of 25 s', async () => {
    const { deps, poll } = world(never, 1);
    deps.longPolls.renew = () => Promise.reject(new Error('a renewal costs a write'));
    expect(await poll({ waitMs: 25_000 })).toMatchObject({ waitedFully: true });
    expect(deps.lines).toEqual([]);
  });

  test('reads a job of a service whose jobs take 10 s less often than a job of an unknown service', async () => {
    const counts = [undefined, 10].map(async (seconds) => {
      const { deps, leasesAtReads } = world(10_000);
      const get = async () => {
        leasesAtReads.push(0);
        return deps.clock.now() >= someTime + 10_000 ? endedJob('succeeded') : executingJob();
      };
      const durations = { cachedOrPrefetch: () => seconds };
      const job = { ...executingJob(), requestedAt: someTime };
      await waitForJob({ ...deps, durations, jobs: { get } }, key, { waitMs: 20_000, current: job });
      return leasesAtReads.length;
    });
    const [unknown = 0, known = 0] = await Promise.all(counts);
    expect(known).toBeLessThan(unknown - 2);
  });

  test('stops when the job is deleted while it waits', async () => {
    const { deps, elapsed } = world(never);
    const get = async () => (elapsed() > 0 ? undefined : executingJob());
    const deleted = await waitForJob({ ...deps, jobs: { get } }, key, { waitMs: longestWait });
    expect([deleted, deps.clock.sleeps]).toEqual([{ job: undefined, waitedFully: true }, [5]]);
  });

  test('reads once without a wait, and not at all when it knows the job', async () => {
    const { deps, poll, leasesAtReads } = world(never);
    await poll({ waitMs: 0 });
    expect(leasesAtReads).toHaveLength(1);
    await poll({ waitMs: 0, current: executingJob() });
    expect([leasesAtReads.length, deps.clock.sleeps.length]).toEqual([1, 0]);
  });

  test('returns the end of the job when it coincides with the deadline', async () => {
    const { poll } = world(10_000);
    const { job, waitedFully } = await poll({ waitMs: 10_000 });
    expect([job?.status, waitedFully]).toEqual(['succeeded', true]);
  });

  test('waits for the requested condition, with and without a lease', async () => {
    for (const endsAfter of [50, 5000]) {
      const { poll } = world(endsAfter);
      const until = (job: Job) => job.status === 'succeeded';
      expect((await poll({ waitMs: 10_000, until })).job?.status).toBe('succeeded');
    }
    const { poll, elapsed } = world(never);
    expect((await poll({ waitMs: 10_000, until: () => true })).waitedFully).toBe(true);
    expect(elapsed()).toBe(0);
  });

  test('returns undefined for a job that does not exist, also when it is deleted during the long poll', async () => {
    const { deps } = world(never);
    for (const goesAfter of [0, 5000]) {
      const startedAt = deps.clock.now();
      const get = async () => (deps.clock.now() - startedAt >= goesAfter ? undefined : executingJob());
      const { job } = await waitForJob({ ...deps, jobs: { get } }, key, { waitMs: 20_000 });
      expect(job).toBeUndefined();
    }
    expect(deps.longPolls.leasesOf('local')).toEqual([]);
  });
});

describe('when an error occurs during a long poll', () => {
  const broken = async () => {
    throw new Error('the table is away');
  };

  test('a lease that cannot be acquired ends the wait', async () => {
    const { deps, poll, elapsed } = world(never);
    deps.longPolls.take = broken;
    const { job, waitedFully } = await poll({ waitMs: longestWait });
    expect([job?.status, waitedFully]).toEqual(['executing', false]);
    expect(elapsed()).toBeLessThanOrEqual(100);
    expect(deps.lines).toEqual(['lease-not-acquired']);
  });

  test('a renewal that fails is retried, and the wait continues', async () => {
    const { deps, poll } = world(never);
    const { renew } = deps.longPolls;
    let tries = 0;
    deps.longPolls.renew = (lease, now) => {
      tries += 1;
      return tries % 2 === 1 ? broken() : renew(lease, now);
    };
    expect(await poll({ waitMs: longestWait })).toMatchObject({ waitedFully: true });
    expect(new Set(deps.lines)).toEqual(new Set(['lease-not-renewed']));
  });

  test('a lease that cannot be renewed before it expires ends the wait', async () => {
    const { deps, poll, elapsed } = world(never);
    deps.longPolls.renew = broken;
    const { job, waitedFully } = await poll({ waitMs: longestWait });
    expect([job?.status, waitedFully]).toEqual(['executing', false]);
    expect(elapsed()).toBeLessThan(31_000);
    expect(deps.longPolls.leasesOf('local')).toEqual([]);
  });

  test('a lease whose slot was taken ends the wait', async () => {
    const { deps, poll, elapsed } = world(never);
    deps.longPolls.renew = async () => 'lost';
    expect(await poll({ waitMs: longestWait })).toMatchObject({ waitedFully: false });
    expect(elapsed()).toBeLessThan(22_000);
  });

  test('a lease that cannot be released changes nothing for the caller', async () => {
    const { deps, poll } = world(5000);
    deps.longPolls.release = broken;
    const { job, waitedFully } = await poll({ waitMs: longestWait });
    expect([job?.status, waitedFully]).toEqual(['succeeded', true]);
    expect(deps.lines).toEqual(['lease-not-released']);
  });

  test.each([1, 15])('a failure of read %i does not hide an accepted job', async (failing) => {
    const { deps } = world(never);
    const current = executingJob();
    let reads = 0;
    const get = async () => {
      reads += 1;
      return reads === failing ? broken() : current;
    };
    const wait = { waitMs: longestWait, current };
    expect(await waitForJob({ ...deps, jobs: { get } }, key, wait)).toEqual({
      job: current,
      waitedFully: false,
    });
    expect(deps.lines).toEqual(['long-poll-failed']);
    expect(deps.longPolls.leasesOf('local')).toEqual([]);
    reads = 0;
    const unknown = { waitMs: longestWait };
    await expect(waitForJob({ ...deps, jobs: { get } }, key, unknown)).rejects.toThrow('the table is away');
    expect(deps.longPolls.leasesOf('local')).toEqual([]);
  });
});
