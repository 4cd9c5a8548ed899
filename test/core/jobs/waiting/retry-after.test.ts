import { describe, expect, test } from 'vitest';
import type { JobStatus } from '../../../../core/contract/job-state.ts';
import type { Job, Transition } from '../../../../core/jobs/model/job.ts';
import { retryAfterSeconds } from '../../../../core/jobs/waiting/retry-after.ts';
import { executingJob } from '../../../support/jobs/executing-job.ts';
import { aJob, someTime } from '../../../support/jobs/jobs.ts';

/** A job with these transitions, each the given number of seconds after its request. */
function jobWith(transitions: ReadonlyArray<readonly [JobStatus, number]>, given: Partial<Job> = {}): Job {
  const listed = transitions.map(
    ([status, seconds]): Transition => ({ status, at: someTime + seconds * 1000, attempt: 1 }),
  );
  return aJob({ status: transitions.at(-1)?.[0] ?? 'pending', transitions: listed, ...given });
}

function retryAfter(job: Job, seconds: number, typicalSeconds?: number): number {
  return retryAfterSeconds(job, someTime + seconds * 1000, typicalSeconds);
}

describe('retryAfterSeconds', () => {
  test.each([
    [-5, 1],
    [0, 1],
    [10, 1],
    [10.001, 2],
    [300, 30],
    [599.999, 60],
    [86_400, 60],
  ])('returns a tenth of the age while the typical duration is unknown: at %d s, %i s', (age, seconds) => {
    expect(retryAfter(aJob(), age)).toBe(seconds);
    expect(retryAfter(executingJob(), age)).toBe(seconds);
  });

  test.each([
    [0, 20, 20],
    [0, 19.2, 20],
    [12.5, 20, 8],
    [19.5, 20, 1],
    [0, 0.2, 1],
    [0, 3600, 60],
    [3580, 3600, 20],
    [-5, 20, 25],
  ])('returns the remaining time: after %d s of typically %d s, %i s', (age, typical, seconds) => {
    expect(retryAfter(aJob(), age, typical)).toBe(seconds);
    expect(retryAfter(executingJob(), age, typical)).toBe(seconds);
  });

  test.each([
    [20, 20, 2],
    [300, 20, 30],
    [601, 600, 60],
  ])(
    'increases with the age of an overdue job: after %d s of typically %d s, to %i s',
    (age, typical, seconds) => {
      expect(retryAfter(executingJob(), age, typical)).toBe(seconds);
    },
  );

  test('returns the longest interval for a draft, whatever durations are known', () => {
    for (const status of ['draft', 'ready'] as const) {
      expect(retryAfter(jobWith([[status, 0]]), 1, 2)).toBe(60);
    }
  });

  test('counts from the start of a draft, not from its creation', () => {
    const started = jobWith([
      ['draft', 0],
      ['ready', 50],
      ['pending', 1000],
    ]);
    expect(retryAfter(started, 1005, 20)).toBe(15);
    expect(retryAfter(started, 1005)).toBe(1);
  });

  test('increases with the time that a job has waited for its dependencies', () => {
    const waiting = jobWith([['waiting', 0]]);
    expect([retryAfter(waiting, 1, 500), retryAfter(waiting, 100, 500)]).toEqual([1, 10]);
    const released = jobWith([
      ['waiting', 0],
      ['pending', 100],
    ]);
    expect(retryAfter(released, 105, 20)).toBe(15);
  });

  test('returns the time until the next attempt plus its typical duration', () => {
    const transitions = [
      ['pending', 0],
      ['executing', 1],
      ['retrying', 10],
    ] as const;
    const job = jobWith(transitions, { nextAttemptAt: someTime + 25_000 });
    expect([retryAfter(job, 10, 8), retryAfter(job, 10)]).toEqual([23, 15]);
    expect([retryAfter(job, 25, 8), retryAfter(job, 30, 8), retryAfter(job, 125, 8)]).toEqual([8, 3, 10]);
    const far = jobWith(transitions, { nextAttemptAt: someTime + 3_600_000 });
    expect(retryAfter(far, 10, 8)).toBe(60);
  });

  test('counts a later attempt from the end of the previous one', () => {
    const again = jobWith([
      ['pending', 0],
      ['executing', 1],
      ['retrying', 100],
      ['executing', 101],
    ]);
    expect([retryAfter(again, 105, 20), retryAfter(again, 130, 20)]).toEqual([15, 3]);
  });

  test('returns a short interval for a job that is being aborted', () => {
    const abort = {
      requestedAt: someTime + 500_000,
      by: 'me',
      stopped: 'terminated',
      childrenAborted: 0,
    } as const;
    const transitions = [
      ['pending', 0],
      ['executing', 1],
      ['aborting', 500],
    ] as const;
    const job = jobWith(transitions, { abort });
    expect([retryAfter(job, 501, 3600), retryAfter(job, 530, 3600)]).toEqual([1, 3]);
  });
});
