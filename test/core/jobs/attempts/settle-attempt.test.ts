import { describe, expect, test } from 'vitest';
import type { ServiceDefinition } from '../../../../core/contract/schemas/service-schemas.ts';
import { type SettleAttemptInput, settleAttempt } from '../../../../core/jobs/attempts/settle-attempt.ts';
import { claimAttempt } from '../../../../core/jobs/model/claim-attempt.ts';
import { executionDigest } from '../../../../core/jobs/model/execution-digest.ts';
import type { Job } from '../../../../core/jobs/model/job.ts';
import { settleJob } from '../../../../core/jobs/model/settle-job.ts';
import { reconcileJob } from '../../../../core/jobs/reconciler/reconcile-job.ts';
import { queueJob } from '../../../../core/jobs/scheduling/queue-job.ts';
import { runningOnBatch, scheduledJob } from '../../../support/jobs/batch-attempts.ts';
import { executingJob } from '../../../support/jobs/executing-job.ts';
import { jobIdAt } from '../../../support/jobs/job-id.ts';
import { checkJob } from '../../../support/jobs/job-invariants.ts';
import { aJob, reconcileAfterMs, someTime } from '../../../support/jobs/jobs.ts';
import { aService, testDeps } from '../../../support/jobs/test-deps.ts';

const key = { tenant: 'local', jobId: executingJob().id };
const timeout = { kind: 'error', error: { Error: 'States.Timeout', Cause: '' } } as const;

async function world(job: Job = executingJob(), definition: Partial<ServiceDefinition> = {}) {
  const deps = testDeps();
  await deps.services.insert(aService(definition, { used: true }));
  await deps.jobs.insert(job);
  const settle = (report: SettleAttemptInput['report'], attempt = 1) =>
    settleAttempt(deps, { ...key, attempt, report });
  return { deps, settle, stored: () => deps.jobs.get(key) };
}

