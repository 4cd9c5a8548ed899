import { describe, expect, it } from 'vitest';
import type { Job } from '../../../core/jobs/job.ts';
import { waitForJob } from '../../../core/jobs/wait-for-job.ts';
import { executingJob } from '../../support/executing-job.ts';
import { aJob, endedJob, someTime } from '../../support/jobs.ts';
import { virtualClock } from '../../support/virtual-clock.ts';

const key = { tenant: 'local', jobId: aJob().id };

/** A store whose job ends so long after the start of the test. */
function world(endsAfter: number, running: Job | undefined = executingJob()) {
  const clock = virtualClock();
  let looks = 0;
  const get = async () => {
    looks += 1;
    return clock.now() >= someTime + endsAfter ? endedJob('succeeded') : running;
  };
  return { deps: { jobs: { get }, clock }, clock, looks: () => looks };
}

describe('waitForJob', () => {
  it('answers the running job exactly at the deadline', async () => {
    const { deps, clock } = world(Number.POSITIVE_INFINITY);
    expect((await waitForJob(deps, key, { waitMilliseconds: 12_345 }))?.status).toBe('executing');
    expect(clock.now()).toBe(someTime + 12_345);
  });

  it('answers the ended job when its end falls on the deadline', async () => {
    const { deps } = world(10_000);
    expect((await waitForJob(deps, key, { waitMilliseconds: 10_000 }))?.status).toBe('succeeded');
  });

  it.each([1, 50, 900, 30_000])(
    'sees an end after %i ms within a second and 60 % of the time',
    async (endsAfter) => {
      const { deps, clock } = world(endsAfter);
      expect((await waitForJob(deps, key, { waitMilliseconds: 60_000 }))?.status).toBe('succeeded');
      const late = clock.now() - someTime - endsAfter;
      expect(late).toBeLessThanOrEqual(Math.min(1000, 5 + endsAfter * 0.7));
    },
  );

  it('looks once without a wait, and not at all when it knows the job', async () => {
    const { deps, clock, looks } = world(Number.POSITIVE_INFINITY);
    await waitForJob(deps, key, { waitMilliseconds: 0 });
    expect(looks()).toBe(1);
    await waitForJob(deps, key, { waitMilliseconds: 0, known: executingJob() });
    expect([looks(), clock.sleeps.length]).toEqual([1, 0]);
  });

  it('does not wait for a job that has ended, nor for one that is not there', async () => {
    const ended = world(0);
    await waitForJob(ended.deps, key, { waitMilliseconds: 60_000 });
    const gone = virtualClock();
    const jobs = { get: async () => undefined };
    expect(await waitForJob({ jobs, clock: gone }, key, { waitMilliseconds: 60_000 })).toBeUndefined();
    expect([ended.clock.now(), gone.now()]).toEqual([someTime, someTime]);
  });

  it('waits for what it is asked to wait for', async () => {
    const { deps } = world(10_000);
    const seen = await waitForJob(deps, key, {
      waitMilliseconds: 60_000,
      until: ({ attempt }) => attempt === 1,
    });
    expect(seen?.status).toBe('executing');
  });

  it('stops when the job is deleted while it waits', async () => {
    const clock = virtualClock();
    const jobs = { get: async () => (clock.now() > someTime ? undefined : executingJob()) };
    expect(await waitForJob({ jobs, clock }, key, { waitMilliseconds: 60_000 })).toBeUndefined();
    expect(clock.sleeps).toEqual([5]);
  });

  it('holds for the longest wait with fewer than 300 looks', async () => {
    const { deps, looks } = world(Number.POSITIVE_INFINITY);
    await waitForJob(deps, key, { waitMilliseconds: 280_000 });
    expect(looks()).toBeLessThan(300);
  });
});
