import { describe, expect, test } from 'vitest';
import { jobStatuses, stateTable } from '../../../../core/contract/job-state.ts';
import type { ProblemError } from '../../../../core/contract/problems/problem-error.ts';
import { dispatchAttempt } from '../../../../core/jobs/attempts/dispatch-attempt.ts';
import { settleAttempt } from '../../../../core/jobs/attempts/settle-attempt.ts';
import type { Job } from '../../../../core/jobs/model/job.ts';
import { reconcileJob } from '../../../../core/jobs/reconciler/reconcile-job.ts';
import {
  type AbortJobInput,
  type AbortRequest,
  abortJob,
  decideAbort,
} from '../../../../core/jobs/relations/abort-job.ts';
import { executingJob } from '../../../support/jobs/executing-job.ts';
import { checkJob, checkWrite } from '../../../support/jobs/job-invariants.ts';
import { aJob, endedJob, reconcileAfterMs, someTime } from '../../../support/jobs/jobs.ts';
import { aService, testDeps } from '../../../support/jobs/test-deps.ts';

const key = { tenant: 'local', jobId: aJob().id };
const failure = { code: 'timeout', detail: 'too long', retryable: true, attempt: 1 } as const;

function retryingJob(): Job {
  const { claim: _, ...job } = executingJob({
    status: 'retrying',
    nextAttemptAt: someTime + 9000,
    endedAttempts: [{ number: 1, startedAt: someTime + 1000, finishedAt: someTime + 3000, failure }],
    updatedAt: someTime + 3000,
    version: 3,
  });
  return {
    ...job,
    transitions: [...job.transitions, { status: 'retrying', at: someTime + 3000, attempt: 1 }],
  };
}

function abortingJob(): Job {
  const { next } = decideAbort(executingJob(), request({ mode: 'terminate' }));
  if (next === undefined) throw new Error('refused');
  return next;
}

function request(change: Partial<AbortRequest> = {}): AbortRequest {
  return { by: 'key-1', now: someTime + 5000, mode: 'fence', ...change };
}

async function world(job: Job) {
  const deps = testDeps();
  await deps.services.insert(aService({}, { used: true }));
  await deps.jobs.insert(job);
  const abort = (change: Partial<AbortJobInput> = {}) => abortJob(deps, { key, by: 'key-1', ...change });
  return { deps, abort, stored: () => deps.jobs.get(key) };
}

describe('decideAbort', () => {
  test.each([
    ['pending', aJob(), 'not-started'],
    ['retrying', retryingJob(), 'not-started'],
    ['executing on what cannot be stopped', executingJob(), 'fenced'],
  ] as const)('ends a job that is %s immediately', (_, job, stopped) => {
    const { next, result } = decideAbort(job, request({ reason: 'wrong file' }));
    if (next === undefined) throw new Error('nothing to write');
    checkWrite(job, next);
    checkJob(next);
    expect(result).toEqual({ outcome: 'aborted', job: next });
    expect(next).toMatchObject({
      status: 'aborted',
      finishedAt: someTime + 5000,
      failure: { code: 'aborted', retryable: false, attempt: job.attempt },
      abort: { requestedAt: someTime + 5000, by: 'key-1', reason: 'wrong file', stopped, childrenAborted: 0 },
    });
  });

  test.each(['draft', 'ready', 'waiting'] as const)('ends a job that is %s immediately', (status) => {
    const job = aJob({ status, transitions: [{ status, at: someTime, attempt: 0 }] });
    const { next } = decideAbort(job, request());
    expect(next).toMatchObject({ status: 'aborted', abort: { stopped: 'not-started' } });
    expect(next?.abort).not.toHaveProperty('reason');
  });

  test('first stops an attempt that can be stopped, keeps its claim, and schedules a check within 60 s', () => {
    const job = executingJob({ nextCheckAt: someTime + 500_000 });
    const { next, result } = decideAbort(job, request({ mode: 'terminate' }));
    if (next === undefined) throw new Error('nothing to write');
    checkWrite(job, next);
    checkJob(next);
    expect(result.outcome).toBe('aborting');
    expect(next).toMatchObject({
      status: 'aborting',
      claim: job.claim,
      nextCheckAt: someTime + 65_000,
      abort: { stopped: 'terminated' },
    });
  });

  test('never postpones the next check', () => {
    const { next } = decideAbort(
      executingJob({ nextCheckAt: someTime + 6000 }),
      request({ mode: 'terminate' }),
    );
    expect(next?.nextCheckAt).toBe(someTime + 6000);
  });

  test('first stops a scheduled attempt, whatever its dispatcher is', () => {
    const job = executingJob({ status: 'scheduled' });
    expect(decideAbort(job, request()).next?.status).toBe('aborting');
  });

  test('follows the state table in every state', () => {
    for (const status of jobStatuses) {
      const job = stateTable[status].terminal ? endedJob(status as 'error') : executingJob({ status });
      const { next, result } = decideAbort(job, request());
      const expected = {
        immediate: 'aborted',
        'via-aborting': status === 'executing' ? 'aborted' : 'aborting',
        repeat: status,
        refused: 'ended',
      }[stateTable[status].abort];
      expect(result.outcome, status).toBe(expected);
      expect(next !== undefined, status).toBe(
        ['immediate', 'via-aborting'].includes(stateTable[status].abort),
      );
    }
  });

  test('changes nothing the second time', () => {
    const first = decideAbort(aJob(), request({ reason: 'first' })).result.job;
    expect(decideAbort(first, request({ reason: 'second', by: 'other' }))).toEqual({
      result: { outcome: 'aborted', job: first },
    });
    const stopping = abortingJob();
    expect(decideAbort(stopping, request({ reason: 'second' }))).toEqual({
      result: { outcome: 'aborting', job: stopping },
    });
  });

  test('stores a time that does not go back when its clock is behind', () => {
    const { next } = decideAbort(executingJob(), request({ now: someTime - 1000 }));
    expect(next).toMatchObject({ finishedAt: someTime + 1000, abort: { requestedAt: someTime + 1000 } });
  });
});