describe('settleAttempt', () => {
  test.each([
    [{ rows: 7 }, '{"rows":7}'],
    ['text', '"text"'],
    [0, '0'],
    [false, 'false'],
    [null, 'null'],
    [undefined, 'null'],
  ])('stores the value %j as the result', async (value, json) => {
    const { settle, stored } = await world();
    expect(await settle({ kind: 'value', value })).toBe('ended');
    expect(await stored()).toMatchObject({ status: 'succeeded', result: { kind: 'inline', json } });
  });

  describe('stores the request ID of the invocation', () => {
    const requestId = '8286a188-ba32-4475-8077-530cd35c09a9';

    test('that returned a value, in the same write as its result', async () => {
      const { settle, stored } = await world();
      await settle({ kind: 'value', value: 1, requestId });
      expect(await stored()).toMatchObject({
        invocation: { requestId },
        version: executingJob().version + 1,
      });
    });

    test.each([null, 17, 'other'])('but not %j, which is none', async (other) => {
      const { settle, stored } = await world();
      expect(await settle({ kind: 'value', value: 1, requestId: other })).toBe('ended');
      expect(await stored()).not.toHaveProperty('invocation');
    });

    test('that failed, with the ended attempt if another follows', async () => {
      const { settle, stored } = await world();
      const errorMessage = `RequestId: ${requestId} Error: Task timed out after 3.00 seconds`;
      const Cause = JSON.stringify({ errorType: 'Sandbox.Timedout', errorMessage });
      await settle({ kind: 'error', error: { Error: 'Sandbox.Timedout', Cause } });
      const job = await stored();
      expect(job?.endedAttempts).toMatchObject([{ number: 1, invocation: { requestId } }]);
      expect(job).not.toHaveProperty('invocation');
    });
  });

  test('redacts AWS identifiers in the error message of AWS, and logs the original message', async () => {
    const { deps, settle, stored } = await world();
    const Cause = 'Function not found: arn:aws:lambda:eu-central-1:111122223333:function:errand-service-x';
    await settle({ kind: 'error', error: { Error: 'Lambda.ResourceNotFoundException', Cause } });
    expect((await stored())?.failure).toMatchObject({
      code: 'misconfigured',
      detail: 'Function not found: function errand-service-x',
    });
    expect(deps.lines).toEqual(['aws-text']);
  });

  test('does not log the error message of a service', async () => {
    const { deps, settle } = await world();
    const serviceError = { errorType: 'Error', errorMessage: 'no right to arn:aws:s3:::x of 111122223333' };
    await settle({ kind: 'error', error: { Error: 'Error', Cause: JSON.stringify(serviceError) } });
    expect(deps.lines).toEqual([]);
  });

  test('stores a large result in the object store', async () => {
    const { deps, settle, stored } = await world();
    await settle({ kind: 'value', value: 'x'.repeat(5000) });
    const result = (await stored())?.result;
    if (result?.kind !== 'object') throw new Error('not an object');
    expect(deps.objects.textOf(result.key)).toBe(JSON.stringify('x'.repeat(5000)));
  });

  test('fails a job whose result violates the schema of its service, and lists every location', async () => {
    const result = { type: 'object', properties: { rows: { type: 'number' }, name: { type: 'string' } } };
    const { settle, stored } = await world(executingJob(), { result });
    await settle({ kind: 'value', value: { rows: 'many', name: 5 } });
    const job = await stored();
    expect(job).toMatchObject({ status: 'failed', failure: { code: 'invalid-result', retryable: false } });
    expect(job?.failure?.detail).toMatch(/\/rows .*\/name |\/name .*\/rows /);
  });

  test('shortens names that are as long as a result, so that the record can store them', async () => {
    const { settle, stored } = await world(executingJob(), { result: { additionalProperties: false } });
    await settle({
      kind: 'value',
      value: Object.fromEntries(Array.from({ length: 9 }, (_, i) => ['n'.repeat(50_000 + i), 1])),
    });
    const { detail = '' } = (await stored())?.failure ?? {};
    expect(detail).toMatch(/…/);
    expect(detail.length).toBeLessThan(6000);
  });

  test('fails a job whose result has a number that would be returned as null', async () => {
    const { settle, stored } = await world();
    await settle({ kind: 'value', value: { rows: [1, Number.POSITIVE_INFINITY] } });
    expect(await stored()).toMatchObject({
      status: 'failed',
      failure: { code: 'invalid-result', detail: expect.stringContaining('/rows/1') },
    });
  });

  test.each([
    ['is nested 10,000 deep', JSON.parse(`${'['.repeat(10_000)}${']'.repeat(10_000)}`)],
    ['holds a number that no double holds', JSON.parse('{"a":1e999}')],
  ])('fails a job whose result %s, also without a schema', async (_, value) => {
    const { settle, stored } = await world();
    expect(await settle({ kind: 'value', value })).toBe('ended');
    expect(await stored()).toMatchObject({ status: 'failed', failure: { code: 'invalid-result' } });
  });

  test('starts the next attempt after its delay', async () => {
    const { deps, settle, stored } = await world();
    expect(await settle(timeout)).toBe('retrying');
    const job = await stored();
    expect(job).toMatchObject({ status: 'retrying', endedAttempts: [{ failure: { code: 'timeout' } }] });
    expect(deps.executions.starts).toEqual([
      { router: 'express', tenant: 'local', jobId: key.jobId, attempt: 2, start: 1, delaySeconds: 5 },
    ]);
  });

  test('settles the attempt even when the next attempt cannot be started', async () => {
    const { deps, settle, stored } = await world();
    deps.executions.refuse(new Error('throttled'));
    expect(await settle(timeout)).toBe('retrying');
    const job = await stored();
    if (job === undefined) throw new Error('gone');
    checkJob(job);
    expect(job.nextCheckAt).toBe((job.nextAttemptAt ?? 0) + reconcileAfterMs);
  });

  test('leaves a later start to the reconciler', async () => {
    const policy = { maxAttempts: 2, backoffSeconds: 100, backoffRate: 1 };
    const { deps, settle, stored } = await world(executingJob({ policy }));
    await settle(timeout);
    expect(deps.executions.starts).toEqual([]);
    expect((await stored())?.nextCheckAt).toBe(executingJob().updatedAt + 50_000);
  });

  test('changes nothing when a report is repeated', async () => {
    const { deps, settle, stored } = await world();
    await settle({ kind: 'value', value: 1 });
    const first = await stored();
    expect(await settle({ kind: 'value', value: 2 })).toBe('stale');
    expect(await settle(timeout)).toBe('stale');
    expect(await stored()).toEqual(first);
    expect(deps.lines.filter((line) => line === 'report-stale')).toHaveLength(2);
  });

  test('starts the next attempt once when the report of a failure is repeated', async () => {
    const { deps, settle } = await world();
    expect([await settle(timeout), await settle(timeout)]).toEqual(['retrying', 'stale']);
    expect(deps.executions.starts).toHaveLength(1);
  });

  test('returns stale for a job that does not exist and for another attempt', async () => {
    const { deps, settle } = await world(executingJob({ attempt: 2 }));
    expect(await settle({ kind: 'value', value: 1 }, 1)).toBe('stale');
    expect(await settle({ kind: 'value', value: 1 }, 3)).toBe('stale');
    const missing = {
      tenant: 'other',
      jobId: key.jobId,
      attempt: 2,
      report: { kind: 'value', value: 1 } as const,
    };
    expect(await settleAttempt(deps, missing)).toBe('stale');
  });

  describe('of an attempt that was refused for lack of capacity', () => {
    const refused = (executionId?: string) => ({
      kind: 'error' as const,
      error: { Error: 'Lambda.TooManyRequestsException', Cause: 'Rate Exceeded.' },
      executionId,
    });
    const claimedBy = (executionId: string, change: Partial<Job> = {}) =>
      executingJob({
        claim: { executionDigest: executionDigest(executionId), tokenDigest: 'token' },
        ...change,
      });
    const target = 'lambda:errand-service-echo';

    test('releases the attempt, queues the job and schedules a probe of its target', async () => {
      const { deps, settle, stored } = await world(claimedBy('one'));
      expect(await settle(refused('one'))).toBe('released');
      const job = await stored();
      if (job === undefined) throw new Error('gone');
      checkJob(job);
      expect(job).toMatchObject({
        status: 'pending',
        attempt: 0,
        endedAttempts: [],
        waitingReason: { code: 'capacity' },
      });
      for (const member of ['claim', 'startedAt', 'scheduledAt']) expect(job).not.toHaveProperty(member);
      expect(deps.queues.waiting(target)).toEqual([{ ...key, priority: 0 }]);
      expect(deps.executions.starts).toMatchObject([{ delaySeconds: 5, probe: { target } }]);
    });

    test('releases the number of a later attempt, and keeps the end of the previous one', async () => {
      const earlier = settleJob(executingJob(), {
        ...{ attempt: 1, now: executingJob().updatedAt, jitter: 0, reconcileAfterMs },
        outcome: { kind: 'failed', code: 'timeout', detail: 'late' },
      }).next;
      const claim = { executionDigest: executionDigest('two'), tokenDigest: 'token-2' } as const;
      const claimed = claimAttempt(earlier, {
        attempt: 2,
        ...claim,
        to: 'executing',
        now: earlier?.updatedAt ?? 0,
      });
      if (claimed.next === undefined) throw new Error('refused');
      const { settle, stored } = await world(claimed.next);
      expect(await settle(refused('two'), 2)).toBe('released');
      const job = await stored();
      expect(job).toMatchObject({ status: 'pending', attempt: 1, endedAttempts: [{ number: 1 }] });
      if (job !== undefined) checkJob(job);
    });

    test('counts the time in the queue from the first time that the attempt could start', async () => {
      const limits = { ...aJob().limits, queueTimeoutSeconds: 60 };
      const { deps, settle, stored } = await world(claimedBy('one', { limits }));
      await deps.clock.sleep(60_000);
      expect(await settle(refused('one'))).toBe('released');
      const now = deps.clock.now();
      expect(await stored()).toMatchObject({ status: 'pending', attempt: 0, nextCheckAt: now });
      const { next } = reconcileJob(await stored(), { now, reconcileAfterMs, jitter: 0 });
      expect(next).toMatchObject({ status: 'error', attempt: 0, failure: { code: 'queue-timeout' } });
    });

    test('does not change an attempt that another execution has claimed since with the same number', async () => {
      const job = claimedBy('two');
      const { deps, settle, stored } = await world(job);
      expect(await settle(refused('one'))).toBe('stale');
      expect(await stored()).toEqual(job);
      expect(deps.executions.starts).toEqual([]);
    });

    test.each([
      ['the execution is not known', claimedBy('one'), undefined],
      ['another run of the execution may have started it', repeated(claimedBy('one')), 'one'],
    ])('ends the attempt as not dispatched where %s', async (_, job, executionId) => {
      const { settle, stored } = await world(job);
      expect(await settle(refused(executionId))).toBe('retrying');
      expect(await stored()).toMatchObject({ endedAttempts: [{ failure: { code: 'dispatch-failed' } }] });
    });

    test('reports a failure of the service when a function threw an error of that name', async () => {
      const { settle, stored } = await world(claimedBy('one'));
      const Cause = JSON.stringify({ errorType: 'Lambda.TooManyRequestsException', errorMessage: 'mine' });
      const error = { Error: 'Lambda.TooManyRequestsException', Cause };
      expect(await settle({ kind: 'error', error, executionId: 'one' })).toBe('ended');
      expect(await stored()).toMatchObject({ status: 'failed', failure: { code: 'service-failed' } });
    });

    test('starts no queued job when it is released, whereas the later end of its run starts one', async () => {
      const { deps, settle } = await world(claimedBy('one'));
      const other = aJob({ id: jobIdAt(someTime - 7) });
      await deps.jobs.insert(other);
      await queueJob(deps, target, other);
      expect(await settle(refused('one'))).toBe('released');
      expect(deps.queues.waiting(target)).toHaveLength(2);
      expect(await settle({ kind: 'value', value: 1 })).toBe('stale');
      expect(deps.queues.waiting(target)).toHaveLength(1);
      expect(deps.executions.starts.at(-1)).toMatchObject({ hasTurn: true, start: 2 });
    });
  });

  describe('of an attempt that was not dispatched', () => {
    const undispatched = (executionId: string) => ({
      kind: 'undispatched' as const,
      error: { Error: 'TimeoutError', Cause: '' },
      executionId,
    });
    const claimedBy = (executionId: string, change: Partial<Job> = {}) =>
      scheduledJob({
        claim: { executionDigest: executionDigest(executionId), tokenDigest: 'token' },
        ...change,
      });

    test('ends the attempt for the execution that holds its claim', async () => {
      const { settle, stored } = await world(claimedBy('one'));
      expect(await settle(undispatched('one'))).toBe('retrying');
      expect((await stored())?.endedAttempts).toMatchObject([
        { number: 1, failure: { code: 'dispatch-failed' } },
      ]);
    });

    test('leaves the attempt to the execution that has claimed it since, and to one that will claim it', async () => {
      const { claim: _, ...unclaimed } = claimedBy('one');
      for (const job of [claimedBy('two'), unclaimed]) {
        const { deps, settle, stored } = await world(job);
        expect(await settle(undispatched('one'))).toBe('stale');
        expect(await stored()).toEqual(job);
        expect(deps.executions.starts).toEqual([]);
      }
    });

    test('leaves the attempt to a claim that is written while the report is settled', async () => {
      const { deps, stored } = await world(claimedBy('one'));
      const taken = claimedBy('two', { version: 3 });
      const replace: typeof deps.jobs.replace = async (job, version) => {
        if (job.status === 'retrying') await deps.jobs.replace(taken, 2);
        return deps.jobs.replace(job, version);
      };
      const late = { ...deps, jobs: { ...deps.jobs, replace } };
      const input = { ...key, attempt: 1, report: undispatched('one') };
      expect(await settleAttempt(late, input)).toBe('stale');
      expect(await stored()).toEqual(taken);
    });

    test('leaves the attempt to its dispatcher when the dispatcher has already accepted it', async () => {
      for (const job of [claimedBy('one', { dispatcherId: 'batch-1' }), runningOnBatch()]) {
        const { settle, stored } = await world(job);
        expect(await settle(undispatched('one'))).toBe('stale');
        expect(await stored()).toEqual(job);
      }
    });
  });

  test('does not change the next attempt when it starts while the report is being read', async () => {
    const { deps, stored } = await world();
    const next = executingJob({ attempt: 2, version: 4 });
    const get: typeof deps.services.get = async (service) => {
      await deps.jobs.replace(next, 2);
      return deps.services.get(service);
    };
    const input = { ...key, attempt: 1, report: { kind: 'value', value: 1 } as const };
    expect(await settleAttempt({ ...deps, services: { ...deps.services, get } }, input)).toBe('stale');
    expect(await stored()).toEqual(next);
  });

  test('settles with the time of the start when its own clock is behind', async () => {
    const { settle, stored } = await world();
    await settle({ kind: 'value', value: 1 });
    expect((await stored())?.finishedAt).toBe(someTime + 1000);
  });
});

function repeated(job: Job): Job {
  return job.claim === undefined ? job : { ...job, claim: { ...job.claim, isRepeated: true } };
}
