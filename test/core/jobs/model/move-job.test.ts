import { describe, expect, it } from 'vitest';
import { isTerminal, jobStatuses, mayMove } from '../../../../core/contract/job-state.ts';
import { IllegalMoveError, moveJob, touchJob } from '../../../../core/jobs/model/move-job.ts';
import { executingJob, startTime } from '../../../support/jobs/executing-job.ts';
import { aJob, someTime } from '../../../support/jobs/jobs.ts';

const pairs = jobStatuses.flatMap((from) => jobStatuses.map((to) => ({ from, to })));
const now = someTime + 5000;

describe('moveJob', () => {
  it.each(pairs.filter(({ from, to }) => !mayMove(from, to)))('refuses $from to $to', ({ from, to }) => {
    expect(() => moveJob(aJob({ status: from }), to, { now, change: {} })).toThrow(IllegalMoveError);
  });

  it.each(pairs.filter(({ from, to }) => mayMove(from, to)))(
    'takes the next sequence for $from to $to',
    (pair) => {
      const before = aJob({ status: pair.from });
      const after = moveJob(before, pair.to, { now, change: { attempt: 2 } });
      expect(after.moves).toEqual([...before.moves, { status: pair.to, at: now, attempt: 2 }]);
      expect(after).toMatchObject({ status: pair.to, version: 2, updatedAt: now });
      expect(after.finishedAt).toBe(isTerminal(pair.to) ? now : undefined);
    },
  );

  it('leaves no due time, claim or next attempt on a job that has ended', () => {
    const job = executingJob({ nextAttemptAt: now });
    const ended = moveJob(job, 'succeeded', { now, change: {}, dueAt: now + 1 });
    for (const member of ['dueAt', 'claim', 'nextAttemptAt']) expect(ended).not.toHaveProperty(member);
  });

  it('keeps the due time of a running job unless it is given another', () => {
    expect(moveJob(aJob(), 'executing', { now, change: {} }).dueAt).toBe(someTime + 60_000);
    expect(moveJob(aJob(), 'executing', { now, change: {}, dueAt: 7 }).dueAt).toBe(7);
    expect(moveJob(aJob({ dueAt: 9 }), 'executing', { now, change: {}, dueAt: 0 }).dueAt).toBe(0);
  });

  it('never stamps a move before the one it follows', () => {
    const late = moveJob(executingJob(), 'succeeded', { now: someTime - 1, change: {} });
    expect([late.updatedAt, late.finishedAt, late.moves.at(-1)?.at]).toEqual(Array(3).fill(startTime));
  });

  it('changes nothing of the job it was given', () => {
    const before = executingJob();
    const copy = structuredClone(before);
    moveJob(before, 'retrying', { now, change: { nextAttemptAt: now } });
    expect(before).toEqual(copy);
  });
});

describe('touchJob', () => {
  it('counts the write and keeps the moves', () => {
    const touched = touchJob(aJob(), now, { starts: 2 });
    expect(touched).toEqual(aJob({ starts: 2, updatedAt: now, version: 2 }));
  });

  it('never sets the time of the last write back', () => {
    expect(touchJob(executingJob(), someTime, { starts: 2 }).updatedAt).toBe(startTime);
  });
});