describe('a job that is being stopped', () => {
  test.each([
    { kind: 'succeeded', result: { kind: 'inline', json: '1' } },
    { kind: 'failed', code: 'timeout', detail: 'too long' },
  ] as const)('is aborted by any report of its attempt: %j', async (outcome) => {
    const { deps, stored } = await world(abortingJob());
    const report =
      outcome.kind === 'succeeded'
        ? ({ kind: 'value', value: 1 } as const)
        : ({ kind: 'error', error: { Error: 'States.Timeout', Cause: '' } } as const);
    expect(await settleAttempt(deps, { ...key, attempt: 1, report })).toBe('ended');
    const job = await stored();
    if (job === undefined) throw new Error('gone');
    checkJob(job);
    expect(job).toMatchObject({ status: 'aborted', abort: { stopped: 'terminated' } });
    expect(deps.executions.starts).toEqual([]);
  });

  test('is aborted by the reconciler after a minute without a report, and not before', () => {
    const job = abortingJob();
    const endsAt = (job.abort?.requestedAt ?? 0) + 60_000;
    const early = reconcileJob(job, { now: endsAt - 1, reconcileAfterMs, jitter: 0 });
    expect(early.next).toMatchObject({ status: 'aborting', nextCheckAt: endsAt });
    const { next } = reconcileJob(job, { now: endsAt, reconcileAfterMs, jitter: 0 });
    if (next === undefined) throw new Error('nothing to write');
    checkJob(next);
    expect(next).toMatchObject({ status: 'aborted', failure: { code: 'aborted' } });
  });
});

describe('abortJob', () => {
  test.each([
    ['pending', aJob()],
    ['executing', executingJob()],
    ['retrying', retryingJob()],
  ])('stores that a job that was %s is aborted, and returns the same when repeated', async (_, job) => {
    const { abort, stored } = await world(job);
    const result = await abort({ reason: 'enough' });
    checkJob(result);
    expect(result).toMatchObject({ status: 'aborted', abort: { by: 'key-1', reason: 'enough' } });
    expect(await stored()).toEqual(result);
    expect(await abort({ reason: 'once more', by: 'other' })).toEqual(result);
    expect(await stored()).toEqual(result);
  });

  test.each(['succeeded', 'failed', 'error'] as const)(
    'refuses a job that ended as %s, and lists the allowed actions',
    async (status) => {
      const { abort, stored } = await world(endedJob(status));
      const error: ProblemError = await abort().catch((thrown) => thrown);
      expect(error).toMatchObject({ slug: 'already-ended', message: `The job has ended as ${status}` });
      expect(error.extension.actions?.filter(({ allowed }) => allowed).map(({ name }) => name)).toEqual([
        'rerun',
        'delete',
      ]);
      expect(await stored()).toEqual(endedJob(status));
    },
  );

  test('refuses a job that does not meet the precondition of the caller, and changes nothing', async () => {
    const { abort, stored } = await world(aJob());
    const meetsPrecondition = ({ version }: Job) => version === aJob().version + 1;
    const refusal = expect.objectContaining({ slug: 'precondition-failed' });
    await expect(abort({ meetsPrecondition })).rejects.toThrow(refusal);
    expect(await stored()).toEqual(aJob());
  });

  test('returns not found for a job that does not exist or belongs to another tenant', async () => {
    const { abort, stored } = await world(aJob());
    const other = { key: { tenant: 'other', jobId: key.jobId } };
    await expect(abort(other)).rejects.toThrow(expect.objectContaining({ slug: 'not-found' }));
    expect(await stored()).toEqual(aJob());
  });

  test('prevents a later claim, immediate or delayed, from running the job', async () => {
    for (const job of [aJob(), retryingJob()]) {
      const { deps, abort } = await world(job);
      await abort();
      const attempt = { ...key, attempt: job.attempt + 1, executionId: 'late' };
      expect(await dispatchAttempt(deps, attempt)).toEqual({ route: 'none' });
    }
  });

  test('prevents the same execution from running the job when it claims again', async () => {
    const { deps, abort } = await world(aJob());
    const attempt = { ...key, attempt: 1, executionId: 'one' };
    expect(await dispatchAttempt(deps, attempt)).toMatchObject({ route: 'lambda' });
    await abort();
    expect(await dispatchAttempt(deps, attempt)).toEqual({ route: 'none' });
  });

  test('discards a later report of an attempt, and stores none of it', async () => {
    const { deps, abort, stored } = await world(executingJob());
    const aborted = await abort();
    const late = [
      { kind: 'value', value: 'x'.repeat(5000) },
      { kind: 'error', error: { Error: 'States.Timeout', Cause: '' } },
    ] as const;
    for (const report of late) {
      expect(await settleAttempt(deps, { ...key, attempt: 1, report })).toBe('stale');
    }
    expect(await stored()).toEqual(aborted);
    expect([deps.objects.keys(), deps.executions.starts]).toEqual([[], []]);
  });

  test('reads the service only when an attempt runs', async () => {
    const { deps } = await world(aJob());
    const look = () => Promise.reject(new Error('looked'));
    const services = { get: look, replacedDefinition: look };
    const input = { key, by: 'key-1' };
    expect((await abortJob({ ...deps, services }, input)).status).toBe('aborted');
    const running = await world(executingJob());
    await expect(abortJob({ ...running.deps, services }, input)).rejects.toThrow('looked');
  });
});
