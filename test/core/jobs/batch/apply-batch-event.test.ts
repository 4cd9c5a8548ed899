import { describe, expect, test } from 'vitest';
import { settleAttempt } from '../../../../core/jobs/attempts/settle-attempt.ts';
import { uploadOf } from '../../../../core/jobs/attempts/uploaded-result.ts';
import {
  batchJob,
  claimTime,
  batchLog as log,
  runningOnBatch,
  scheduledJob,
} from '../../../support/jobs/batch-attempts.ts';
import { batchWorld } from '../../../support/jobs/batch-world.ts';

const startedAt = claimTime + 1000;
const succeeded = batchJob({ status: 'SUCCEEDED', startedAt, stoppedAt: startedAt + 5, exitCode: 0 });
const failed = batchJob({
  status: 'FAILED',
  startedAt,
  statusReason: 'Essential container in task exited',
  exitCode: 3,
});

describe('applyBatchEvent', () => {
  test('updates an attempt from RUNNABLE to settled', async () => {
    const { applyEvent } = await batchWorld(scheduledJob());
    expect(await applyEvent(batchJob({ statusReason: 'no room' }))).toMatchObject({ applied: 'recorded' });
    expect((await applyEvent(batchJob({ status: 'STARTING' }))).job.status).toBe('scheduled');
    expect((await applyEvent(batchJob({ status: 'RUNNING', startedAt }))).job).toMatchObject({
      status: 'executing',
      startedAt,
    });
    const { applied, job } = await applyEvent(succeeded);
    expect(applied).toBe('ended');
    expect(job).toMatchObject({ status: 'succeeded', result: { json: 'null' }, dispatcherId: 'batch-1' });
    expect(job.transitions.map(({ status }) => status)).toEqual([
      'pending',
      'scheduled',
      'executing',
      'succeeded',
    ]);
  });

  test('uses the result that the worker uploaded and never reported', async () => {
    const { deps, applyEvent } = await batchWorld(runningOnBatch());
    const claim = { executionDigest: 'A', tokenDigest: 'digest-of-the-first-token' };
    const { key } = uploadOf({ ...runningOnBatch(), claim });
    await deps.objects.put(key, '{"sum":7}');
    expect((await applyEvent(succeeded)).job).toMatchObject({
      status: 'succeeded',
      result: { kind: 'inline', json: '{"sum":7}' },
    });
  });

  test('checks the result of a container that reports none against the schema of the service', async () => {
    const { applyEvent } = await batchWorld(runningOnBatch(), { result: { type: 'object' } });
    expect((await applyEvent(succeeded)).job).toMatchObject({
      status: 'failed',
      failure: { code: 'invalid-result' },
    });
  });

  test('describes how a container failed, with its exit code and the message of its dispatcher', async () => {
    const { applyEvent } = await batchWorld(runningOnBatch());
    expect((await applyEvent(failed)).job).toMatchObject({
      status: 'failed',
      failure: {
        code: 'service-failed',
        exitCode: 3,
        reason: 'Essential container in task exited',
        attempt: 1,
      },
    });
  });

  test('redacts AWS identifiers in the message of Batch, and logs the original message', async () => {
    const image = '111122223333.dkr.ecr.eu-central-1.amazonaws.com/app:1';
    const { deps, applyEvent } = await batchWorld(scheduledJob());
    const waits = { statusReason: 'MISCONFIGURATION: arn:aws:iam::111122223333:role/batch is missing' };
    const waiting = await applyEvent(batchJob({ status: 'RUNNABLE', ...waits }));
    expect(waiting.job.waitingReason?.detail).toBe('MISCONFIGURATION: [hidden] is missing');
    const failed = { statusReason: 'Task failed to start', reason: `CannotPullContainerError: ${image}` };
    const { job } = await applyEvent(batchJob({ status: 'FAILED', ...failed }));
    expect(JSON.stringify(job)).not.toContain('111122223333');
    expect(JSON.stringify(job)).toContain(
      'CannotPullContainerError: [hidden].dkr.ecr.eu-central-1.amazonaws.com/app:1; Task failed to start',
    );
    expect(deps.lines.filter((line) => line === 'aws-text')).toHaveLength(2);
  });

  test('retries a platform failure, and keeps the identifiers of the attempt', async () => {
    const { deps, applyEvent } = await batchWorld(
      runningOnBatch({ progress: { completion: 0.5 }, reportedAt: 7 }),
    );
    const { job } = await applyEvent(
      batchJob({ status: 'FAILED', statusReason: 'Your Spot Task was interrupted.' }),
    );
    expect(job).toMatchObject({
      status: 'retrying',
      endedAttempts: [{ number: 1, dispatcherId: 'batch-1', failure: { code: 'spot-interrupted' } }],
    });
    for (const member of ['dispatcherId', 'progress', 'reportedAt', 'claim'])
      expect(job).not.toHaveProperty(member);
    expect(deps.executions.starts).toMatchObject([{ attempt: 2, start: 1 }]);
  });

  test('stores the log with its attempt, and starts the next attempt without one', async () => {
    const { applyEvent } = await batchWorld(scheduledJob());
    await applyEvent(batchJob({ status: 'RUNNING', startedAt, log }));
    const spot = batchJob({
      status: 'FAILED',
      statusReason: 'Your Spot Task was interrupted.',
      startedAt,
      log,
    });
    const { job } = await applyEvent(spot);
    expect(job).toMatchObject({ status: 'retrying', endedAttempts: [{ number: 1, log }] });
    expect(job).not.toHaveProperty('log');
  });

  test.each([
    ['whose start was not reported', scheduledJob(), 3],
    ['whose worker had reported its start', runningOnBatch(), 4],
  ])('records the log of an attempt %s with its end', async (_, before, version) => {
    const { applyEvent } = await batchWorld(before);
    const { job } = await applyEvent({ ...succeeded, log });
    expect(job).toMatchObject({ status: 'succeeded', log });
    // No write is made for the log alone.
    expect(job.version).toBe(before.status === 'scheduled' ? version + 1 : version);
  });

  test('records no log of an attempt that its worker has ended', async () => {
    const { deps, key, applyEvent, stored } = await batchWorld(runningOnBatch());
    const outcome = { kind: 'failed', code: 'service-failed', detail: 'no' } as const;
    await settleAttempt(deps, { ...key, attempt: 1, report: { kind: 'batch', outcome } });
    const before = await stored();
    for (const status of ['RUNNING', 'FAILED'] as const)
      expect(await applyEvent(batchJob({ status, log }))).toEqual({ applied: 'stale', job: before });
  });

  test('applies each event once, in any order', async () => {
    const { deps, applyEvent } = await batchWorld(scheduledJob());
    await applyEvent(succeeded);
    const { job } = await applyEvent(batchJob({ status: 'RUNNING', startedAt }));
    for (const event of [
      succeeded,
      failed,
      batchJob({ statusReason: 'x' }),
      batchJob({ status: 'STARTING' }),
    ]) {
      expect((await applyEvent(event)).applied).toBe('stale');
    }
    expect((await applyEvent(succeeded)).job).toEqual(job);
    expect(job.status).toBe('succeeded');
    expect(deps.batch.terminated).toEqual([]);
  });

  test('stops a second Batch job of an attempt as long as it has not ended', async () => {
    const { deps, applyEvent } = await batchWorld(runningOnBatch());
    const second = batchJob({ dispatcherId: 'batch-2', status: 'RUNNING' });
    expect((await applyEvent(second)).applied).toBe('orphan');
    expect(deps.batch.terminated).toMatchObject([{ dispatcherId: 'batch-2' }]);
    const { applied, job } = await applyEvent({ ...second, status: 'FAILED', exitCode: 143 });
    expect([applied, job.status]).toEqual(['stale', 'executing']);
  });

  test('throws when it cannot stop an unneeded Batch job, so that the event is delivered again', async () => {
    const { deps, applyEvent } = await batchWorld(runningOnBatch());
    deps.batch.refuse(new Error('throttled'));
    await expect(applyEvent(batchJob({ dispatcherId: 'batch-2', status: 'RUNNING' }))).rejects.toThrow(
      'throttled',
    );
  });

  test('changes no job of another tenant, and none with a name that Errand did not create', async () => {
    const { deps, applyEvent } = await batchWorld(runningOnBatch());
    expect(await applyEvent({ ...succeeded, tenant: 'other' })).toMatchObject({
      applied: 'stale',
      job: { status: 'executing' },
    });
    const { tenant: _, ...untagged } = succeeded;
    expect((await applyEvent(untagged)).applied).toBe('not-ours');
    for (const jobName of ['nightly-report', `errand-${runningOnBatch().id}`, `x${succeeded.jobName}`]) {
      expect((await applyEvent({ ...succeeded, jobName, status: 'RUNNING' })).applied).toBe('not-ours');
    }
    expect(deps.batch.terminated).toEqual([]);
  });
});
