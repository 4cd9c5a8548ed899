import { describe, expect, test } from 'vitest';
import { isAllowedTransition, isTerminal, jobStatuses } from '../../../../core/contract/job-state.ts';
import type { Job } from '../../../../core/jobs/model/job.ts';
import {
  IllegalTransitionError,
  transitionJob,
  withWrite,
} from '../../../../core/jobs/model/transition-job.ts';
import { executingJob, startTime } from '../../../support/jobs/executing-job.ts';
import { aJob, someTime } from '../../../support/jobs/jobs.ts';

/** The only transition that depends on more than the two states. */
const isReuse = ({ from, to }: { from: string; to: string }) => from === 'pending' && to === 'succeeded';

const pairs = jobStatuses.flatMap((from) => jobStatuses.map((to) => ({ from, to })));
const now = someTime + 5000;

describe('transitionJob', () => {
  test.each(pairs.filter(({ from, to }) => !isAllowedTransition(from, to)))(
    'refuses $from to $to',
    ({ from, to }) => {
      expect(() => transitionJob(aJob({ status: from }), to, { now, change: {} })).toThrow(
        IllegalTransitionError,
      );
    },
  );

  test.each(pairs.filter((pair) => isAllowedTransition(pair.from, pair.to) && !isReuse(pair)))(
    'assigns the next sequence number to $from to $to',
    (pair) => {
      const before = aJob({ status: pair.from });
      const after = transitionJob(before, pair.to, { now, change: { attempt: 2 } });
      expect(after.transitions).toEqual([...before.transitions, { status: pair.to, at: now, attempt: 2 }]);
      expect(after).toMatchObject({ status: pair.to, version: 2, updatedAt: now });
      expect(after.finishedAt).toBe(isTerminal(pair.to) ? now : undefined);
    },
  );

  test('from pending to succeeded requires a reused result and no attempt', () => {
    const result = { kind: 'inline', json: '1' } as const;
    const reuse = { reusedFrom: 'earlier', result };
    const succeed = (job: Job, change: Partial<Job>) => transitionJob(job, 'succeeded', { now, change });
    expect(succeed(aJob(), reuse)).toMatchObject({ status: 'succeeded', attempt: 0, finishedAt: now });
    expect(() => succeed(aJob(), { result })).toThrow(IllegalTransitionError);
    expect(() => succeed(aJob({ attempt: 1 }), reuse)).toThrow(IllegalTransitionError);
    expect(() => succeed(aJob(), { ...reuse, attempt: 1 })).toThrow(IllegalTransitionError);
  });

  test('leaves no next check, claim or next attempt on a job that has ended', () => {
    const job = executingJob({ nextAttemptAt: now });
    const ended = transitionJob(job, 'succeeded', { now, change: {}, nextCheckAt: now + 1 });
    for (const member of ['nextCheckAt', 'claim', 'nextAttemptAt']) expect(ended).not.toHaveProperty(member);
  });

  test('keeps the next check of a running job unless a new one is given', () => {
    expect(transitionJob(aJob(), 'executing', { now, change: {} }).nextCheckAt).toBe(someTime + 60_000);
    expect(transitionJob(aJob(), 'executing', { now, change: {}, nextCheckAt: 7 }).nextCheckAt).toBe(7);
    expect(
      transitionJob(aJob({ nextCheckAt: 9 }), 'executing', { now, change: {}, nextCheckAt: 0 }).nextCheckAt,
    ).toBe(0);
  });

  test('never sets the time of a transition before the previous one', () => {
    const late = transitionJob(executingJob(), 'succeeded', { now: someTime - 1, change: {} });
    expect([late.updatedAt, late.finishedAt, late.transitions.at(-1)?.at]).toEqual(Array(3).fill(startTime));
  });

  test('does not modify the given job', () => {
    const before = executingJob();
    const copy = structuredClone(before);
    transitionJob(before, 'retrying', { now, change: { nextAttemptAt: now } });
    expect(before).toEqual(copy);
  });
});

describe('withWrite', () => {
  test('counts the write and keeps the transitions', () => {
    const touched = withWrite(aJob(), now, { starts: 2 });
    expect(touched).toEqual(aJob({ starts: 2, updatedAt: now, version: 2 }));
  });

  test('never sets the time of the last write back', () => {
    expect(withWrite(executingJob(), someTime, { starts: 2 }).updatedAt).toBe(startTime);
  });
});
