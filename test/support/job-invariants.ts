import { expect } from 'vitest';
import { isTerminal, mayMove } from '../../core/contract/job-state.ts';
import { failureCodes } from '../../core/contract/policy.ts';
import type { Job } from '../../core/jobs/job.ts';
import { deadlineOf } from '../../core/jobs/time-limits.ts';

const badEnds: readonly string[] = ['failed', 'error', 'aborted'];

/** Fails the test unless the job is one that may stand in the store at any time. */
export function checkJob(job: Job): void {
  checkMoves(job);
  checkAttempts(job);
  checkAbort(job);
  if (isTerminal(job.status)) checkEnded(job);
  else checkRunning(job);
  expect(JSON.parse(JSON.stringify(job)), 'no member may be undefined').toStrictEqual(job);
}

/** Fails the test unless `after` is what one write may make of `before`. */
export function checkWrite(before: Job, after: Job): void {
  expect(isTerminal(before.status), `${before.status} was written again`).toBe(false);
  expect(after.version).toBe(before.version + 1);
  expect(after.updatedAt).toBeGreaterThanOrEqual(before.updatedAt);
  expect(after.moves.slice(0, before.moves.length)).toEqual(before.moves);
  expect(after.moves.length - before.moves.length).toBeOneOf([0, 1]);
  expect(after.attempt - before.attempt).toBeOneOf([0, 1]);
  expect(after.endedAttempts.slice(0, before.endedAttempts.length)).toEqual(before.endedAttempts);
  expect(unchanging(after)).toEqual(unchanging(before));
}

function unchanging({
  tenant,
  id,
  service,
  parameters,
  policy,
  limits,
  requestedAt,
  traceparent,
  owner,
  rerunOf,
}: Job) {
  return { tenant, id, service, parameters, policy, limits, requestedAt, traceparent, owner, rerunOf };
}

function checkMoves(job: Job): void {
  const { moves } = job;
  expect(moves[0]).toMatchObject({ status: 'pending', attempt: 0 });
  expect(moves[0]?.at).toBeGreaterThanOrEqual(job.requestedAt);
  expect(moves.at(-1)).toMatchObject({ status: job.status, attempt: job.attempt });
  expect(job.version).toBeGreaterThanOrEqual(moves.length);
  expect(job.updatedAt).toBeGreaterThanOrEqual(moves.at(-1)?.at ?? Number.NaN);
  for (const [index, move] of moves.slice(1).entries()) {
    const previous = moves[index];
    if (previous === undefined) throw new Error('moves has a hole');
    expect(mayMove(previous.status, move.status), `${previous.status} to ${move.status}`).toBe(true);
    expect(move.at).toBeGreaterThanOrEqual(previous.at);
    expect(move.attempt - previous.attempt).toBe(move.status === 'executing' ? 1 : 0);
  }
}

function checkAttempts(job: Job): void {
  expect(job.attempt).toBeLessThanOrEqual(job.policy.maxAttempts);
  const ended = job.moves.filter(({ status }) => status === 'retrying').map(({ attempt }) => attempt);
  expect(job.endedAttempts.map(({ number }) => number)).toEqual(ended);
  expect(ended).toEqual(ended.map((_, index) => index + 1));
  for (const attempt of job.endedAttempts) {
    expect(attempt.finishedAt).toBeGreaterThanOrEqual(attempt.startedAt);
    expect(attempt.failure).toMatchObject({ attempt: attempt.number, retryable: true });
  }
  if (job.attempt > 0) expect(job.startedAt).toBeGreaterThanOrEqual(job.requestedAt);
}

function checkAbort({ status, abort, requestedAt, updatedAt }: Job): void {
  if (abort === undefined) return;
  expect(status).toBeOneOf(['aborting', 'aborted']);
  expect(abort.requestedAt).toBeGreaterThanOrEqual(requestedAt);
  expect(abort.requestedAt).toBeLessThanOrEqual(updatedAt);
}

function checkEnded(job: Job): void {
  expect(job.finishedAt).toBe(job.moves.at(-1)?.at);
  for (const member of ['dueAt', 'claim', 'nextAttemptAt']) expect(job).not.toHaveProperty(member);
  expect(job.failure !== undefined, `failure in ${job.status}`).toBe(badEnds.includes(job.status));
  expect(job.result !== undefined, `result in ${job.status}`).toBe(job.status === 'succeeded');
  if (job.failure !== undefined) expect(failureCodes[job.failure.code].status).toBe(job.status);
}

function checkRunning(job: Job): void {
  expect(job).toHaveProperty('dueAt');
  for (const member of ['finishedAt', 'failure', 'result']) expect(job).not.toHaveProperty(member);
  const mayReport = ['executing', 'aborting'].includes(job.status);
  expect(job.claim !== undefined, `claim in ${job.status}`).toBe(mayReport);
  expect(job.nextAttemptAt !== undefined, `nextAttemptAt in ${job.status}`).toBe(job.status === 'retrying');
  if (job.nextAttemptAt !== undefined) expect(job.nextAttemptAt).toBeLessThan(deadlineOf(job));
}
